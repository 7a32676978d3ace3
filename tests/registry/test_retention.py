"""Retention in a real MLflow on SQLite: needed trainings stay whole, promoted old ones lose files, the rest goes."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ml.errors import ModelMissing
from ml.registry.bundle import Bundle, Placement, write_bundle
from ml.registry.client import EXPERIMENT, connect
from ml.registry.ledger import Decision, policy_effective, promote, promotions, rebuild_ledger
from ml.registry.registration import download_bundle, register_bundle
from ml.registry.retention import prune_trainings
from ml.registry.tracking import Training, Trial, training_run
from ml.registry.versions import ModelVersion, complete_versions
from ml.settings import Settings

SERVING = Path(__file__).with_name("echo_model.py")
DAYS = {name: date(2025, 1, day) for name, day in (("old", 4), ("never", 11), ("kept", 18), ("newest", 25))}
LATER = time.time() + 300 * 86_400


def _trained(settings: Settings, folder: Path, name: str) -> ModelVersion:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / name).mkdir(parents=True)
    (folder / name / "model.json").write_text(f'"{name}"')
    write_bundle(folder, Bundle(trained_as_of=DAYS[name], placements={"p": Placement(recipe=name, folder=name)}))
    with training_run(settings, Training(name, f"key {name}", "code", ())) as run:
        run.log_trial(Trial(name, {}, {"all/ndcg_at_10": 0.5}, 1.0))
        return register_bundle(settings, folder, run_id=run.run_id, key=f"key {name}", serving=SERVING)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Four trainings; all but ``never`` were promoted; a fifth run failed without a version."""
    settings = Settings(home=tmp_path_factory.mktemp("made") / "a home")
    for name in DAYS:
        version = _trained(settings, tmp_path_factory.mktemp(name) / "bundle", name)
        if name != "never":
            promote(settings, version.version, Decision("test", "better", newest_published=None))
        download_bundle(settings, version.version)
    with pytest.raises(KeyError), training_run(settings, Training("failed", "key failed", "code", ())):
        raise KeyError("x")
    return settings


def _runs(settings: Settings) -> set[str]:
    client = connect(settings)
    found = client.get_experiment_by_name(EXPERIMENT)
    assert found is not None
    return {run.info.run_name for run in client.search_runs([found.experiment_id])}


def test_what_is_young_stays(made: Settings) -> None:
    freed = prune_trainings(made, DAYS["kept"], [])
    assert [each.count for each in freed] == [0, 0]


def test_a_dry_run_tells_what_would_go(made: Settings) -> None:
    before = _runs(made)
    trainings, bundles = prune_trainings(made, DAYS["kept"], [], dry_run=True, now=LATER)
    assert (trainings.count, bundles.count) == (3, 2), "old, never, failed; the bundles of old and never"
    assert trainings.bytes > 1000 and bundles.bytes > 100
    assert _runs(made) == before and len(complete_versions(made)) == 4


def test_files_outside_the_home_are_left_where_a_copied_home_still_names_them(made: Settings, tmp_path: Path) -> None:
    copy = Settings(home=tmp_path / "copy")
    shutil.copytree(made.home, copy.home)
    trainings, _ = prune_trainings(copy, DAYS["kept"], [], now=LATER)
    assert trainings.count == 0 and "outside the data home" in trainings.note
    assert download_bundle(made, 1)


def test_trainings_that_nothing_needs_go_and_those_of_kept_days_stay(
    made: Settings, tmp_path: Path, make_bundle: Callable[..., Path]
) -> None:
    """In one test, because each removal costs a process of MLflow's."""
    size_before = sum(path.stat().st_size for path in (made.registry_dir / "artifacts").rglob("*") if path.is_file())
    trainings, bundles = prune_trainings(made, DAYS["kept"], [], now=LATER)
    assert (trainings.count, bundles.count) == (3, 2)
    left = sum(path.stat().st_size for path in (made.registry_dir / "artifacts").rglob("*") if path.is_file())
    assert size_before - left == trainings.bytes > 0

    assert [version.version for version in complete_versions(made)] == [1, 3, 4], "the unpromoted one is gone"
    assert _runs(made) >= {"old", "kept", "newest"} and not _runs(made) & {"never", "failed"}
    shutil.rmtree(made.registry_dir / "bundles")
    assert download_bundle(made, 3) and download_bundle(made, 4)
    with pytest.raises(ModelMissing, match=r"tidy_storage removed them, trained as of 2025-01-04.*shelduck train"):
        download_bundle(made, 1)

    known = promotions(made)
    assert rebuild_ledger(made) == known, "which model was effective on which day stays known"
    assert policy_effective(made, DAYS["never"]) == known[0]

    again, _ = prune_trainings(made, DAYS["kept"], [], now=LATER)
    assert again.count == 0

    repeated = _trained(made, tmp_path / "bundle", "old")
    assert repeated.version == 5, "a training whose files were removed is done again, not reused"
    assert repeated.content_hash == known[0].content_hash
    shutil.rmtree(made.registry_dir / "bundles")
    assert download_bundle(made, 1, known[0].content_hash), "and serves the days of the removed one"
