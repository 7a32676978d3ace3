"""Somebody with a login who may look: MLflow's default permission READ, Airflow's role Viewer."""

from __future__ import annotations

import json
from typing import Any

from ml.registry.login import USER
from tests.security.place import DAG, LESSER_PASSWORD, READER, Place
from tests.security.probe import Probe, web

WHO = "lesser-role"
_READER: dict[str, tuple[str, str, str, Any]] = {
    "run-create": ("make a run in the operator's experiment", "POST", "runs/create", {"experiment_id": "1"}),
    "run-delete": ("delete a run", "POST", "runs/delete", {"run_id": "{run}"}),
    "run-rename": ("rename a run", "POST", "runs/update", {"run_id": "{run}", "run_name": "planted"}),
    "metric-log": (
        *("log a metric", "POST", "runs/log-metric"),
        {"run_id": "{run}", "key": "planted", "value": 1, "timestamp": 1},
    ),
    "tag-set": ("tag a run", "POST", "runs/set-tag", {"run_id": "{run}", "key": "planted", "value": "x"}),
    "experiment-delete": ("delete an experiment", "POST", "experiments/delete", {"experiment_id": "1"}),
    "experiment-rename": (
        *("rename an experiment", "POST", "experiments/update"),
        {"experiment_id": "1", "new_name": "planted"},
    ),
    "version-create": (
        *("register a version of the operator's model", "POST", "model-versions/create"),
        {"name": "elsewhere", "source": "runs:/{run}/x", "run_id": "{run}"},
    ),
    "champion-move": (
        *("move an alias", "POST", "registered-models/alias"),
        {"name": "elsewhere", "alias": "champion", "version": "1"},
    ),
    "version-tag": (
        *("tag a version as promoted", "POST", "model-versions/set-tag"),
        {"name": "elsewhere", "version": "1", "key": "promotion", "value": "{}"},
    ),
    "model-delete": ("delete a model", "DELETE", "registered-models/delete", {"name": "elsewhere"}),
    "user-create": ("make a login", "POST", "users/create", {"username": "planted", "password": "planted planted"}),
    "admin-rights": ("become an administrator", "PATCH", "users/update-admin", {"username": READER, "is_admin": True}),
    "password-of-admin": (
        *("change the operator's password", "PATCH", "users/update-password"),
        {"username": USER, "password": "planted planted planted", "current_password": LESSER_PASSWORD},
    ),
    "user-delete": ("delete the operator", "DELETE", "users/delete", {"username": USER}),
}
_PATHS: dict[str, tuple[str, str, str, Any]] = {
    "artifact-upload": (
        *(
            "upload an artifact to a run",
            "POST",
            "/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run}&path=planted.txt",
        ),
        b"planted",
    ),
    "proxy-write": ("write by the proxy", "PUT", "/api/2.0/mlflow-artifacts/artifacts/1/{run}/planted.txt", b"planted"),
    "proxy-write-root": ("write beside the runs", "PUT", "/api/2.0/mlflow-artifacts/artifacts/planted.txt", b"planted"),
    "proxy-delete": ("delete by the proxy", "DELETE", "/api/2.0/mlflow-artifacts/artifacts/{run}", None),
    "artifact-through-link": ("read through a link", "GET", "/get-artifact?run_id={run}&path=link.txt", None),
    "artifact-of-planted": ("read at a planted address", "GET", "/get-artifact?run_id={planted}&path=secret.txt", None),
}
_VIEWER: dict[str, tuple[str, str, str, Any]] = {
    "trigger": ("start a run", "POST", f"/api/v2/dags/{DAG}/dagRuns", {"logical_date": None}),
    "unpause": ("unpause a DAG", "PATCH", f"/api/v2/dags/{DAG}", {"is_paused": False}),
    "dag-delete": ("delete a DAG", "DELETE", f"/api/v2/dags/{DAG}", None),
    "clear": ("run tasks again", "POST", f"/api/v2/dags/{DAG}/clearTaskInstances", {"dry_run": False}),
    "backfill": (
        *("start a backfill", "POST", "/api/v2/backfills"),
        {"dag_id": DAG, "from_date": "2025-01-01T00:00:00Z", "to_date": "2025-01-02T00:00:00Z"},
    ),
    "pool": ("widen the warehouse's pool", "PATCH", "/api/v2/pools/warehouse", {"slots": 9}),
    "variable-write": ("write a variable", "POST", "/api/v2/variables", {"key": "planted", "value": "x"}),
    "variables": ("read variables", "GET", "/api/v2/variables", None),
    "connection-write": (
        *("write a connection", "POST", "/api/v2/connections"),
        {"connection_id": "planted", "conn_type": "http"},
    ),
    "connections": ("read connections", "GET", "/api/v2/connections", None),
    "config": ("read the configuration", "GET", "/api/v2/config", None),
    "execution": ("use the workers' interface", "GET", "/execution/variables/x", None),
}


def _send(sender: str, method: str, path: str, body: Any) -> Any:
    def send(place: Place) -> Any:
        names = {"{run}": place.run_id, "{planted}": place.planted_run}
        text, whole = path, body if isinstance(body, bytes) or body is None else json.dumps(body)
        for name, value in names.items():
            text = text.replace(name, value)
            whole = whole.replace(name, value) if isinstance(whole, str) else whole
        return getattr(place, sender)(method, text, whole.encode() if isinstance(whole, str) else whole)

    return send


PROBES: tuple[Probe, ...] = (
    *(
        web(WHO, f"mlflow-{name}", f"MLflow: {row[0]}", _send("as_reader", row[1], f"/api/2.0/mlflow/{row[2]}", row[3]))
        for name, row in _READER.items()
    ),
    *(web(WHO, f"mlflow-{name}", f"MLflow: {row[0]}", _send("as_reader", *row[1:])) for name, row in _PATHS.items()),
    *(
        web(WHO, f"airflow-{name}", f"Airflow: {row[0]}", _send("as_viewer", *row[1:]), airflow=True)
        for name, row in _VIEWER.items()
    ),
)
