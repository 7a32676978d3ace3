"""A training from snapshots to a champion, and the days before and after it."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ml.capabilities import named, resolve
from ml.churn import Churn
from ml.day import compute_day
from ml.documents import shown
from ml.errors import InvalidBundle, ModelMissing
from ml.predictions.bundle import INDEX, read_bundle
from ml.predictions.columns import Prediction
from ml.predictions.evidence import EVIDENCE
from ml.predictions.model import MODEL
from ml.predictions.pages.page import pages
from ml.predictions.passport.make import MOVED, passport
from ml.predictions.passport.sections import sections
from ml.predictions.promotion import promote_candidate
from ml.predictions.review import findings
from ml.predictions.targets import TARGETS
from ml.predictions.training import past_of, train, training_days
from ml.predictions.words import CONTENDERS
from ml.publish.draft import read_draft
from ml.publish.readers import current_version, manifest, read_table
from ml.registry.client import connect
from ml.registry.ledger import promotions
from ml.registry.registration import download_bundle
from ml.registry.versions import version_info
from ml.settings import Settings
from ml.warehouse.slices import read_slice
from ml.words import LANGUAGES, said
from tests.predictions.people import AS_OF, known_by
from tests.predictions.snapshots import FIRST, SHOP, published, snapshot
from tests.slow import takes_long

PREDICTIONS = named("predictions")
TABLE = "customer_prediction"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("predictions") / "var", threads=1)


@pytest.fixture(scope="module")
def folders(settings: Settings) -> list[Path]:
    return [snapshot(settings, day) for day in training_days(settings, AS_OF)]


@pytest.fixture(scope="module")
def before(settings: Settings, folders: list[Path]) -> str:
    """The version that was published for the day before anything was trained."""
    return published(settings, folders[-1])


@pytest.fixture(scope="module")
@takes_long
def version(settings: Settings, folders: list[Path], before: str) -> int:
    assert before
    return train(settings, folders, provenance={"dag_run_id": "a run"})


def test_past_days_lie_four_weeks_apart_and_are_those_of_the_trainings_of_four_weeks(settings: Settings) -> None:
    days = training_days(settings, AS_OF)
    assert days[-1] == AS_OF and len(days) == 11
    assert {(later - day).days for day, later in pairwise(days[:-1])} == {28}
    assert 28 <= (AS_OF - days[-2]).days < 56
    weeks = [training_days(settings, AS_OF + timedelta(days=7 * week))[:-1] for week in range(4)]
    assert len({day for week in weeks for day in week}) == 11


def test_days_before_the_first_file_are_not_built(tmp_path: Path) -> None:
    shop = Settings(home=tmp_path / "var")
    for day in (AS_OF - timedelta(days=100), AS_OF):
        (shop.landing_dir / "interactions" / f"dt={day}").mkdir(parents=True)
    (shop.landing_dir / "interactions" / "dt=notes").mkdir()
    days = training_days(shop, AS_OF)
    assert days == [day for day in training_days(Settings(home=tmp_path / "none"), AS_OF) if (AS_OF - day).days <= 100]
    assert 3 <= len(days) <= 4


def test_before_the_first_training_the_last_90_days_go_on(settings: Settings, before: str) -> None:
    told = manifest(settings, PREDICTIONS, before)
    assert told.policy["model_name"] == "rules" and set(told.policy["recipes"].values()) == {"last_90_days"}
    table = read_table(settings, PREDICTIONS, TABLE, before)
    assert len(table) == told.counts["customers"] == len(known_by(SHOP.buys(), AS_OF, FIRST))
    assert table[Prediction.spend_90d_low].is_null().all()


def test_a_training_registers_plain_data_with_a_contender_per_target_and_its_evidence(
    settings: Settings, version: int
) -> None:
    folder = download_bundle(settings, MODEL, version)
    assert [path.name for path in folder.iterdir()] == [INDEX]
    bundle = read_bundle(folder)
    assert set(bundle.targets) == {target.name for target in TARGETS} and bundle.trained_as_of == AS_OF
    assert bundle.targets[Prediction.spend_28d].intervals and bundle.beyond
    run = connect(settings).get_run(version_info(settings, MODEL, version).run_id)
    evidence = json.loads(run.data.tags[EVIDENCE])
    assert {name: won for name, (won, _) in evidence.items()} == bundle.contenders
    assert "dag_run_id" in run.data.tags and "| target | served by |" in run.data.tags["mlflow.note.content"]


def test_mlflow_shows_every_contenders_figures_charts_and_importances(settings: Settings, version: int) -> None:
    client = connect(settings)
    run = client.get_run(version_info(settings, MODEL, version).run_id)
    names = {f"{Prediction.purchase_28d}/{name}" for name in ("mean/brier", "last_90_days/auc", "bg_nbd/brier")}
    assert names <= set(run.data.metrics)
    files = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert {"contenders.json", *(target.name for target in TARGETS)} <= files
    charts = {file.path for target in TARGETS for file in client.list_artifacts(run.info.run_id, target.name)}
    assert {f"{target.name}/charts.png" for target in TARGETS} <= charts
    path = client.download_artifacts(run.info.run_id, "contenders.json")
    assert "behind_low" in json.loads(Path(path).read_text())["columns"]


def test_the_same_training_is_reused_and_another_definition_of_churn_is_another_one(
    settings: Settings, folders: list[Path], version: int
) -> None:
    again = train(settings.model_copy(update={"threads": 2}), folders, provenance={})
    assert again == version
    other = train(settings.model_copy(update={"churn": Churn(days=60)}), folders[-6:], provenance={})
    assert other != version


def test_a_promoted_training_decides_from_the_next_day_on(
    settings: Settings, folders: list[Path], before: str, version: int
) -> None:
    assert promote_candidate(settings, version, who="a test") == version
    (row,) = promotions(settings, MODEL)
    assert row.effective_from == AS_OF + timedelta(days=1) and Prediction.spend_90d in row.why
    assert published(settings, folders[-1]) == before, "the day that was published keeps its policy"
    tomorrow = published(settings, snapshot(settings, AS_OF + timedelta(days=1)))
    told = manifest(settings, PREDICTIONS, tomorrow)
    assert (told.policy["model_name"], told.policy["model_version"]) == (MODEL, version)
    assert told.policy["recipes"] == read_bundle(download_bundle(settings, MODEL, version)).contenders
    table = read_table(settings, PREDICTIONS, TABLE, tomorrow)
    assert table[Prediction.spend_90d_low].null_count() == 0
    assert (table[Prediction.spend_90d_low] <= table[Prediction.spend_90d]).all()
    assert promote_candidate(settings, version, who="again") == version and len(promotions(settings, MODEL)) == 1


def test_the_page_of_a_day_shows_the_version_that_predicted_it(settings: Settings, version: int) -> None:
    (page,) = pages(settings, current_version(settings, PREDICTIONS))
    sections = {section.name: section for section in page.sections}
    assert {"now", "serving", "contenders", "calibration", "gains", "versions", "caveats"} <= set(sections)
    assert "model" not in sections, "what is shown is what predicted"
    decides = [shown(row[0]) for row in sections["versions"].rows if "decides" in map(shown, row)]
    assert decides == [str(version)]
    chosen = read_bundle(download_bundle(settings, MODEL, version)).contenders
    assert [shown(row[1]) for row in sections["serving"].rows] == [
        said(CONTENDERS[chosen[target.name]]) for target in TARGETS
    ]


@pytest.mark.parametrize("column", [target.name for target in TARGETS])
def test_a_prediction_is_told_with_its_parts_calibration_and_origin(
    settings: Settings, version: int, column: str
) -> None:
    current = current_version(settings, PREDICTIONS)
    row = read_table(settings, PREDICTIONS, TABLE, current.id).row(5, named=True)
    found = passport(settings, current, row["user_id"], column)
    assert found.value == row[column] and found.is_same and found.notes in ((), (MOVED,))
    assert found.by_contender == pytest.approx(found.value, abs=2e-6) or found.notes == (MOVED,)
    assert found.tenth is not None and found.tenth.customers > 10
    assert (found.low is not None) == column.startswith("predicted_clv")
    run = version_info(settings, MODEL, version).run_id
    assert {"model": f"{MODEL} version {version}", "training_run": run}.items() <= {
        each.name: each.value for each in found.references
    }.items()
    assert found.contender == read_bundle(download_bundle(settings, MODEL, version)).contenders[column]
    for language in LANGUAGES:
        text = " ".join(shown(cell, language) for part in sections(found) for line in part.rows for cell in line)
        assert run in text and row["user_id"] in text


def test_why_a_trainings_evidence_cannot_be_read_is_told_with_a_prediction(
    settings: Settings, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient, MlflowException
    from mlflow.protos.databricks_pb2 import TEMPORARILY_UNAVAILABLE

    def locked(*_asked: Any) -> None:
        raise MlflowException("database is locked", TEMPORARILY_UNAVAILABLE)

    monkeypatch.setattr(MlflowClient, "download_artifacts", locked)
    current = current_version(settings, PREDICTIONS)
    row = read_table(settings, PREDICTIONS, TABLE, current.id).row(5, named=True)
    found = passport(settings, current, row["user_id"], Prediction.churn)
    assert (found.tenth, found.is_same) == (None, True)
    for language in LANGUAGES:
        told = " ".join(said(note, language) for note in found.notes)
        assert "MLflow: expected an answer; found MlflowException TEMPORARILY_UNAVAILABLE" in told


def test_a_review_judges_every_target_of_a_candidate(settings: Settings, version: int) -> None:
    found = findings(settings, version, None)
    assert len(found.guards) == 2 * len(TARGETS) + 2
    assert all(guard.holds is not None for guard in found.guards)
    assert findings(settings, version, version).headline == ""
    resolved = PREDICTIONS.training
    assert resolved is not None and resolve(resolved.review) is findings


def test_the_served_model_answers_with_what_was_published_and_nothing_of_strangers(
    settings: Settings, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELDUCK_HOME", str(settings.home))
    from ml.predictions.serving import PublishedPredictions

    served = PublishedPredictions(download_bundle(settings, MODEL, version))
    current = current_version(settings, PREDICTIONS).id
    table = read_table(settings, PREDICTIONS, TABLE, current)
    asked = pl.DataFrame({"user_id": [table["user_id"][3], "a stranger"]}).to_pandas()
    answer = served.answer(asked, {})
    assert answer.select(table.columns).rows() == [table.row(3)] and answer["version"].to_list() == [current]


def test_what_happens_after_the_day_changes_nothing_that_was_learned_or_predicted(
    settings: Settings, folders: list[Path], version: int, tmp_path: Path
) -> None:
    """Everything after the day is replaced by absurd purchases: model and table are the same, byte for byte."""
    other = Settings(home=tmp_path / "var", threads=1)
    after = {AS_OF + timedelta(days=number): 1e6 for number in range(1, 200)}
    buys = {user: their | after for user, their in SHOP.buys().items()}
    replaced = [snapshot(other, day, buys) for day in training_days(other, AS_OF)]
    trained = train(other, replaced, provenance={})
    one, same = (version_info(each, MODEL, of) for each, of in ((settings, version), (other, trained)))
    assert one.content_hash == same.content_hash
    drafts = [
        compute_day(each, PREDICTIONS, folder) for each, folder in ((settings, folders[-1]), (other, replaced[-1]))
    ]
    tables = [read_draft(PREDICTIONS, draft).tables[TABLE] for draft in drafts]
    assert len(tables[0]) > 100 and tables[0].equals(tables[1])


def test_a_past_day_before_the_history_is_not_learned_from_because_its_outcome_is_not_all_known(
    settings: Settings, folders: list[Path]
) -> None:
    slices = [read_slice(folder) for folder in folders]
    assert len(past_of(settings, slices).days) == 10
    slices[-1].record["history_days"] = 110
    kept = [day.as_of for day in past_of(settings, slices).days]
    assert kept == [each.as_of for each in slices[:-1] if (AS_OF - each.as_of).days <= 110] and len(kept) == 3


def test_a_run_without_evidence_is_not_promoted(settings: Settings, version: int) -> None:
    client, run_id = connect(settings), version_info(settings, MODEL, version).run_id
    kept = client.get_run(run_id).data.tags[EVIDENCE]
    client.delete_tag(run_id, EVIDENCE)
    with pytest.raises(ModelMissing, match="tags with the training's evidence"):
        promote_candidate(settings, version, who="a test")
    client.set_tag(run_id, EVIDENCE, kept)


def test_a_bundle_that_lacks_a_target_is_refused(settings: Settings, version: int, tmp_path: Path) -> None:
    content = json.loads((download_bundle(settings, MODEL, version) / INDEX).read_text())
    del content["targets"][Prediction.churn]
    (tmp_path / INDEX).write_text(json.dumps(content))
    with pytest.raises(InvalidBundle, match=f"none for {Prediction.churn}"):
        read_bundle(tmp_path)
