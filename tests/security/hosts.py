"""A page in the operator's browser that is not ours: another name for this machine, or another origin."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tests.security.place import Answer, Place
from tests.security.probe import Probe, web

WHO = "foreign-page"
_HOSTS = {
    "name": "intruder.example",
    "name-with-port": "intruder.example:{port}",
    "subdomain": "localhost.intruder.example:{port}",
    "numeric-prefix": "127.0.0.1.intruder.example:{port}",
    "private-10": "10.intruder.example",
    "private-192": "192.168.intruder.example",
    "private-172": "172.16.intruder.example",
    "any-address": "0.0.0.0:{port}",
    "another-port": "127.0.0.1:1",
    "none": "",
}
_ORIGINS = {
    "name": "http://intruder.example",
    "another-port": "http://localhost:9999",
    "another-scheme": "https://localhost:9999",
    "null": "null",
    "prefix": "http://127.0.0.1.intruder.example",
}
_SEARCH = ("POST", "/ajax-api/2.0/mlflow/experiments/search", {"max_results": 1})


def _host(value: str) -> Any:
    def send(place: Place) -> Answer:
        return place.as_admin(*_SEARCH, headers={"Host": value.replace("{port}", str(urlsplit(place.mlflow).port))})

    return send


def _origin(value: str) -> Any:
    return lambda place: place.as_admin(*_SEARCH, headers={"Origin": value})


def _reads(value: str) -> Any:
    """A GET is answered to nobody else's page either: the browser would hand it over where the answer allows it."""
    path = "/ajax-api/2.0/mlflow/experiments/get?experiment_id=1"
    return lambda place: place.as_admin("GET", path, headers={"Origin": value})


def _preflight(place: Place) -> str | None:
    asked = {"Origin": "http://localhost:9999", "Access-Control-Request-Method": "POST"}
    answer = place.ask("mlflow", "OPTIONS", _SEARCH[1], headers=asked)
    return _allowed(answer)


def _allowed(answer: Answer) -> str | None:
    found = answer.headers.get("access-control-allow-origin")
    return f"allowed: {found}" if found else None


def _airflow_origin(value: str) -> Any:
    def attempt(place: Place) -> str | None:
        asked = {"Origin": value, "Authorization": f"Bearer {place.tokens['admin']}"}
        return _allowed(place.ask("airflow", "GET", "/api/v2/dags", headers=asked))

    return attempt


def _airflow_host(place: Place) -> Answer:
    return place.ask("airflow", "GET", "/api/v2/dags", headers={"Host": "intruder.example"})


def _frame(place: Place) -> str | None:
    headers = place.as_admin("GET", "/").headers
    return None if headers.get("x-frame-options", "").upper() in ("SAMEORIGIN", "DENY") else f"{headers}"


PROBES: tuple[Probe, ...] = (
    *(
        web(WHO, f"mlflow-host-{name}", f"reach MLflow as `{value}`, the login in the browser", _host(value))
        for name, value in _HOSTS.items()
    ),
    *(
        web(WHO, f"mlflow-origin-{name}", f"post to MLflow from `{value}`", _origin(value))
        for name, value in _ORIGINS.items()
    ),
    *(
        web(WHO, f"mlflow-read-{name}", f"read from MLflow as a page of `{value}`", _reads(value))
        for name, value in _ORIGINS.items()
    ),
    Probe(WHO, "mlflow-preflight", "be allowed to post by MLflow, from another port", _preflight),
    Probe(WHO, "mlflow-frame", "show MLflow in a frame", _frame),
    *(
        Probe(
            WHO,
            f"airflow-origin-{name}",
            f"be handed Airflow's answers as a page of `{value}`",
            _airflow_origin(value),
            True,
        )
        for name, value in _ORIGINS.items()
    ),
    web(WHO, "airflow-host", "reach Airflow by another name, without its login", _airflow_host, airflow=True),
)
