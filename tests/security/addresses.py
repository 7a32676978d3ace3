"""Whoever has MLflow's login, the operator too: files of the machine by way of an address or a path."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from tests.security.place import Answer, Place, encoded
from tests.security.probe import Probe, web

WHO = "operators-login"
_LOCATIONS = {
    "file": "file://{outside}",
    "file-root": "file:///",
    "path": "{outside}",
    "relative": "../../outside",
    "dots-in-folder": "file://{home}/mlflow/artifacts/../../../outside",
    "proxy-dots": "mlflow-artifacts:/../../../outside",
    "proxy-host": "mlflow-artifacts://127.0.0.1:1/x",
    "http": "http://127.0.0.1:1/x",
    "s3": "s3://planted/x",
    "sftp": "sftp://127.0.0.1/x",
    "capitals": "FILE://{outside}",
}
_SOURCES = {
    "file": "file://{outside}",
    "path": "{outside}",
    "dots-in-run": "file://{home}/mlflow/artifacts/{run}/artifacts/../../../../../outside",
    "link-in-run": "file://{home}/mlflow/artifacts/{run}/artifacts/link",
    "relative": "../../outside",
    "http": "http://127.0.0.1:1/x",
    "s3": "s3://planted/x",
    "proxy-dots": "mlflow-artifacts:/../../outside",
    "registered": "models:/elsewhere/1",
}
_PATHS = {
    "dots": "../../../../outside/secret.txt",
    "dots-encoded": "%2e%2e/%2e%2e/%2e%2e/%2e%2e/outside/secret.txt",
    "dots-encoded-twice": "%252e%252e/%252e%252e/%252e%252e/%252e%252e/outside/secret.txt",
    "slashes-encoded": "..%2f..%2f..%2f..%2foutside%2fsecret.txt",
    "backslashes": "..\\..\\..\\..\\outside\\secret.txt",
    "inside-out": "plots/../../../../../outside/secret.txt",
    "absolute": "{outside}/secret.txt",
    "absolute-encoded": "%2ftmp",
    "file-address": "file://{outside}/secret.txt",
    "null": "note.txt%00../../../secret.txt",
    "link": "link.txt",
    "link-folder": "link/secret.txt",
    "password-file": "../../../passwords.json",
}


def _filled(place: Place, text: str) -> str:
    names = {"{outside}": str(place.outside), "{home}": str(place.settings.home), "{run}": place.run_id}
    for name, value in names.items():
        text = text.replace(name, value)
    return text


def _create(location: str, field: str) -> Any:
    body = {"name": "planted", field: location}
    return lambda place: place.as_admin(
        "POST", "/api/2.0/mlflow/experiments/create", _filled(place, json.dumps(body)).encode()
    )


def _version(source: str) -> Any:
    def send(place: Place) -> str | None:
        body = {"name": "elsewhere", "source": _filled(place, source), "run_id": place.run_id}
        made = place.as_admin("POST", "/api/2.0/mlflow/model-versions/create", body)
        if made.status != 200:
            return made.gain
        version = json.loads(made.text)["model_version"]["version"]  # a version of a version may be registered …
        return place.as_admin(  # … and is not read
            "GET", f"/model-versions/get-artifact?name=elsewhere&version={version}&path=secret.txt"
        ).gain

    return send


def _read(path: str, how: str) -> Any:
    def send(place: Place) -> Answer:
        asked = _filled(place, path)
        return place.as_admin("GET", how.replace("{path}", asked).replace("{run}", place.run_id))

    return send


def _listed(place: Place) -> str | None:
    """A link's own name is listed with the folder it lies in; what it leads to is not."""
    answer = place.as_admin("GET", f"/api/2.0/mlflow/artifacts/list?run_id={place.run_id}&path=link")
    return answer.text if "secret.txt" in answer.text else None


def _trace(place: Place) -> str | None:
    """A trace's tag says where its data lies."""
    made = place.as_admin("POST", "/api/2.0/mlflow/traces", {"experiment_id": "1", "timestamp_ms": 1})
    assert made.status == 200, made.text
    trace = json.loads(made.text)["trace_info"]["request_id"]
    tag = {"key": "mlflow.artifactLocation", "value": place.outside.as_uri()}
    place.as_admin("PATCH", f"/api/2.0/mlflow/traces/{trace}/tags", tag)
    return place.as_admin("GET", f"/ajax-api/2.0/mlflow/get-trace-artifact?request_id={trace}").gain


def _upload(path: str) -> Any:
    return lambda place: place.as_admin(
        "POST", f"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={place.run_id}&path={_filled(place, path)}", b"planted"
    )


def _planted(method: str, path: str, body: Any = None) -> Any:
    return lambda place: place.as_admin(method, path.replace("{run}", place.planted_run), body)


_GET, _PROXY = "/get-artifact?run_id={run}&path={path}", "/api/2.0/mlflow-artifacts/artifacts/{run}/artifacts/{path}"
_WRITES = {
    "dots": "../../../../outside/planted.txt",
    "dots-encoded": "..%2f..%2f..%2f..%2foutside%2fplanted.txt",
    "link-folder": "link/planted.txt",
    "absolute": "{outside}/planted.txt",
}
PROBES: tuple[Probe, ...] = (
    *(
        web(
            WHO,
            f"experiment-{name}",
            f"make an experiment whose artifacts lie at `{value}`",
            _create(value, "artifact_location"),
        )
        for name, value in _LOCATIONS.items()
    ),
    web(
        WHO,
        "experiment-camel-case",
        "the same in the other spelling of the field",
        _create("file:///", "artifactLocation"),
    ),
    *(
        Probe(WHO, f"version-{name}", f"register a version of `{value}` and read it", _version(value))
        for name, value in _SOURCES.items()
    ),
    *(web(WHO, f"read-{name}", f"read the artifact `{value}`", _read(value, _GET)) for name, value in _PATHS.items()),
    *(
        web(WHO, f"proxy-{name}", f"the same by the proxy: `{value}`", _read(value, _PROXY))
        for name, value in _PATHS.items()
    ),
    web(
        WHO,
        "proxy-all-encoded",
        "the same with every character encoded",
        _read(encoded("../../../../outside/secret.txt"), _PROXY),
    ),
    *(web(WHO, f"upload-{name}", f"upload to `{value}`", _upload(value)) for name, value in _WRITES.items()),
    *(
        web(
            WHO,
            f"proxy-write-{name}",
            f"write by the proxy to `{value}`",
            lambda place, value=value: place.as_admin(
                "PUT",
                f"/api/2.0/mlflow-artifacts/artifacts/{place.run_id}/artifacts/{_filled(place, value)}",
                b"planted",
            ),
        )
        for name, value in _WRITES.items()
    ),
    web(
        WHO,
        "proxy-delete-link",
        "delete by the proxy what a link leads to",
        lambda place: place.as_admin(
            "DELETE", f"/api/2.0/mlflow-artifacts/artifacts/{place.run_id}/artifacts/link/secret.txt"
        ),
    ),
    Probe(WHO, "list-link", "list the folder that a link leads to", _listed),
    web(
        WHO,
        "planted-read",
        "read a run whose record names another folder",
        _planted("GET", "/get-artifact?run_id={run}&path=secret.txt"),
    ),
    web(WHO, "planted-list", "list it", _planted("GET", "/api/2.0/mlflow/artifacts/list?run_id={run}")),
    web(
        WHO,
        "planted-upload",
        "upload to it",
        _planted("POST", "/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run}&path=planted.txt", b"planted"),
    ),
    web(
        WHO,
        "planted-version",
        "read a version whose record names another folder",
        lambda place: place.as_admin("GET", "/model-versions/get-artifact?name=elsewhere&version=1&path=secret.txt"),
    ),
    Probe(WHO, "trace", "read a trace that says its data lies in another folder", _trace),
    web(
        WHO,
        "assistant",
        "let the assistant run a command",
        lambda place: place.as_admin("POST", "/ajax-api/3.0/mlflow/assistant/message", {"message": quote("id")}),
    ),
)
