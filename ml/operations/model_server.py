"""``shelduck serve``: the champion and the assistant over HTTP, on loopback."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from ml.assistant.endpoint.app import PATHS
from ml.assistant.endpoint.app import application as answering
from ml.operations.services import Service, refuse_taken_port
from ml.recommend.interface import SHELF
from ml.registry.login import CALLER, caller_password
from ml.registry.served import application, champion_model
from ml.settings import Settings


def serve(settings: Settings, console: Console, port: int) -> None:
    """Serve until interrupted.

    Raises:
        ServiceFailed: the port is taken.
        ModelMissing: there is no champion, or its files are not the ones that were promoted.
    """
    import uvicorn

    address = f"http://127.0.0.1:{port}"
    refuse_taken_port(Service("model", (), {}, address, f"{address}/ping"), "--port")
    with TemporaryDirectory(prefix="shelduck-serve-") as folder:
        assistant = dict.fromkeys(PATHS, answering(settings))
        app = application(settings, champion_model(settings, SHELF, Path(folder)), assistant)
        password = caller_password(settings)
        console.print(f"The champion answers at {address}/invocations  user {CALLER}, password {password}")
        console.print(f"The assistant answers at {address}/ask, {address}/passages and {address}/context, to the same")
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
