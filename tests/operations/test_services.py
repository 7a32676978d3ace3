"""``up`` believes its own processes only, ``down`` ends no others, and a taken port is told before anything starts."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ml.console import display
from ml.operations.services import (
    Service,
    ServiceFailed,
    port_of,
    refuse_what_cannot_start,
    running,
    services,
    start,
    stop,
    wait_until_healthy,
)
from ml.settings import Settings

pytestmark = pytest.mark.slow

SERVER = """import http.server, sys
http.server.test(http.server.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind="127.0.0.1")"""
SUPERVISED = """from ml.operations.standalone import supervise
components = {"scheduler": ("sh", "-c", "sleep 61 & sleep 60"), "api-server": ("sh", "-c", "sleep 1; exit 3")}
raise SystemExit(supervise(components))"""


class _Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b'{"metadatabase": {"status": "healthy"}}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None: ...


@contextmanager
def _foreign() -> Iterator[int]:
    """Another program that says on its port that it is healthy."""
    with HTTPServer(("127.0.0.1", 0), _Healthy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def _service(port: int, *command: str) -> Service:
    address = f"http://127.0.0.1:{port}"
    return Service("airflow", command, {}, address, f"{address}/")


@pytest.fixture
def home(settings: Settings) -> Iterator[Settings]:
    settings.home.mkdir()
    yield settings
    for name in ("airflow", "mlflow"):
        stop(settings, name)


def test_another_programs_answer_is_not_taken_for_ones_own(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.operations.services._HEALTHY_WITHIN_SECONDS", 0.5)
    with _foreign() as port:
        service = _service(port, "sleep", "60")
        start(home, service)
        with pytest.raises(ServiceFailed, match="no answer in time"):
            wait_until_healthy(home, service)


def test_a_service_that_listens_itself_and_answers_is_healthy(home: Settings) -> None:
    with _foreign() as port:
        pass
    service = _service(port, sys.executable, "-c", SERVER, str(port))
    start(home, service)
    wait_until_healthy(home, service)
    assert port_of(home, "airflow") == port
    start(home, service)  # runs already
    assert port_of(home, "airflow") == port


@pytest.mark.parametrize("name", ["airflow", "mlflow"])
def test_a_taken_port_is_refused_before_anything_starts(home: Settings, name: str) -> None:
    with _foreign() as taken, _foreign() as other:
        pass
    with _foreign() as taken:
        ports = {"airflow": other, "mlflow": other + 1, name: taken}
        with pytest.raises(ServiceFailed) as refused:
            display.start_services(home, display.Console(quiet=True), ports["airflow"], ports["mlflow"])
        assert f"port {taken}" in str(refused.value)
        assert f"in use by another program. Choose another one with --{name}-port" in str(refused.value)
    assert [path.name for path in (home.home / "run").iterdir()] == ["up.lock"]


def test_one_port_for_both_is_refused(home: Settings) -> None:
    with pytest.raises(ServiceFailed, match="found one for both"):
        refuse_what_cannot_start(home, services(home, 18080, 18080))


def test_up_on_another_port_says_at_once_where_it_runs(home: Settings) -> None:
    with _foreign() as port, _foreign() as other:
        pass
    start(home, _service(port, "sleep", "60"))
    began = time.monotonic()
    with pytest.raises(ServiceFailed, match=rf"runs already, at http://127.0.0.1:{port}\. .*shelduck down\. Then "):
        refuse_what_cannot_start(home, [_service(other, "sleep", "60")])
    assert time.monotonic() - began < 2
    refuse_what_cannot_start(home, [_service(port, "sleep", "60")])  # its own port is not "taken"


def test_a_service_that_ends_says_where_its_log_is(home: Settings) -> None:
    service = _service(1, "false")
    start(home, service)
    with pytest.raises(ServiceFailed, match=r"its process ended.*logs/airflow\.log"):
        wait_until_healthy(home, service)


def test_stopping_ends_the_whole_process_group(home: Settings) -> None:
    service = Service("mlflow", ("sh", "-c", "sleep 60 & sleep 60"), {}, "", "")
    start(home, service)
    assert running(home, "mlflow")
    assert stop(home, "mlflow") is True
    assert running(home, "mlflow") is None
    assert stop(home, "mlflow") is False


@pytest.mark.parametrize("written", ["number", "record"])
def test_down_leaves_a_foreign_program_alone_and_removes_the_stale_file(home: Settings, written: str) -> None:
    pid_file = home.home / "run" / "airflow.pid"
    pid_file.parent.mkdir()
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as foreign:
        stale = {"pid": foreign.pid, "born": "an earlier boot 7", "command": ["airflow"], "port": 8080}
        pid_file.write_text(str(foreign.pid) if written == "number" else json.dumps(stale))
        assert stop(home, "airflow") is False
        assert foreign.poll() is None
        assert not pid_file.exists()
        foreign.kill()


def test_what_a_killed_leader_left_is_stopped_before_the_next_start(home: Settings, tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    start(home, _service(1, "sh", "-c", f"sleep 60 & echo $! > '{noted}'; sleep 60"))
    while not noted.exists() or not noted.read_text().strip():
        time.sleep(0.01)
    left = int(noted.read_text())
    leader = running(home, "airflow")
    assert leader is not None
    os.kill(leader.pid, signal.SIGKILL)
    while leader.is_leading:
        time.sleep(0.01)
    start(home, _service(1, "sleep", "60"))
    assert _has_ended(left)
    assert port_of(home, "airflow") == 1


def _has_ended(pid: int) -> bool:
    """Whether a process is gone, or waits to be waited for; a killed one takes a moment on a busy machine."""
    status = Path(f"/proc/{pid}/status")
    for _ in range(100):
        with contextlib.suppress(OSError):
            if "\nState:\tZ" not in status.read_text():
                time.sleep(0.05)
                continue
        return True
    return False


def test_airflow_ends_whole_when_one_of_its_processes_ends() -> None:
    """The pipe is open as long as any of them lives, so the call returns only when all have ended."""
    command = [sys.executable, "-c", SUPERVISED]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=50, start_new_session=True)
    assert ended.returncode == 1
    assert re.search("^shelduck up: api-server ended with exit code 3$", ended.stdout, re.M)
    assert "scheduler ended" not in ended.stdout
