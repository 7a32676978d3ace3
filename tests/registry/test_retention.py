"""Retention in a real MLflow on SQLite: needed trainings stay whole, promoted old ones lose files, the rest goes."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from mlflow.entities import ViewType

from ml.errors import ModelMissing
from ml.registry.bundle import NewBundle
from ml.registry.client import COPY, EVALUATIONS, EXPERIMENT, TUNING, connect
from ml.registry.copy_runs import CopyRun, log_copy_run
from ml.registry.ledger import Decision, policy_effective, promote, promotions, rebuild_ledger
from ml.registry.registration import download_bundle, register_bundle
from ml.registry.retention import KeptDays, prune_trainings
from ml.registry.tracking import Training, Trial, training_run
from ml.registry.versions import CHAMPION, ModelVersion, by_alias, complete_versions
from ml.settings import Settings
from tests.registry.echo_model import ECHO, INDEX
from tests.slow import takes_long

DAYS = {name: date(2025, 1, day) for name, day in (("old", 4), ("never", 11), ("kept", 18), ("newest", 25))}
KEPT = {ECHO.name: KeptDays(DAYS["kept"])}
LATER = time.time() + 300 * 86_400


def _trained(settings: Settings, folder: Path, name: str) -> ModelVersion:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / INDEX).write_text(f'"{name}"')
    with training_run(settings, Training(name, f"key {name}", "code", ())) as run:
        run.log_trial(Trial(name, {}, {"all/ndcg_at_10": 0.5}, 1.0))
        return register_bundle(
            settings, ECHO, NewBundle(folder, DAYS[name], name), run_id=run.run_id, key=f"key {name}"
        )


@pytest.fixture(scope="module")
@takes_long
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Four trainings; all but ``never`` were promoted; a fifth run failed without a version."""
    settings = Settings(home=tmp_path_factory.mktemp("made") / "a home")
    for name in DAYS:
        version = _trained(settings, tmp_path_factory.mktemp(name) / "bundle", name)
        if name != "never":
            promote(settings, ECHO.name, version.version, Decision("test", "better", newest_published=None))
        download_bundle(settings, ECHO.name, version.version)
    with pytest.raises(KeyError), training_run(settings, Training("failed", "key failed", "code", ())):
        raise KeyError("x")
    return settings


def _runs(settings: Settings) -> set[str]:
    client = connect(settings)
    found = client.get_experiment_by_name(EXPERIMENT)
    assert found is not None
    return {run.info.run_name for run in client.search_runs([found.experiment_id])}


def test_what_is_young_stays(made: Settings) -> None:
    freed = prune_trainings(made, KEPT)
    assert [each.count for each in freed] == [0] * 5, "trainings, evaluations, searches, copy, bundles"


def test_a_dry_run_tells_what_would_go(made: Settings) -> None:
    before = _runs(made)
    trainings, *_, bundles = prune_trainings(made, KEPT, dry_run=True, now=LATER)
    assert (trainings.count, bundles.count) == (3, 2), "old, never, failed; the bundles of old and never"
    assert trainings.bytes > 1000 and bundles.bytes == len('"old"') + len('"never"')
    assert _runs(made) == before and len(complete_versions(made, ECHO.name)) == 4


def test_old_evaluations_and_searches_go_and_young_ones_stay(settings: Settings) -> None:
    for experiment in (EVALUATIONS, TUNING):
        with training_run(settings, Training("an experiment", "a key", "code", (), experiment=experiment)) as run:
            run.log_trial(Trial("als", {}, {"all/ndcg_at_10": 0.5}, 1.0, slices=[{"group": "cold"}]))
    log_copy_run(settings, CopyRun("copy 2025-03-02", "a key", "code", {"model": "tiny"}, {"calls": 2}))
    client = connect(settings)
    places = [client.get_experiment_by_name(name).experiment_id for name in (EVALUATIONS, TUNING, COPY)]
    files = list((settings.registry_dir / "artifacts").rglob("slices.json"))
    assert len(files) == 2 and len(client.search_runs(places)) == 5

    assert [each.count for each in prune_trainings(settings, {ECHO.name: KeptDays(None)})] == [0] * 5
    told = prune_trainings(settings, {ECHO.name: KeptDays(None)}, now=LATER, dry_run=True)
    assert [(each.what, each.count) for each in told[1:3]] == [("MLflow evaluations", 1), ("MLflow searches", 1)]
    assert (told[3].what, told[3].count) == ("MLflow records of a language model", 1)
    assert all(each.bytes > 0 for each in told[1:3]) and all(file.exists() for file in files)
    assert prune_trainings(settings, {ECHO.name: KeptDays(None)}, now=LATER)[1:3] == told[1:3]
    assert client.search_runs(places, run_view_type=ViewType.ALL) == []
    assert not any(file.exists() for file in files)


def test_what_was_registered_by_hand_stays_with_what_it_was_made_from_and_is_named(
    made: Settings, tmp_path: Path
) -> None:
    """A version of `echo`, a model of another name made from an old training, a run in a training, an alias."""
    home = Settings(home=tmp_path / "copy")
    shutil.copytree(made.home, home.home)
    client, versions = connect(home), complete_versions(home, ECHO.name)
    old, never = (next(each for each in versions if each.trained_as_of == DAYS[name]) for name in ("old", "never"))
    client.create_model_version(ECHO.name, "file:///nowhere")
    client.set_registered_model_alias(ECHO.name, CHAMPION, "5")
    client.create_registered_model("mine")
    client.create_model_version("mine", f"runs:/{never.run_id}/model", run_id=never.run_id)
    experiment = client.get_experiment_by_name(EXPERIMENT).experiment_id
    client.create_run(experiment, run_name="a note", tags={"mlflow.parentRunId": old.run_id})

    trainings, *_ = prune_trainings(home, KEPT, now=LATER, dry_run=True)
    assert "left alone, not registered by Shelduck: echo version 5 (champion), mine version 1" in trainings.note
    assert "1 from which those were made" in trainings.note and "1 with runs logged by hand" in trainings.note
    assert "1 with files outside" in trainings.note, "only the failed one is left to judge"
    assert complete_versions(home, ECHO.name) == versions, "the version registered by hand is none of ours"
    assert by_alias(home, ECHO.name, CHAMPION) is None
    client.set_registered_model_alias(ECHO.name, "favourite", str(never.version))
    client.delete_registered_model("mine")
    trainings, *_ = prune_trainings(home, KEPT, now=LATER, dry_run=True)
    assert "from which" not in trainings.note and "1 with files outside" in trainings.note, "an alias keeps a version"


def test_files_outside_the_home_are_left_where_a_copied_home_still_names_them(made: Settings, tmp_path: Path) -> None:
    copy = Settings(home=tmp_path / "copy")
    shutil.copytree(made.home, copy.home)
    trainings, *_ = prune_trainings(copy, KEPT, now=LATER)
    assert trainings.count == 0 and "outside the data home" in trainings.note
    assert download_bundle(made, ECHO.name, 1)


def test_trainings_that_nothing_needs_go_and_those_of_kept_days_stay(
    made: Settings, tmp_path: Path, make_bundle: Callable[..., Path]
) -> None:
    """In one test, because each removal costs a process of MLflow's."""
    size_before = sum(path.stat().st_size for path in (made.registry_dir / "artifacts").rglob("*") if path.is_file())
    trainings, *_, bundles = prune_trainings(made, KEPT, now=LATER)
    assert (trainings.count, bundles.count) == (3, 2)
    left = sum(path.stat().st_size for path in (made.registry_dir / "artifacts").rglob("*") if path.is_file())
    assert size_before - left == trainings.bytes > 0

    assert [version.version for version in complete_versions(made, ECHO.name)] == [1, 3, 4], (
        "the unpromoted one is gone"
    )
    assert _runs(made) >= {"old", "kept", "newest"} and not _runs(made) & {"never", "failed"}
    shutil.rmtree(made.registry_dir / "bundles")
    assert download_bundle(made, ECHO.name, 3) and download_bundle(made, ECHO.name, 4)
    with pytest.raises(ModelMissing, match=r"tidy_storage removed them, trained as of 2025-01-04.*shelduck train"):
        download_bundle(made, ECHO.name, 1)

    known = promotions(made, ECHO.name)
    assert rebuild_ledger(made, ECHO.name) == known, "which model was effective on which day stays known"
    assert policy_effective(made, ECHO.name, DAYS["never"]) == known[0]

    again, *_ = prune_trainings(made, KEPT, now=LATER)
    assert again.count == 0

    repeated = _trained(made, tmp_path / "bundle", "old")
    assert repeated.version == 5, "a training whose files were removed is done again, not reused"
    assert repeated.content_hash == known[0].content_hash
    shutil.rmtree(made.registry_dir / "bundles")
    assert download_bundle(made, ECHO.name, 1, known[0].content_hash), "and serves the days of the removed one"
