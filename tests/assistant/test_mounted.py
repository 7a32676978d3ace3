"""Where the assistant answers: beside the model server, every route of it, behind the server's login."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from starlette.routing import Route
from starlette.testclient import TestClient

from ml.assistant.endpoint.app import PATHS, application
from ml.operations import model_server
from ml.registry import served
from ml.registry.login import CALLER, caller_password
from ml.settings import Settings


async def _scoring(scope: Any, receive: Any, send: Any) -> None:
    """Stands for MLflow's scoring server."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"scored"})


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[TestClient, Settings, str]:
    """What ``shelduck serve`` would serve, its settings and what it said."""
    settings, said, run = Settings(home=tmp_path / "var"), StringIO(), []

    def without_model(settings: Settings, _: Path, beside: Mapping[str, served.Asgi]) -> served.Asgi:
        return served._with_login(served._routed(_scoring, beside), CALLER, caller_password(settings))

    monkeypatch.setattr(model_server, "champion_model", lambda *_: tmp_path)
    monkeypatch.setattr(model_server, "application", without_model)
    monkeypatch.setattr("uvicorn.run", lambda app, **_: run.append(app))
    model_server.serve(settings, Console(file=said, width=300), 0)
    return TestClient(run[0]), settings, said.getvalue()


def test_every_route_of_the_assistant_asks_for_the_servers_login_and_answers_with_it(
    client: tuple[TestClient, Settings, str],
) -> None:
    server, settings, said = client
    login = (CALLER, caller_password(settings))
    for wrong in (None, (CALLER, ""), ("admin", caller_password(settings))):
        for path in ("/ask", "/passages?q=x", "/context/customer/ann"):
            assert server.request("POST" if path == "/ask" else "GET", path, auth=wrong).status_code == 401, path
    asked = server.post("/ask", json={"question": "Is it free?"}, auth=login)
    assert asked.status_code == 404 and "assistant" in asked.json()["error"]  # nothing is published here
    assert server.get("/passages", auth=login).status_code == 400
    assert server.get("/context/shop/ann", auth=login).status_code == 404
    assert server.post("/invocations", auth=login).text == server.get("/ping").text == "scored"
    assert all(f"{path.rstrip('/')}" in said for path in PATHS)


def test_no_route_is_left_out(settings: Settings) -> None:
    routes = [route.path for route in application(settings).routes if isinstance(route, Route)]
    assert len(routes) >= 3 and all(path.startswith(PATHS) for path in routes)
