"""A process is known by number and birth: a number that was given away again is somebody else's."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ml.operations.processes import birth, is_free, listens, ours, write_started

NAMES = ("sleep", "60")
_DAMAGED = ("", "x", "[]", "{}", "null", '{"pid": "x", "born": "", "command": [], "port": 1}', '{"pid": 7}')
_NO_PROCESS = ("-1", "0", "1", "true", '{"pid": -1, "born": null, "command": [], "port": 1}')


@pytest.fixture
def child(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A session of its own in ``tmp_path``, as services are started; with a child of its own."""
    process = subprocess.Popen(["sh", "-c", "sleep 60 & exec sleep 60"], cwd=tmp_path, start_new_session=True)
    while len(_session(process.pid)) < 2:
        time.sleep(0.01)
    yield process
    for pid in _session(process.pid):
        os.kill(pid, signal.SIGKILL)
    process.wait()


def _session(leader: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "-s", str(leader)], check=False, capture_output=True, text=True)
    return [int(pid) for pid in found.stdout.split()]


@pytest.fixture
def pid_file(tmp_path: Path) -> Path:
    return tmp_path / "run" / "airflow.pid"


def test_what_was_started_is_known_again(child: subprocess.Popen[bytes], pid_file: Path, tmp_path: Path) -> None:
    write_started(pid_file, child.pid, ("sh",), 8080)
    found = ours(pid_file, tmp_path, NAMES)
    assert found is not None
    assert (found.pid, found.port, found.is_leading) == (child.pid, 8080, True)


@pytest.mark.parametrize("changed", [{"born": "another boot 1"}, {"born": ""}, {"born": None}])
def test_a_number_that_another_program_got_is_not_ours(
    child: subprocess.Popen[bytes], pid_file: Path, tmp_path: Path, changed: dict[str, object]
) -> None:
    write_started(pid_file, child.pid, ("sh",), 8080)
    pid_file.write_text(json.dumps(json.loads(pid_file.read_text()) | changed))
    assert ours(pid_file, tmp_path, NAMES) is None


@pytest.mark.parametrize("text", [*_DAMAGED, *_NO_PROCESS])
def test_a_damaged_pid_file_names_nobody(pid_file: Path, tmp_path: Path, text: str) -> None:
    pid_file.parent.mkdir()
    pid_file.write_text(text)
    assert ours(pid_file, tmp_path, NAMES) is None


def test_a_pid_file_of_an_earlier_version_is_believed_for_its_own_kind_of_command_in_its_home_only(
    child: subprocess.Popen[bytes], pid_file: Path, tmp_path: Path
) -> None:
    pid_file.parent.mkdir()
    pid_file.write_text(str(child.pid))
    found = ours(pid_file, tmp_path, NAMES)
    assert found is not None and found.pid == child.pid
    assert ours(pid_file, tmp_path / "another", NAMES) is None
    assert ours(pid_file, tmp_path, ("airflow", "standalone")) is None


def test_what_an_ended_leader_left_is_ours_still(
    child: subprocess.Popen[bytes], pid_file: Path, tmp_path: Path
) -> None:
    write_started(pid_file, child.pid, ("sh",), 8080)
    child.kill()
    child.wait()
    found = ours(pid_file, tmp_path, NAMES)
    assert found is not None and not found.is_leading
    assert ours(pid_file, tmp_path / "another", NAMES) is None


def test_two_processes_are_born_apart_and_an_ended_one_is_gone(child: subprocess.Popen[bytes]) -> None:
    assert birth(child.pid) == birth(child.pid) != birth(os.getpid())
    child.kill()
    time.sleep(0.1)  # a zombie until it is waited for
    assert birth(child.pid) is None


def test_who_listens_is_told_from_who_does_not() -> None:
    code = "import socket, sys; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1]); sys.stdin.read()"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe, start_new_session=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        assert listens(server.pid, port)
        assert not listens(server.pid, port + 1)
        assert not listens(os.getpgid(0), port)
        assert not is_free(port)
        server.kill()
    assert is_free(port)


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.1", "::1", "::"])
def test_a_port_is_taken_wherever_localhost_may_lead(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        taken = socket.create_server((address, 0), family=family)
    except OSError:
        pytest.skip(f"this machine has no {address}")
    with taken:
        assert not is_free(taken.getsockname()[1])
