"""``shelduck up`` and ``down``: Airflow and MLflow on loopback, as two process groups of this user."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ml.errors import ShelduckError
from ml.orchestration.child_reports import last_words
from ml.orchestration.environment import PROJECT_ROOT, QUIET_TOOLS, airflow_environment
from ml.settings import Settings

_HEALTHY_WITHIN_SECONDS = 240.0


class ServiceFailed(ShelduckError):
    """A local service that did not start."""


@dataclass(frozen=True)
class Service:
    """A process to keep running: its command, environment and the address that answers when it is healthy."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    address: str
    health: str


def services(settings: Settings, airflow_port: int, mlflow_port: int) -> tuple[Service, ...]:
    """Airflow (scheduler, dag processor, triggerer, API server with UI) and the MLflow server."""
    scripts = Path(sys.executable).parent
    airflow = f"http://localhost:{airflow_port}"
    mlflow = f"http://localhost:{mlflow_port}"
    return (
        Service(
            "airflow",
            (sys.executable, str(scripts / "airflow"), "standalone"),
            airflow_environment(settings, airflow_port),
            airflow,
            f"{airflow}/api/v2/monitor/health",
        ),
        Service(
            "mlflow",
            (
                *(sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(mlflow_port)),
                *("--workers", "1", "--backend-store-uri", settings.tracking_uri),
                *("--default-artifact-root", (settings.registry_dir / "artifacts").as_uri()),
            ),
            {**QUIET_TOOLS, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
            mlflow,
            f"{mlflow}/health",
        ),
    )


def start(settings: Settings, service: Service) -> None:
    """Start ``service`` unless it runs already; its output goes to the data home."""
    if running(settings, service.name):
        return
    _run_dir(settings).mkdir(parents=True, exist_ok=True)
    log = settings.home / "logs" / f"{service.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as output:
        child = subprocess.Popen(
            service.command,
            env={**os.environ, **service.environment},
            cwd=settings.home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _pid_file(settings, service.name).write_text(str(child.pid))


def prepare(service: Service) -> None:
    """Metadata tables, the pool and the login, before Airflow starts; what is there already is kept.

    Raises:
        ServiceFailed: they could not be made.
    """
    done = subprocess.run(
        [sys.executable, "-m", "ml.orchestration.environment"],
        env={**os.environ, **service.environment},
        cwd=PROJECT_ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode != 0:
        found, remedy = last_words(done.stderr, done.returncode)
        raise ServiceFailed(
            service.name,
            expected="its metadata tables, pool and login",
            found=found,
            remedy=remedy or "See: shelduck doctor",
        )


def wait_until_healthy(settings: Settings, service: Service, on_wait: Callable[[], None] = lambda: None) -> None:
    """Return when ``service`` answers.

    Raises:
        ServiceFailed: it ended, or did not answer in time.
    """
    deadline = time.monotonic() + _HEALTHY_WITHIN_SECONDS
    while not _answers(service):
        alive = running(settings, service.name)
        if not alive or time.monotonic() > deadline:
            raise ServiceFailed(
                service.name,
                expected=f"an answer at {service.health}",
                found="no answer in time" if alive else "its process ended",
                remedy=f"Its log: logs/{service.name}.log in the data home. Then run: shelduck down",
            )
        on_wait()
        time.sleep(1)


def stop(settings: Settings, name: str, patience: float = 20.0) -> bool:
    """End the service's process group, politely first; False when it was not running."""
    pid = running(settings, name)
    if pid is None:
        return False
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(pid, sign)
        except ProcessLookupError:
            break
        deadline = time.monotonic() + patience
        while _group_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.2)
    _pid_file(settings, name).unlink(missing_ok=True)
    return True


def running(settings: Settings, name: str) -> int | None:
    """The service's process id, or None."""
    try:
        pid = int(_pid_file(settings, name).read_text())
    except (OSError, ValueError):
        return None
    return pid if _group_alive(pid) else None


def _group_alive(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):  # a finished child stays a zombie until it is waited for
        os.waitpid(pid, os.WNOHANG)
    try:
        os.killpg(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _answers(service: Service) -> bool:
    try:
        with urllib.request.urlopen(service.health, timeout=5) as answer:
            body = answer.read().decode()
    except (urllib.error.URLError, OSError):
        return False
    return "unhealthy" not in body and '"status":null' not in body


def _run_dir(settings: Settings) -> Path:
    return settings.home / "run"


def _pid_file(settings: Settings, name: str) -> Path:
    return _run_dir(settings) / f"{name}.pid"
