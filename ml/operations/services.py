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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ml.errors import ShelduckError
from ml.operations.child_reports import last_words
from ml.operations.environment import PROJECT_ROOT, QUIET_TOOLS, airflow_environment
from ml.operations.processes import Started, group, is_free, listens, ours, write_started
from ml.registry.server import server_command, server_environment
from ml.settings import Settings

_HEALTHY_WITHIN_SECONDS = 240.0
_WORDS = {"airflow": ("airflow", "standalone"), "mlflow": ("mlflow", "server")}
"""Words of the commands that an earlier version started and noted by number only."""


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

    @property
    def port(self) -> int:
        """Where it listens."""
        return urlsplit(self.address).port or 0


def services(settings: Settings, airflow_port: int, mlflow_port: int) -> tuple[Service, ...]:
    """Airflow (scheduler, dag processor, triggerer, API server with UI) and the MLflow server.

    Their addresses are numbers: where ``localhost`` means ``::1`` too, another user could listen there.
    """
    airflow, mlflow = (f"http://127.0.0.1:{port}" for port in (airflow_port, mlflow_port))
    return (
        Service(
            "airflow",
            (sys.executable, "-m", "ml.operations.standalone"),
            airflow_environment(settings, airflow_port) | _SAFE_PATH,
            airflow,
            f"{airflow}/api/v2/monitor/health",
        ),
        Service(
            "mlflow",
            server_command(settings, mlflow_port),
            QUIET_TOOLS | _SAFE_PATH | server_environment(settings, mlflow_port),
            mlflow,
            f"{mlflow}/health",
        ),
    )


_SAFE_PATH = {"PYTHONSAFEPATH": "1"}
"""Services run in the data home; what lies there must not be imported."""


def refuse_what_cannot_start(settings: Settings, wanted: Sequence[Service]) -> None:
    """Look before anything starts.

    Raises:
        ServiceFailed: a service runs on another port, or something else has the port.
    """
    if len({service.port for service in wanted}) < len(wanted):
        raise ServiceFailed(
            f"port {wanted[0].port}",
            expected="a port for each",
            found="one for both",
            remedy="Choose another one with --mlflow-port",
        )
    for service in wanted:
        there = running(settings, service.name)
        if there is None or not there.is_leading:
            refuse_taken_port(service, _option(service))
        elif there.port not in (0, service.port):
            raise ServiceFailed(
                service.name,
                expected=f"to start at port {service.port}",
                found=f"it runs already, at http://127.0.0.1:{there.port}",
                remedy="To change the port, run: shelduck down. "
                f"Then start it again with {_option(service)} {service.port}",
            )


def refuse_taken_port(service: Service, option: str) -> None:
    """Name the port that somebody else has, and the option that chooses another one.

    Raises:
        ServiceFailed: it is taken, or not for this user.
    """
    try:
        if is_free(service.port):
            return
    except PermissionError:
        found = "this user may not listen there"
    else:
        found = "in use by another program"
    remedy = f"Choose another one with {option}"
    raise ServiceFailed(f"port {service.port}", expected=f"free for {service.name}", found=found, remedy=remedy)


def start(settings: Settings, service: Service) -> None:
    """Start ``service`` unless it runs already; its output goes to the data home."""
    there = running(settings, service.name)
    if there is not None and there.is_leading:
        return
    stop(settings, service.name)  # what is left of one that ended
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
    write_started(_pid_file(settings, service.name), child.pid, service.command, service.port)


def prepare(service: Service) -> None:
    """Metadata tables, the pool and the login, before Airflow starts; what is there already is kept.

    Raises:
        ServiceFailed: they could not be made.
    """
    done = subprocess.run(
        [sys.executable, "-m", "ml.operations.environment"],
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
    """Return when ``service`` itself listens and answers; another program's answer does not count.

    Raises:
        ServiceFailed: it ended, or did not answer in time.
    """
    deadline = time.monotonic() + _HEALTHY_WITHIN_SECONDS
    while True:
        there = running(settings, service.name)
        is_alive = there is not None and there.is_leading
        if there is not None and is_alive and listens(there.pid, service.port) and _answers(service):
            return
        if not is_alive or time.monotonic() > deadline:
            raise ServiceFailed(
                service.name,
                expected=f"an answer at {service.health}",
                found="no answer in time" if is_alive else "its process ended",
                remedy=f"Its log: logs/{service.name}.log in the data home. Then run: shelduck down",
            )
        on_wait()
        time.sleep(1)


def stop(settings: Settings, name: str, patience: float = 20.0) -> bool:
    """End the service's process group, politely first; False when it was not running.

    A pid file that names anything else is removed, and what it names is left alone.
    """
    there = running(settings, name)
    if there is not None:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            if not group(there.pid):
                break
            with contextlib.suppress(ProcessLookupError):
                os.killpg(there.pid, sign)
            deadline = time.monotonic() + patience
            while group(there.pid) and time.monotonic() < deadline:
                running(settings, name)  # waits for a finished child
                time.sleep(0.2)
    _pid_file(settings, name).unlink(missing_ok=True)
    return there is not None


def running(settings: Settings, name: str) -> Started | None:
    """The service's process, or what it left; None when neither is there."""
    return ours(_pid_file(settings, name), settings.home, _WORDS.get(name, (name,)))


def port_of(settings: Settings, name: str) -> int | None:
    """Where the service runs; None when it does not, or nothing is known of it."""
    there = running(settings, name)
    return (there.port or None) if there is not None and there.is_leading else None


def _option(service: Service) -> str:
    return f"--{service.name}-port"


def _answers(service: Service) -> bool:
    try:
        with urllib.request.urlopen(service.health, timeout=5) as answer:
            body = answer.read().decode(errors="replace")
    except (urllib.error.URLError, OSError):
        return False
    return "unhealthy" not in body and '"status":null' not in body


def _pid_file(settings: Settings, name: str) -> Path:
    return settings.home / "run" / f"{name}.pid"
