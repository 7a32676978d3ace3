"""What the intruder's suite attacks: a data home with its servers running, secrets beside it, traps inside."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from ml.home import enter
from ml.operations.environment import ADMIN, passwords_file
from ml.operations.services import Service
from ml.registry.client import connect, experiment
from ml.registry.login import USER, mlflow_password
from ml.settings import Settings

CANARY = "the-canary-that-nobody-may-read"
_OUTSIDE = {"secret.txt": CANARY, "traces.json": json.dumps({"spans": [CANARY]})}
VIEWER, READER = "viewer", "reader"
LESSER_PASSWORD = "a lesser password 4711"
"""Of Airflow's viewer and MLflow's reader, both made for the suite."""
DAG = "build_shelves"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def gain(self) -> str | None:
        """What an intruder got; None for a clean refusal. A server that breaks down is no refusal."""
        if CANARY in self.text:
            return f"the secret, with status {self.status}"
        return None if 400 <= self.status < 500 else f"status {self.status}: {self.text[:120]}"


@dataclass
class Place:
    """Addresses and names that probes use. ``parent`` can be entered by every local user, as a shared disk can."""

    parent: Path
    settings: Settings
    airflow: str = ""
    mlflow: str = ""
    run_id: str = ""
    planted_run: str = ""
    own_run: str = ""
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def outside(self) -> Path:
        """A folder of the same owner that no server has any business in."""
        return self.parent / "outside"

    def ask(
        self,
        server: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        login: tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request, its path and Host header as they are given; ``body`` is JSON, bytes or nothing."""
        address = urlsplit(self.mlflow if server == "mlflow" else self.airflow)
        sent = dict(headers or {})
        if login:
            sent.setdefault("Authorization", "Basic " + base64.b64encode(":".join(login).encode()).decode())
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        link = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
        try:
            link.putrequest(method, path, skip_host="Host" in sent, skip_accept_encoding=True)
            for name, value in {**sent, "Content-Length": str(len(data or b""))}.items():
                link.putheader(name, value)
            link.endheaders(data)
            answer = link.getresponse()
            text = answer.read().decode(errors="replace")
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)
        finally:
            link.close()

    def as_admin(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        """A request to MLflow with the operator's login."""
        return self.ask("mlflow", method, path, body, login=(USER, mlflow_password(self.settings)), **more)

    def as_reader(self, method: str, path: str, body: Any = None) -> Answer:
        """A request to MLflow with the login of somebody who may read."""
        return self.ask("mlflow", method, path, body, login=(READER, LESSER_PASSWORD))

    def as_viewer(self, method: str, path: str, body: Any = None) -> Answer:
        """A request to Airflow with the token of somebody who may look."""
        return self.ask("airflow", method, path, body, headers={"Authorization": f"Bearer {self.tokens[VIEWER]}"})

    def damage(self) -> str | None:
        """What an intruder left behind, if anything."""
        found = {path.name: path.read_text() for path in self.outside.iterdir() if path.is_file()}
        if found != _OUTSIDE:
            return f"outside/ now holds {sorted(found)}"
        inside = {path.name for path in self.settings.home.rglob("planted*")}
        return f"the home now holds {sorted(inside)}" if inside else None


def make_place() -> Place:
    """A home with a training's run, and an experiment and two links that name files outside of MLflow's folder."""
    parent = Path(tempfile.mkdtemp(prefix="shelduck-security-"))
    parent.chmod(0o755)
    place = Place(parent, Settings(home=parent / "home"))
    enter(place.settings)  # as every command does first
    place.outside.mkdir(mode=0o700)
    for name, text in _OUTSIDE.items():
        (place.outside / name).write_text(text)
    client = connect(place.settings)
    place.run_id = client.create_run(experiment(place.settings, client)).info.run_id
    client.log_text(place.run_id, "a note", "note.txt")
    client.log_text(place.run_id, "a plot", "plots/plot.txt")
    artifacts = place.settings.registry_dir / "artifacts" / place.run_id / "artifacts"
    (artifacts / "link.txt").symlink_to(place.outside / "secret.txt")
    (artifacts / "link").symlink_to(place.outside)
    elsewhere = client.create_experiment("elsewhere", artifact_location=place.outside.as_uri())
    place.planted_run = client.create_run(elsewhere).info.run_id
    client.create_registered_model("elsewhere")
    client.create_model_version("elsewhere", place.outside.as_uri())
    (place.settings.landing_dir / "_closed").mkdir(parents=True)
    return place


def add_lesser_users(place: Place, airflow: Service) -> Service:
    """Airflow's service with a viewer beside the administrator."""
    path = passwords_file(place.settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        json.dump({ADMIN: "an admin's password", VIEWER: LESSER_PASSWORD}, file)
    users = f"{ADMIN}:admin,{VIEWER}:viewer"
    return Service(
        airflow.name,
        airflow.command,
        airflow.environment | {"AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": users},
        airflow.address,
        airflow.health,
    )


def add_reader(place: Place) -> None:
    """MLflow's reader, and a run that its operator made through the server."""
    made = place.as_admin("POST", "/api/2.0/mlflow/users/create", {"username": READER, "password": LESSER_PASSWORD})
    assert made.status == 200, made.text
    run = place.as_admin("POST", "/api/2.0/mlflow/experiments/create", {"name": "by proxy"})
    experiment_id = json.loads(run.text)["experiment_id"]
    run = place.as_admin("POST", "/api/2.0/mlflow/runs/create", {"experiment_id": experiment_id})
    place.own_run = json.loads(run.text)["run"]["info"]["run_id"]


def encoded(path: str) -> str:
    """Every character of a path as ``%xx``."""
    return re.sub(
        ".", lambda found: quote(found[0], safe="") if found[0] not in "./" else f"%{ord(found[0]):02x}", path
    )
