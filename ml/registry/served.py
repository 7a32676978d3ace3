"""A model's champion as a web application: its content is what the promotion ledger names, its code this checkout's.

``mlflow models serve`` runs the code that lies beside a model's data before anything can be checked, and takes whatever
version the alias names. Here nothing that MLflow stores is run.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ml.errors import ModelMissing
from ml.registry.client import connect
from ml.registry.ledger import champion, recorded
from ml.registry.login import CALLER, caller_password
from ml.registry.model import RegisteredModel
from ml.registry.pyfunc import ARTIFACT, signature
from ml.registry.registration import download_bundle
from ml.registry.requirements import needed, requirements
from ml.settings import Settings

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


def champion_model(settings: Settings, model: RegisteredModel, into: Path) -> Path:
    """A model folder in ``into``, of the ledger's champion and the code that ``model`` names.

    Raises:
        ModelMissing: nothing was promoted, or the champion's files are gone or not the ones that were promoted.
    """
    row = champion(recorded(settings, model.name))
    if row is None:
        raise ModelMissing(
            f"model {model.name}", expected="a champion", found="none", remedy="Run: shelduck train --as-of YYYY-MM-DD"
        )
    bundle = download_bundle(settings, model.name, row.version, row.content_hash)
    connect(settings)
    import mlflow
    import pandas

    folder = into / model.name
    mlflow.pyfunc.save_model(
        path=folder,
        python_model=str(model.serving),
        artifacts={ARTIFACT: str(bundle)},
        pip_requirements=requirements(needed(model.serving)),
        signature=signature(model.interface),
        input_example=pandas.DataFrame(dict(model.interface.example)),
    )
    return folder


def application(settings: Settings, model: Path, beside: Mapping[str, Asgi] = MappingProxyType({})) -> Asgi:
    """MLflow's scoring server over a model folder, for those with the caller's login; ``/ping`` answers everybody.

    Args:
        beside: by how a path begins, what answers there behind the same login.
    """
    import mlflow
    from mlflow.pyfunc.scoring_server import init

    scoring = init(mlflow.pyfunc.load_model(str(model)))
    return _with_login(_routed(scoring, beside), CALLER, caller_password(settings))


def _routed(app: Asgi, beside: Mapping[str, Asgi]) -> Asgi:
    async def routed(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "") if scope["type"] == "http" else ""
        chosen = next((other for start, other in beside.items() if path.startswith(start)), app)
        await chosen(scope, receive, send)

    return routed


def _with_login(app: Asgi, user: str, password: str) -> Asgi:
    wanted = b"Basic " + base64.b64encode(f"{user}:{password}".encode())

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope.get("headers", ())).get(b"authorization", b"")
        if scope["type"] == "lifespan" or scope.get("path") == "/ping" or secrets.compare_digest(given, wanted):
            await app(scope, receive, send)
        elif scope["type"] == "http":
            asks = [(b"www-authenticate", b'Basic realm="shelduck"'), (b"content-type", b"text/plain")]
            await send({"type": "http.response.start", "status": 401, "headers": asks})
            await send({"type": "http.response.body", "body": b"This server asks for a login\n"})
        else:
            await send({"type": "websocket.close", "code": 1008})

    return guarded
