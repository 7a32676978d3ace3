"""What is served is what the promotion ledger names, whatever somebody planted in MLflow or in its files."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ml.errors import ModelMissing
from ml.registry.bundle import NewBundle
from ml.registry.client import connect, experiment
from ml.registry.ledger import Decision, champion, policy_effective, promote, recorded
from ml.registry.login import CALLER, caller_password, client_login, mlflow_password
from ml.registry.pyfunc import ARTIFACT
from ml.registry.registration import download_bundle, register_bundle
from ml.registry.served import application, champion_model
from ml.registry.tracking import Training, training_run
from ml.registry.versions import CHAMPION
from ml.settings import Settings
from tests.registry.echo_model import ECHO, INDEX, word_in
from tests.slow import takes_long

MakeBundle = Callable[..., NewBundle]


@pytest.fixture(scope="module")
@takes_long
def _planted(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with a promoted version, and one that somebody else registered and gave the alias."""
    home = Settings(home=tmp_path_factory.mktemp("planted") / "home")
    experiment(home, connect(home))
    return home


@pytest.fixture
def planted(_planted: Settings, make_bundle: MakeBundle, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("SHELDUCK_HOME", str(_planted.home))
    if champion(recorded(_planted, ECHO.name)) is None:
        promote(
            _planted,
            ECHO.name,
            _register(_planted, make_bundle("promoted"), "ours"),
            Decision("a test", "the only one", None),
        )
        _register(_planted, make_bundle("foreign"), "theirs")
    client = connect(_planted)
    client.set_registered_model_alias(ECHO.name, CHAMPION, "2")
    shutil.rmtree(_planted.registry_dir / "bundles", ignore_errors=True)
    return _planted


def _register(settings: Settings, bundle: NewBundle, key: str) -> int:
    with training_run(settings, Training(key, key, "code", ())) as run:
        return register_bundle(settings, ECHO, bundle, run_id=run.run_id, key=key).version


def _stored(settings: Settings, name: str) -> Path:
    """A file of the promoted version, where MLflow stores it."""
    model = connect(settings).get_model_version(ECHO.name, "1").source.rpartition("/")[2]
    return next((settings.registry_dir / "artifacts" / "models" / model).rglob(name))


def _word_in(model: Path) -> str:
    import mlflow

    path: str = mlflow.models.Model.load(str(model)).flavors["python_function"]["artifacts"][ARTIFACT]["path"]
    return word_in(model / path)


def test_a_moved_alias_neither_serves_nor_decides(planted: Settings, tmp_path: Path) -> None:
    assert _word_in(champion_model(planted, ECHO, tmp_path)) == "promoted"
    row = champion(recorded(planted, ECHO.name))
    assert row is not None and row == policy_effective(planted, ECHO.name, row.trained_as_of)
    assert word_in(download_bundle(planted, ECHO.name, row.version, row.content_hash)) == "promoted"


def test_mlflows_own_server_refuses_a_version_that_the_ledger_does_not_name(planted: Settings) -> None:
    import mlflow

    with pytest.raises(ModelMissing, match="To serve the champion, run: shelduck serve"):
        mlflow.pyfunc.load_model(f"models:/{ECHO.name}@{CHAMPION}")
    assert mlflow.pyfunc.load_model(f"models:/{ECHO.name}/1")


def test_a_changed_artifact_is_refused_before_it_is_loaded(planted: Settings, tmp_path: Path) -> None:
    data = _stored(planted, "model.json")
    before = data.read_text()
    data.write_text('{"weight": 2}')
    try:
        with pytest.raises(ModelMissing, match="files that differ from the ones registered"):
            champion_model(planted, ECHO, tmp_path)
    finally:
        data.write_text(before)


def test_code_that_was_planted_beside_the_data_is_not_run(planted: Settings, tmp_path: Path) -> None:
    code, mark = _stored(planted, ECHO.serving.name), tmp_path / "mark"
    before = code.read_text()
    code.write_text(f"open({str(mark)!r}, 'w')\n{before}")
    try:
        application(planted, champion_model(planted, ECHO, tmp_path))
    finally:
        code.write_text(before)
    assert not mark.exists()


def test_a_model_that_names_files_elsewhere_is_refused_even_if_they_are_equal(
    planted: Settings, tmp_path: Path
) -> None:
    outside = shutil.copytree(_stored(planted, INDEX).parent, tmp_path / "outside")
    index = _stored(planted, "MLmodel")
    before = index.read_text()
    index.write_text(re.sub(r"path: artifacts/.*", f"path: {outside}", before))
    assert str(outside) in index.read_text()
    try:
        with pytest.raises(ModelMissing, match="a path that leads out of the model"):
            champion_model(planted, ECHO, tmp_path)
    finally:
        index.write_text(before)


def test_the_model_server_asks_for_its_own_login(planted: Settings, tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    client: Any = TestClient(application(planted, champion_model(planted, ECHO, tmp_path)))
    question = {"dataframe_records": [{"user_id": "1"}]}
    wrong = [None, (CALLER, ""), (CALLER, mlflow_password(planted)), ("admin", caller_password(planted))]
    assert [client.post("/invocations", json=question, auth=auth).status_code for auth in wrong] == [401] * len(wrong)
    answer = client.post("/invocations", json=question, auth=(CALLER, caller_password(planted)))
    assert answer.json()["predictions"][0]["word"] == "promoted"
    assert client.get("/ping").status_code == 200
    assert client.get("/version").status_code == 401


def test_without_a_champion_there_is_nothing_to_serve(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="expected a champion; found none"):
        champion_model(settings, ECHO, tmp_path)


@pytest.mark.parametrize("uri", ["http://localhost:5000", "http://127.0.0.1:5000", "http://[::1]:5000"])
def test_the_client_logs_in_to_the_homes_own_server(settings: Settings, uri: str) -> None:
    there = settings.model_copy(update={"mlflow_tracking_uri": uri})
    assert client_login(there, {}) == {}  # no server was ever started here
    password = mlflow_password(settings)
    assert client_login(there, {}) == {"MLFLOW_TRACKING_USERNAME": "admin", "MLFLOW_TRACKING_PASSWORD": password}
    assert client_login(there, {"MLFLOW_TRACKING_USERNAME": "somebody"}) == {}


@pytest.mark.parametrize(
    "uri", [None, "http://mlflow:5000", "http://127.0.0.1.example.com", "http://10.0.0.1", "sqlite:///x"]
)
def test_the_homes_password_goes_to_no_other_machine(settings: Settings, uri: str | None) -> None:
    mlflow_password(settings)
    assert client_login(settings.model_copy(update={"mlflow_tracking_uri": uri}), {}) == {}
