"""The logins of the MLflow server that ``shelduck up`` starts and of the model server that ``shelduck serve`` is."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from ml.settings import Settings

USER: Final = "admin"
CALLER: Final = "caller"
_USERNAME, _PASSWORD = "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"


def mlflow_password_file(settings: Settings) -> Path:
    """Where the login is kept, readable by its owner only; beside MLflow's database, outside its artifacts."""
    return settings.registry_dir / "passwords.json"


def mlflow_password(settings: Settings) -> str:
    """The password of MLflow's server, made on first use."""
    return _password(mlflow_password_file(settings), USER)


def caller_password(settings: Settings) -> str:
    """The password of those who ask the model server; they are no operators, so it is another one."""
    return _password(settings.registry_dir / "serving.json", CALLER)


def _password(path: Path, user: str) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}-{os.getpid()}")
        with os.fdopen(os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump({user: secrets.token_urlsafe(24)}, file)
        temporary.replace(path)
    return str(json.loads(path.read_text())[user])


def client_login(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables with which MLflow's client logs in to the home's own server; empty for any other address.

    A login in the environment is left as it is, and the home's password is never sent to another machine.
    """
    uri = settings.mlflow_tracking_uri
    if uri is None or _USERNAME in environment or not _is_loopback(uri) or not mlflow_password_file(settings).exists():
        return {}
    return {_USERNAME: USER, _PASSWORD: mlflow_password(settings)}


def _is_loopback(uri: str) -> bool:
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https"):
        return False
    try:
        return parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
