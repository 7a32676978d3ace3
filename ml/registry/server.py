"""The MLflow server of ``shelduck up`` and of docker-compose: MLflow's own with a login, kept to its artifacts' folder.

It is MLflow's app ``basic-auth`` with four changes:

- artifacts are read and written below ``--artifacts-destination`` only, whatever address an experiment, a run, a trace
  or a version names, and through no symbolic link that leads out of it;
- nobody chooses where an experiment's artifacts lie, and a version's source is something this server holds;
- a page of another origin cannot use a browser's login, also not one on another port of the same machine;
- the assistant and the gateway, which run commands and call other services, are off.
"""

from __future__ import annotations

import configparser
import os
import secrets
import sys
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from io import StringIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from ml.registry.login import USER, mlflow_password
from ml.settings import Settings

APP: Final = "shelduck"
"""The name of the entry point ``mlflow.app`` that leads to ``create_app``."""
AUTH_DATABASE: Final = "MLFLOW_AUTH_DATABASE_URI"
"""Where logins are kept; ``create_app`` writes it into the file that ``MLFLOW_AUTH_CONFIG_PATH`` names."""
_OFF: Final = ("/mlflow/assistant", "/gateway/", "/mlflow/gateway", "/mlflow/jobs", "/mlflow/webhooks")
_SOURCES: Final = "^(models:/|runs:/|mlflow-artifacts:/|file:///|/)"

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


def server_command(settings: Settings, port: int) -> tuple[str, ...]:
    """What starts the data home's MLflow server, on loopback."""
    database = settings.model_copy(update={"mlflow_tracking_uri": None}).tracking_uri
    return (
        *(sys.executable, "-m", "mlflow", "server", "--app-name", APP, "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--backend-store-uri", database, "--serve-artifacts"),
        *("--artifacts-destination", (settings.registry_dir / "artifacts").as_uri()),
    )


def server_environment(settings: Settings, port: int) -> dict[str, str]:
    """The variables of that server; the login is made on first use."""
    return SAFER | {
        AUTH_DATABASE: "sqlite:///mlflow/auth.db",  # from the data home, where it runs: no character needs escaping
        "MLFLOW_AUTH_CONFIG_PATH": str(settings.registry_dir / "auth.ini"),
        "MLFLOW_AUTH_ADMIN_USERNAME": USER,
        "MLFLOW_AUTH_ADMIN_PASSWORD": mlflow_password(settings),
        "MLFLOW_FLASK_SERVER_SECRET_KEY": secrets.token_urlsafe(32),
        "MLFLOW_SERVER_ALLOWED_HOSTS": f"127.0.0.1:{port},localhost:{port}",
        "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS": f"http://127.0.0.1:{port}",
    }


SAFER: Final = {
    "MLFLOW_BASIC_AUTH_FAIL_CLOSED": "true",
    "MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX": _SOURCES,
    "MLFLOW_ENABLE_AI_GATEWAY": "false",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
}
"""MLflow's own settings that close what is not used; docker-compose.yml sets them too."""


def create_app() -> Asgi:
    """The server's application, as ``mlflow server --app-name shelduck`` asks for it in its worker."""
    _write_auth_config(os.environ)
    from mlflow.server import ARTIFACTS_DESTINATION_ENV_VAR, app
    from mlflow.server.auth import create_app as with_login

    from ml.registry.confined import confine

    confine(os.environ[ARTIFACTS_DESTINATION_ENV_VAR])
    guarded: Asgi = with_login(app)
    _follow_password()
    app.before_request(_refuse_location)  # runs after the login's own
    return _guarded(guarded, os.environ.get("MLFLOW_SERVER_CORS_ALLOWED_ORIGINS", "").split(","))


def _write_auth_config(environment: Mapping[str, str]) -> None:
    config = configparser.ConfigParser()
    database = environment[AUTH_DATABASE].replace("%", "%%")
    config["mlflow"] = {"default_permission": "READ", "database_uri": database, "auth_cache_ttl_seconds": "60"}
    text = StringIO()
    config.write(text)
    path = Path(environment["MLFLOW_AUTH_CONFIG_PATH"])
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text.getvalue())


def _follow_password() -> None:
    """The administrator's password is the environment's, also when it was another one at the last start."""
    from mlflow.server.auth import auth_config, store

    user, password = auth_config.admin_username, auth_config.admin_password
    if password and not store.authenticate_user(user, password):
        store.update_user(user, password=password)


def _refuse_location() -> Any:
    """An answer when a client wants to say where artifacts lie; parsed as MLflow parses it, aliases included."""
    from flask import make_response, request
    from mlflow.protos.service_pb2 import CreateExperiment
    from mlflow.server.handlers import _get_request_message

    rule = request.url_rule.rule if request.url_rule else ""
    if (
        not rule.endswith("/mlflow/experiments/create")
        or not _get_request_message(CreateExperiment()).artifact_location
    ):
        return None
    return make_response({"error_code": "INVALID_PARAMETER_VALUE", "message": _LOCATION}, 400)


_LOCATION = "This server says where artifacts lie: leave artifact_location out"


def _guarded(app: Asgi, origins: list[str]) -> Asgi:
    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _refusal(scope, origins) if scope["type"] in ("http", "websocket") else None
        if refusal is None:
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            status, text = refusal
            await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": text})

    return guard


def _refusal(scope: Scope, origins: list[str]) -> tuple[int, bytes] | None:
    if any(part in scope["path"] for part in _OFF):
        return 404, b"This server does not offer that"
    if "//" in scope["path"]:
        return 400, b"A path has no empty part"
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope.get("headers", ())}
    origin = headers.get("origin")
    if origin is not None and origin not in origins and urlsplit(origin).netloc != headers.get("host"):
        return 403, b"A page of another origin may not ask this server"
    if not headers.get("authorization", "Basic ").lower().startswith("basic "):  # MLflow breaks down on other ones
        return 401, b"This server asks for a user and a password"
    return None
