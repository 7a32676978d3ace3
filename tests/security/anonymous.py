"""A client without a login, on loopback: any program of any local user."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

from tests.security.place import DAG, Answer, Place
from tests.security.probe import Probe, web

WHO = "anonymous-client"
_MLFLOW: dict[str, tuple[str, str, str, Any]] = {
    "experiments-list": ("list experiments", "POST", "/api/2.0/mlflow/experiments/search", {"max_results": 5}),
    "experiment-create": ("make an experiment", "POST", "/api/2.0/mlflow/experiments/create", {"name": "planted"}),
    "experiment-at-file": (
        *("make an experiment at a file: address", "POST", "/ajax-api/2.0/mlflow/experiments/create"),
        {"name": "planted", "artifact_location": "file:///"},
    ),
    "experiment-delete": ("delete an experiment", "POST", "/api/2.0/mlflow/experiments/delete", {"experiment_id": "1"}),
    "runs-search": ("search runs", "POST", "/api/2.0/mlflow/runs/search", {"experiment_ids": ["1"]}),
    "run-read": ("read a run", "GET", "/api/2.0/mlflow/runs/get?run_id={run}", None),
    "run-create": ("make a run", "POST", "/api/2.0/mlflow/runs/create", {"experiment_id": "1"}),
    "run-delete": ("delete a run", "POST", "/api/2.0/mlflow/runs/delete", {"run_id": "{run}"}),
    "metric-log": (
        *("log a metric", "POST", "/api/2.0/mlflow/runs/log-metric"),
        {"run_id": "{run}", "key": "planted", "value": 1, "timestamp": 1},
    ),
    "artifact-list": ("list artifacts", "GET", "/api/2.0/mlflow/artifacts/list?run_id={run}", None),
    "artifact-read": ("read an artifact", "GET", "/get-artifact?run_id={run}&path=note.txt", None),
    "artifact-through-link": ("read through a link", "GET", "/get-artifact?run_id={run}&path=link.txt", None),
    "artifact-upload": (
        *("upload an artifact", "POST", "/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run}&path=planted.txt"),
        b"planted",
    ),
    "proxy-read": ("read by the proxy", "GET", "/api/2.0/mlflow-artifacts/artifacts/{run}/artifacts/note.txt", None),
    "proxy-list": ("list by the proxy", "GET", "/api/2.0/mlflow-artifacts/artifacts?path=", None),
    "proxy-write": ("write by the proxy", "PUT", "/api/2.0/mlflow-artifacts/artifacts/planted.txt", b"planted"),
    "proxy-delete": ("delete by the proxy", "DELETE", "/api/2.0/mlflow-artifacts/artifacts/{run}", None),
    "model-search": ("list registered models", "GET", "/api/2.0/mlflow/registered-models/search", None),
    "model-create": (
        *("register a model", "POST", "/api/2.0/mlflow/registered-models/create"),
        {"name": "planted"},
    ),
    "version-plant": (
        *("register a version of files of the disk", "POST", "/api/2.0/mlflow/model-versions/create"),
        {"name": "elsewhere", "source": "file:///etc"},
    ),
    "champion-move": (
        *("move an alias", "POST", "/api/2.0/mlflow/registered-models/alias"),
        {"name": "elsewhere", "alias": "champion", "version": "1"},
    ),
    "version-file": (
        *("read a version's file", "GET", "/model-versions/get-artifact?name=elsewhere&version=1&path=secret.txt"),
        None,
    ),
    "graphql": ("ask GraphQL", "POST", "/graphql", {"query": '{ test(inputString: "x") { output } }'}),
    "user-create": (
        *("make a login", "POST", "/api/2.0/mlflow/users/create"),
        {"username": "planted", "password": "planted planted planted"},
    ),
    "user-form": ("open the form for logins", "GET", "/signup", None),
    "password-change": (
        *("change the operator's password", "PATCH", "/api/2.0/mlflow/users/update-password"),
        {"username": "admin", "password": "planted planted planted"},
    ),
    "admin-rights": (
        *("make somebody an administrator", "PATCH", "/api/2.0/mlflow/users/update-admin"),
        {"username": "reader", "is_admin": True},
    ),
    "assistant": (
        "let the assistant run a command",
        "POST",
        "/ajax-api/3.0/mlflow/assistant/message",
        {"message": "x"},
    ),
    "assistant-skills": ("install a skill", "POST", "/ajax-api/3.0/mlflow/assistant/skills/install", {}),
    "gateway": ("call a model by the gateway", "POST", "/gateway/mlflow/v1/chat/completions", {}),
    "gateway-proxy": (
        *("let the server fetch an address", "POST", "/ajax-api/2.0/mlflow/gateway-proxy"),
        {"gateway_path": "http://127.0.0.1/"},
    ),
    "webhook": (
        *("let the server call an address", "POST", "/api/2.0/mlflow/webhooks"),
        {"name": "planted", "url": "http://127.0.0.1/", "events": []},
    ),
    "job": ("read a job", "GET", "/ajax-api/3.0/mlflow/jobs/1", None),
    "traces": ("send traces", "POST", "/v1/traces", b"\x0a\x00"),
    "page": ("open the page", "GET", "/", None),
    "static-traversal": ("leave the folder of static files", "GET", "/static-files/..%2f..%2f..%2fauth.ini", None),
    "static-dots": ("the same with plain dots", "GET", "/static-files/../../../../passwords.json", None),
    "health-prefix": (
        "hide behind a public path",
        "GET",
        "/health/../api/2.0/mlflow/experiments/get?experiment_id=1",
        None,
    ),
    "double-slash": ("hide behind a double slash", "GET", "//api/2.0/mlflow/experiments/get?experiment_id=1", None),
    "capitals": ("hide behind capitals", "GET", "/API/2.0/mlflow/experiments/get?experiment_id=1", None),
    "encoded-path": ("hide behind %61pi", "GET", "/%61pi/2.0/mlflow/experiments/get?experiment_id=1", None),
    "static-prefix": ("hide behind /static", "GET", "/static/api/2.0/mlflow/experiments/get?experiment_id=1", None),
}
_CREDENTIALS = {
    "no-password": "Basic YWRtaW46",
    "old-default-password": "Basic YWRtaW46cGFzc3dvcmQxMjM0",
    "admin-admin": "Basic YWRtaW46YWRtaW4=",
    "no-user": "Basic OnBhc3N3b3Jk",
    "not-base64": "Basic !!!!",
    "no-colon": "Basic YWRtaW4=",
    "nothing": "",
    "bearer": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.",
    "digest": 'Digest username="admin"',
}
_NAMED = ("X-Forwarded-User", "Remote-User", "X-Remote-User", "X-MLflow-User")
_AIRFLOW: dict[str, tuple[str, str, str, Any]] = {
    "dags": ("list DAGs", "GET", "/api/v2/dags", None),
    "runs": ("list runs", "GET", f"/api/v2/dags/{DAG}/dagRuns", None),
    "trigger": ("start a run", "POST", f"/api/v2/dags/{DAG}/dagRuns", {"logical_date": None}),
    "unpause": ("unpause a DAG", "PATCH", f"/api/v2/dags/{DAG}", {"is_paused": False}),
    "dag-delete": ("delete a DAG", "DELETE", f"/api/v2/dags/{DAG}", None),
    "backfill": (
        *("start a backfill", "POST", "/api/v2/backfills"),
        {"dag_id": DAG, "from_date": "2025-01-01T00:00:00Z", "to_date": "2025-01-02T00:00:00Z"},
    ),
    "variables": ("read variables", "GET", "/api/v2/variables", None),
    "variable-write": ("write a variable", "POST", "/api/v2/variables", {"key": "planted", "value": "x"}),
    "connections": ("read connections", "GET", "/api/v2/connections", None),
    "config": ("read the configuration", "GET", "/api/v2/config", None),
    "pool": ("widen the warehouse's pool", "PATCH", "/api/v2/pools/warehouse", {"slots": 9}),
    "events": ("read the audit log", "GET", "/api/v2/eventLogs", None),
    "source": ("read a DAG's code", "GET", f"/api/v2/dagSources/{DAG}", None),
    "log": ("read a task's log", "GET", f"/api/v2/dags/{DAG}/dagRuns/x/taskInstances/land/logs/1", None),
    "xcom": ("read what tasks said", "GET", f"/api/v2/dags/{DAG}/dagRuns/x/taskInstances/land/xcomEntries", None),
    "plugins": ("list plugins", "GET", "/api/v2/plugins", None),
    "day": ("open the tab Day", "GET", f"/shelduck/day?dag_id={DAG}&run_id=x", None),
    "site": ("open the newest site", "GET", "/shelduck/site", None),
    "site-page": ("open a page of a site", "GET", "/shelduck/site/2025-03-01/index.html", None),
    "site-data": ("read a site's data", "GET", "/shelduck/site/2025-03-01/site.json", None),
    "site-asset": ("load a script of a site", "GET", "/shelduck/site/2025-03-01/assets/vega/vega.min.js", None),
    "site-traversal": (
        "leave the site's folder",
        "GET",
        "/shelduck/site/2025-03-01/..%2f..%2f..%2fpasswords.json",
        None,
    ),
    "day-traversal": ("leave the tab's folder", "GET", "/shelduck/..%2f..%2fpasswords.json", None),
    "execution-variable": ("read a variable as a task", "GET", "/execution/variables/x", None),
    "execution-connection": ("read a connection as a task", "GET", "/execution/connections/x", None),
    "execution-run": (
        *("start a task as a worker", "PATCH"),
        "/execution/task-instances/01a214a2-9ff2-7401-b935-6afee25408e0/run",
        {"state": "running"},
    ),
    "token-guess": ("guess the password", "POST", "/auth/token", {"username": "admin", "password": "admin"}),
    "token-empty": ("log in without a password", "POST", "/auth/token", {"username": "admin", "password": ""}),
    "token-free": ("get a token without a login", "GET", "/auth/token", None),
    "static-traversal": ("leave the folder of static files", "GET", "/static/..%2f..%2f..%2fpasswords.json", None),
}
_TOKENS = {
    "unsigned": "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhZG1pbiIsInJvbGUiOiJhZG1pbiIsImV4cCI6NDA3MDkwODgwMH0.",
    "empty": "",
    "text": "x.y.z",
}


def _filled(place: Place, value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("{run}", place.run_id)
    return {name: _filled(place, each) for name, each in value.items()} if isinstance(value, dict) else value


def _plain(server: str, method: str, path: str, body: Any) -> Any:
    return lambda place: place.ask(server, method, _filled(place, path), _filled(place, body))


def _with(server: str, path: str, headers: dict[str, str]) -> Any:
    def send(place: Place) -> Answer:
        return place.ask(server, "GET", path, headers=headers)

    return send


_OPEN_IN_MLFLOW = {"/health", "/version", "/api/3.0/mlflow/server-info", "/ajax-api/3.0/mlflow/server-info"}
_OPEN_IN_AIRFLOW = (
    "/api/v2/monitor/health",
    "/api/v2/version",
    "/ui/auth/",
    "/auth/",
    "/api/v2/auth/",
    "/execution/health",
)
_ROUTES = """import json, warnings; warnings.simplefilter("ignore")
from mlflow.server.fastapi_app import app
from mlflow.server import app as flask
found = {(method, rule.rule) for rule in flask.url_map.iter_rules() for method in rule.methods}
found |= {(method, route.path) for route in app.routes for method in getattr(route, "methods", None) or ()}
print(json.dumps(sorted(found)))"""


def _every_route(place: Place) -> str | None:
    ended = subprocess.run([sys.executable, "-c", _ROUTES], check=True, capture_output=True, text=True)
    routes = json.loads(ended.stdout.splitlines()[-1])
    routes = [(method, path) for method, path in routes if method not in ("HEAD", "OPTIONS")]
    assert len(routes) > 300, "the list of routes is not MLflow's"
    return _answered(place, "mlflow", [each for each in routes if each[1] not in _OPEN_IN_MLFLOW])


def _every_path(place: Place) -> str | None:
    paths = json.loads(place.ask("airflow", "GET", "/openapi.json").text)["paths"]
    routes = [(method.upper(), path) for path, methods in paths.items() for method in methods]
    assert len(routes) > 100, "the list of paths is not Airflow's"
    return _answered(place, "airflow", [each for each in routes if not each[1].startswith(_OPEN_IN_AIRFLOW)])


def _answered(place: Place, server: str, routes: list[tuple[str, str]]) -> str | None:
    gains = []
    for method, path in routes:
        named = re.sub(r"<[^>]*>|\{[^}]*\}", "1", path)
        answer = place.ask(server, method, named, {} if method in ("POST", "PUT", "PATCH") else None)
        if answer.gain:
            gains.append(f"{method} {path}: {answer.gain}")
    return "; ".join(gains) or None


_ASKED = "/api/2.0/mlflow/experiments/get?experiment_id=1"
PROBES: tuple[Probe, ...] = (
    Probe(
        WHO,
        "mlflow-every-route",
        "MLflow: each of its routes (more than 300), but health, version and server-info",
        _every_route,
    ),
    Probe(
        WHO,
        "airflow-every-path",
        "Airflow: each path of its description but health, version and the login",
        _every_path,
        True,
    ),
    *(web(WHO, f"mlflow-{name}", f"MLflow: {row[0]}", _plain("mlflow", *row[1:])) for name, row in _MLFLOW.items()),
    *(
        web(
            WHO,
            f"mlflow-login-{name}",
            f"MLflow: log in with `{value}`",
            _with("mlflow", _ASKED, {"Authorization": value}),
        )
        for name, value in _CREDENTIALS.items()
    ),
    *(
        web(
            WHO,
            f"mlflow-{name.lower()}",
            f"MLflow: be the operator by `{name}: admin`",
            _with("mlflow", _ASKED, {name: "admin"}),
        )
        for name in _NAMED
    ),
    *(
        web(WHO, f"airflow-{name}", f"Airflow: {row[0]}", _plain("airflow", *row[1:]), airflow=True)
        for name, row in _AIRFLOW.items()
    ),
    *(
        web(
            WHO,
            f"airflow-{name}-token",
            f"Airflow: list DAGs with an {name} token",
            _with("airflow", "/api/v2/dags", {"Authorization": f"Bearer {value}"}),
            airflow=True,
        )
        for name, value in _TOKENS.items()
    ),
)
