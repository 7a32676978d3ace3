"""Two registered models beside each other: what happens to one changes nothing for the other."""

from __future__ import annotations

import ast
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import ml.registry
from ml.errors import ModelMissing
from ml.recommend.model import MODEL
from ml.registry.bundle import NewBundle
from ml.registry.client import connect
from ml.registry.comparison import latest_comparison
from ml.registry.foreign import foreign_versions
from ml.registry.ledger import Decision, champion, policy_effective, promote, promotions, rebuild_ledger
from ml.registry.ledger_file import MODEL_OF_SINGLE_FILE, ledger_path
from ml.registry.registration import download_bundle, register_bundle
from ml.registry.retention import KeptDays, prune_trainings
from ml.registry.served import application, champion_model
from ml.registry.tracking import Training, Trial, training_run
from ml.registry.versions import CANDIDATE, CHAMPION, ModelVersion, Tag, by_alias, complete_versions, version_info
from ml.settings import Settings
from tests.registry.conftest import write_echo
from tests.registry.echo_model import ECHO, word_in
from tests.slow import takes_long

CHORUS = replace(ECHO, name="chorus")
JAN4, JAN11, JAN18 = (date(2025, 1, day) for day in (4, 11, 18))
LATER = time.time() + 300 * 86_400
DECIDED = Decision("test", "because", None)
Make = Callable[..., NewBundle]


def _trained(settings: Settings, bundle: NewBundle, *models: str) -> list[ModelVersion]:
    """One training that registers its bundle as a version of each of ``models``."""
    key = f"key of {bundle.about}"
    with training_run(settings, Training(key, key, "code", ())) as run:
        return [
            register_bundle(settings, replace(ECHO, name=name), bundle, run_id=run.run_id, key=key) for name in models
        ]


def _filled(settings: Settings, folder: Path) -> Settings:
    """Version 1 of ``echo`` is promoted; versions 1 and 2 of ``chorus`` are not."""
    for model, word, day in ((ECHO, "hello", JAN4), (CHORUS, "la", JAN11), (CHORUS, "lala", JAN18)):
        _trained(settings, write_echo(folder, word, day), model.name)
    promote(settings, ECHO.name, 1, DECIDED)
    return settings


@pytest.fixture(scope="module")
@takes_long
def filled(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Not to be changed: see ``home``."""
    return _filled(Settings(home=tmp_path_factory.mktemp("filled") / "home"), tmp_path_factory.mktemp("bundles"))


@pytest.fixture
def home(filled: Settings, tmp_path: Path) -> Settings:
    """A copy of the filled home; MLflow finds the files of its versions in the original."""
    return Settings(home=shutil.copytree(filled.home, tmp_path / "copy"))


def _state(settings: Settings, model: str) -> tuple[Any, ...]:
    """Everything that the platform decides with or shows of a model."""
    effective = [policy_effective(settings, model, day) for day in (JAN4, JAN11, JAN18)]
    aliases = [by_alias(settings, model, alias) for alias in (CANDIDATE, CHAMPION)]
    page = connect(settings).get_registered_model(model)
    ledger = ledger_path(settings, model)
    return (
        effective,
        aliases,
        (page.description, page.aliases),
        complete_versions(settings, model),
        ledger.read_bytes() if ledger.exists() else None,
    )


def test_promoting_one_model_writes_its_own_ledger_and_alias_and_changes_nothing_for_the_other(home: Settings) -> None:
    before = _state(home, ECHO.name)
    candidate = by_alias(home, CHORUS.name, CANDIDATE)
    assert candidate is not None and candidate.version == 2
    for version in (2, 1):
        promote(home, CHORUS.name, version, DECIDED)
    assert [row.version for row in promotions(home, CHORUS.name)] == [2, 1]
    champion_now = by_alias(home, CHORUS.name, CHAMPION)
    assert champion_now is not None and champion_now.version == 2, "the latest trained"
    effective = [policy_effective(home, CHORUS.name, day) for day in (JAN4, JAN11, JAN18)]
    assert [row and row.version for row in effective] == [None, 1, 2]
    assert _state(home, ECHO.name) == before
    assert [row.version for row in promotions(home, ECHO.name)] == [1]
    assert sorted(path.name for path in (home.registry_dir / "promotions").iterdir()) == ["chorus.jsonl", "echo.jsonl"]


def test_versions_are_counted_and_judged_within_their_model(home: Settings) -> None:
    assert version_info(home, ECHO.name, 1).content_hash != version_info(home, CHORUS.name, 1).content_hash
    with pytest.raises(ModelMissing, match=r"model echo version 2: .* found versions \[1\]"):
        promote(home, ECHO.name, 2, DECIDED)
    first = promote(home, CHORUS.name, 1, replace(DECIDED, judged_against=None))
    assert first.row == 0, "the champion of echo is no rival"


def test_a_known_key_is_reused_within_its_model_only(home: Settings, make_bundle: Make) -> None:
    both = _trained(home, make_bundle("both"), ECHO.name, CHORUS.name)
    assert [(each.model, each.version) for each in both] == [("echo", 2), ("chorus", 3)]
    assert _trained(home, make_bundle("otherwise"), ECHO.name, CHORUS.name) != both
    assert _trained(home, replace(make_bundle("again"), about="It says both."), ECHO.name, CHORUS.name) == both
    cached = {download_bundle(home, each.model, each.version) for each in both}
    assert len(cached) == 1, "the same bytes are downloaded once"


def test_a_lost_ledger_is_rebuilt_from_the_tags_of_its_own_model(home: Settings) -> None:
    for version in (1, 2):
        promote(home, CHORUS.name, version, DECIDED)
    before, of_echo = promotions(home, CHORUS.name), _state(home, ECHO.name)
    ledger_path(home, CHORUS.name).unlink()
    assert promotions(home, CHORUS.name) == before
    assert rebuild_ledger(home, CHORUS.name) == before
    ledger_path(home, ECHO.name).unlink()
    assert promotions(home, CHORUS.name) == before, "and one that is there is read although another one is lost"
    assert [row.version for row in promotions(home, ECHO.name)] == [1]
    assert _state(home, ECHO.name)[:4] == of_echo[:4]


def test_each_champion_is_served_by_its_own_name_and_ledger(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow
    from starlette.testclient import TestClient

    from ml.registry.login import CALLER, caller_password

    monkeypatch.setenv("SHELDUCK_HOME", str(home.home))
    with pytest.raises(ModelMissing, match="model chorus: expected a champion; found none"):
        champion_model(home, CHORUS, tmp_path)
    promote(home, CHORUS.name, 2, DECIDED)
    folder = champion_model(home, ECHO, tmp_path)
    client: Any = TestClient(application(home, folder))
    login = (CALLER, caller_password(home))
    question = {"dataframe_records": [{"user_id": "7"}], "params": {"times": 2}}
    answer = client.post("/invocations", json=question, auth=login)
    assert answer.json()["predictions"] == [{"user_id": "7", "word": "hellohello"}]
    with pytest.raises(ModelMissing, match="model echo: expected a bundle whose content the promotion ledger names"):
        mlflow.pyfunc.load_model("models:/chorus/2")  # its code asks the ledger of echo, which knows no such content


def test_a_version_stays_while_its_own_models_days_need_it(fresh: Settings, make_bundle: Make, tmp_path: Path) -> None:
    """No run is removed here, which costs a process of MLflow's: all of these were promoted."""
    home = _filled(fresh, tmp_path)
    for version in (1, 2):
        promote(home, CHORUS.name, version, DECIDED)
    shared = _trained(home, make_bundle("shared", JAN4), ECHO.name, CHORUS.name)
    for each in shared:
        promote(home, each.model, each.version, DECIDED)
    kept = {ECHO.name: KeptDays(None), CHORUS.name: KeptDays(JAN18)}
    trainings, *_ = prune_trainings(home, kept, now=LATER)
    assert (trainings.count, trainings.note) == (1, "")
    removed = [
        (each.model, each.version)
        for model in kept
        for each in complete_versions(home, model)
        if Tag.files_removed in each.tags
    ]
    assert removed == [("chorus", 1)], "version 1 of echo and a training that both models share are needed"
    shutil.rmtree(home.registry_dir / "bundles", ignore_errors=True)
    assert word_in(download_bundle(home, ECHO.name, 1)) == "hello"
    assert word_in(download_bundle(home, CHORUS.name, 3)) == "shared"
    with pytest.raises(ModelMissing, match=r"model chorus version 1: .*tidy_storage removed them"):
        download_bundle(home, CHORUS.name, 1)
    assert [row.version for row in promotions(home, CHORUS.name)] == [1, 2, 3]


def test_a_model_that_is_not_named_is_foreign_and_left_alone(home: Settings) -> None:
    assert [str(each) for each in foreign_versions(home, [ECHO.name])] == [
        "chorus version 1",
        "chorus version 2 (candidate)",
    ]
    assert foreign_versions(home, [ECHO.name, CHORUS.name]) == []
    trainings, *_ = prune_trainings(home, {ECHO.name: KeptDays(JAN18)}, now=LATER)
    assert trainings.count == 0 and "2 from which those were made were left" in trainings.note
    assert [each.version for each in complete_versions(home, CHORUS.name)] == [1, 2]


def test_a_training_without_recommenders_does_not_hide_the_comparison_of_those(home: Settings) -> None:
    with training_run(home, Training("recommenders", "a key", "code", ())) as run:
        run.log_trial(Trial("als", {}, {"all/ndcg_at_10": 0.5}, 1.0))
    with training_run(home, Training("another model", "another key", "code", ())):
        pass
    assert [trial.name for trial in latest_comparison(home)] == ["als"]


def test_the_registry_names_no_model_but_for_the_old_files_format() -> None:
    """The file of earlier versions does not say whose it is."""
    assert MODEL_OF_SINGLE_FILE == MODEL
    naming = {
        path.name
        for path in Path(ml.registry.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value == MODEL
    }
    assert naming == {"ledger_file.py"}


def test_without_a_promotion_there_is_no_champion(home: Settings) -> None:
    assert promotions(home, CHORUS.name) == [] and champion(promotions(home, CHORUS.name)) is None
    assert by_alias(home, CHORUS.name, CHAMPION) is None
