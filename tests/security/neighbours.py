"""Another user of the same machine, who can open every folder that is open to all."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil

from ml.operations.environment import passwords_file
from ml.recommend.model import MODEL
from ml.registry.ledger_file import ledger_path
from ml.registry.login import caller_password, mlflow_password_file
from tests.security.place import Place
from tests.security.probe import Probe

WHO = "another-local-user"
NOBODY = 65534
CAN_BE = os.geteuid() == 0
_READ = "import sys; sys.stdout.write(repr(open(sys.argv[1], 'rb').read(9)))"
_LIST = "import os, sys; sys.stdout.write(repr(os.listdir(sys.argv[1])))"
_WRITE = "import sys; open(sys.argv[1], 'ab').write(b'x'); sys.stdout.write('written')"
_LOCK = "import fcntl, sys; fcntl.flock(open(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB); sys.stdout.write('held')"
_KILL = "import os, sys; os.kill(int(sys.argv[1]), 9); sys.stdout.write('killed')"


def _caller_file(place: Place) -> Path:
    caller_password(place.settings)
    return place.settings.registry_dir / "serving.json"


_FILES: dict[str, tuple[str, Callable[[Place], Path]]] = {
    "airflow-password": ("Airflow's password", lambda place: passwords_file(place.settings)),
    "airflow-keys": ("Airflow's keys", lambda place: place.settings.home / "airflow" / "airflow.cfg"),
    "airflow-database": ("Airflow's database", lambda place: place.settings.home / "airflow" / "airflow.db"),
    "mlflow-password": ("MLflow's password", lambda place: mlflow_password_file(place.settings)),
    "mlflow-logins": ("MLflow's logins", lambda place: place.settings.registry_dir / "auth.db"),
    "mlflow-login-settings": ("where MLflow's logins lie", lambda place: place.settings.registry_dir / "auth.ini"),
    "mlflow-database": ("MLflow's database", lambda place: place.settings.mlflow_database),
    "artifact": (
        "a run's artifact",
        lambda place: place.settings.registry_dir / "artifacts" / place.run_id / "artifacts" / "note.txt",
    ),
    "caller-password": ("the model server's password", _caller_file),
    "server-log": ("a server's log", lambda place: place.settings.home / "logs" / "mlflow.log"),
}
_FOLDERS: dict[str, tuple[str, Callable[[Place], Path]]] = {
    "home": ("the data home", lambda place: place.settings.home),
    "landing": ("the landing folder", lambda place: place.settings.landing_dir),
    "artifacts": ("MLflow's artifacts", lambda place: place.settings.registry_dir / "artifacts"),
    "run": ("the pid files", lambda place: place.settings.home / "run"),
}
_TARGETS: dict[str, tuple[str, Callable[[Place], Path]]] = {
    "home": ("a file into the data home", lambda place: place.settings.home / "planted"),
    "landing": ("a file into landing", lambda place: place.settings.landing_dir / "planted"),
    "mark": ("a day's mark", lambda place: place.settings.landing_dir / "_closed" / "2025-01-01"),
    "ledger": ("the promotion ledger", lambda place: ledger_path(place.settings, MODEL)),
    "artifact": ("an artifact", lambda place: place.settings.registry_dir / "artifacts" / "planted"),
    "pid-file": ("a pid file", lambda place: place.settings.home / "run" / "airflow.pid"),
    "mlflow-database": ("MLflow's database", lambda place: place.settings.mlflow_database),
}


def _as_nobody(code: str, argument: object) -> str | None:
    """What a program of another user printed; None when it failed for want of rights."""
    command = [
        "setpriv",
        f"--reuid={NOBODY}",
        f"--regid={NOBODY}",
        "--clear-groups",
        "/usr/bin/env",
        "python3",
        "-c",
        code,
    ]
    ended = subprocess.run([*command, str(argument)], check=False, capture_output=True, text=True, cwd="/", timeout=60)
    if ended.returncode == 0:
        return ended.stdout
    refused = "PermissionError" in ended.stderr or "FileNotFoundError" in ended.stderr
    return None if refused else f"no refusal: {ended.stderr[-200:]}"


def _on_path(code: str, find: Callable[[Place], Path], *, must_exist: bool = False) -> Callable[[Place], str | None]:
    def attempt(place: Place) -> str | None:
        path = find(place)
        if must_exist and not path.exists():
            return f"{path.name} is not there: nothing was tried"
        return _as_nobody(code, path)

    return attempt


def _processes(place: Place) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(place.settings.home):
                found.append(process)
        except psutil.Error:
            continue
    return found


def _secrets(place: Place) -> list[str]:
    files = (passwords_file(place.settings), mlflow_password_file(place.settings))
    found = [word for path in files if path.exists() for word in json.loads(path.read_text()).values()]
    return [*found, caller_password(place.settings)]


def _kill(place: Place) -> str | None:
    found = _processes(place)
    return (_as_nobody(_KILL, found[0].pid)) if found else "no process: nothing was tried"


def _environment(place: Place) -> str | None:
    found = _processes(place)
    return next(
        filter(None, (_as_nobody(_READ, f"/proc/{each.pid}/environ") for each in found[:3])), None if found else "none"
    )


def _command_lines(place: Place) -> str | None:
    """Everybody sees them, so they hold no secret."""
    secrets = _secrets(place)
    lines = [" ".join(process.cmdline()) for process in _processes(place)]
    shown = [line for line in lines if any(secret in line for secret in secrets)]
    return f"{shown}" if shown or not lines else None


def _listeners(place: Place) -> str | None:
    """On other addresses than loopback; a neighbour on another machine would be next."""
    found = []
    for process in _processes(place):
        try:
            sockets = process.net_connections("tcp")
        except psutil.Error:
            continue
        found += [each.laddr for each in sockets if each.status == psutil.CONN_LISTEN]
    strange = [address for address in found if address.ip not in ("127.0.0.1", "::1")]
    return f"{strange}" if strange or not found else None


def _traces(place: Place) -> str | None:
    """Passwords in what the servers logged."""
    secrets = _secrets(place)
    pattern = "|".join(map(re.escape, secrets))
    logs = list((place.settings.home / "logs").glob("*.log"))
    shown = [log.name for log in logs if re.search(pattern, log.read_text(errors="replace"))]
    return f"{shown}" if shown or not logs else None


def _of_root(place: Place) -> str | None:
    """Imports of the services from the folder they run in."""
    code = "import sys; sys.stdout.write('; '.join(sys.path))"
    environment = {**os.environ, "PYTHONSAFEPATH": "1"}
    said = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=place.settings.home,
        env=environment,
    ).stdout.split("; ")
    return f"{said}" if "" in said or str(place.settings.home) in said else None


PROBES: tuple[Probe, ...] = (
    *(
        Probe(WHO, f"read-{name}", f"read {what}", _on_path(_READ, find, must_exist=True))
        for name, (what, find) in _FILES.items()
        if not name.startswith("airflow-")
    ),
    *(
        Probe(WHO, f"read-{name}", f"read {what}", _on_path(_READ, find, must_exist=True), True)
        for name, (what, find) in _FILES.items()
        if name.startswith("airflow-")
    ),
    *(Probe(WHO, f"list-{name}", f"list {what}", _on_path(_LIST, find)) for name, (what, find) in _FOLDERS.items()),
    *(Probe(WHO, f"write-{name}", f"write {what}", _on_path(_WRITE, find)) for name, (what, find) in _TARGETS.items()),
    Probe(
        WHO,
        "hold-lock",
        "hold the registry's lock, so that the shop waits",
        _on_path(_LOCK, lambda place: place.settings.registry_dir / "registry.lock", must_exist=True),
    ),
    Probe(WHO, "kill", "end a server", _kill),
    Probe(WHO, "environment", "read a server's environment, which holds its password", _environment),
    Probe(WHO, "command-lines", "find a password in a command line", _command_lines),
    Probe(WHO, "logs", "find a password in a log that somebody was shown", _traces),
    Probe(WHO, "listeners", "reach a server of ours at another address than loopback", _listeners),
    Probe(WHO, "imports", "have the servers import from the folder that they run in", _of_root),
)
