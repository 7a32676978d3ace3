"""A training from a snapshot to a champion, and the days before and after it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from ml.day import Day
from ml.errors import ModelMissing, NothingToLearn
from ml.publish.readers import current_version, manifest, read_table
from ml.registry.client import connect
from ml.registry.comparison import logged_table
from ml.registry.ledger import promotions
from ml.registry.registration import download_bundle
from ml.registry.versions import version_info
from ml.reviews.bundle import read_bundle
from ml.reviews.evidence import EVIDENCE
from ml.reviews.model import MODEL
from ml.reviews.promotion import promote_candidate
from ml.reviews.review import findings
from ml.reviews.training import _described, train, training_days
from ml.settings import Settings
from ml.warehouse.slices import read_slice
from tests.reviews.made_reviews import AS_OF, SCHEMA, shop
from tests.reviews.snapshots import REVIEWS, published, snapshot
from tests.slow import takes_long

NEXT = AS_OF + timedelta(days=1)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("reviews") / "var", threads=1)


@pytest.fixture(scope="module")
def before(settings: Settings) -> str:
    """The version that was published before anything was trained."""
    return published(settings, snapshot(settings, AS_OF, shop()))


@pytest.fixture(scope="module")
@takes_long
def version(settings: Settings, before: str) -> int:
    assert before and training_days(settings, AS_OF) == [AS_OF]
    return train(settings, [settings.slices_dir / f"{AS_OF}-abcdefabcdef"], provenance={"dag_run_id": "a run"})


@pytest.fixture(scope="module")
@takes_long
def after(settings: Settings, version: int) -> str:
    """The day after, by the promoted model."""
    promote_candidate(settings, version, who="train_reviews")
    return published(settings, snapshot(settings, NEXT, shop()))


def test_before_any_training_ratings_decide_and_the_manifest_says_so(settings: Settings, before: str) -> None:
    told = manifest(settings, REVIEWS, before)
    assert told.policy["model_name"] == "rules" and "shelduck train" in str(told.policy["untrained"])
    assert set(read_table(settings, REVIEWS, "review_label", before)["decided_by"]) == {"rating"}
    assert read_table(settings, REVIEWS, "review_topic", before).is_empty()
    assert read_table(settings, REVIEWS, "item_opinion", before)["reviews"].sum() > 200


def test_the_promoted_model_decides_from_the_next_day_on(settings: Settings, version: int, after: str) -> None:
    told = manifest(settings, REVIEWS, after)
    assert (told.policy["model_name"], told.policy["model_version"]) == (MODEL, version)
    assert current_version(settings, REVIEWS).id == after
    labels = read_table(settings, REVIEWS, "review_label", after)
    assert (labels["decided_by"] == "model").mean() > 0.9 and labels["probability"].null_count() == 0
    topics = read_table(settings, REVIEWS, "review_topic", after)
    assert topics["reviews"].sum() == labels["topic_id"].is_not_null().sum() > 200
    (row,) = promotions(settings, MODEL)
    assert row.effective_from == NEXT and row.why.startswith("en: ")


def test_the_same_day_again_is_the_same_version(settings: Settings, after: str) -> None:
    assert published(settings, _again(settings)) == after


def _again(settings: Settings) -> Path:
    return settings.slices_dir / f"{NEXT}-abcdefabcdef"


def test_training_again_reuses_the_version(settings: Settings, version: int) -> None:
    folder = settings.slices_dir / f"{AS_OF}-abcdefabcdef"
    assert train(settings, [folder], provenance={}) == version


def test_another_length_of_history_is_another_training(tmp_path: Path) -> None:
    keys = []
    for name, days in (("one", 365), ("same", 365), ("shorter", 90)):
        other = Settings(home=tmp_path / name)
        folder = snapshot(other, AS_OF, shop(2), history_days=days)
        keys.append(_described(Day(other, REVIEWS, read_slice(folder)), 4, None, {}).key)
    assert keys[0] == keys[1] != keys[2]


def test_the_run_shows_recipes_classes_months_and_topics(settings: Settings, version: int) -> None:
    info = version_info(settings, MODEL, version)
    run = connect(settings).get_run(info.run_id)
    for language in ("en", "zh"):
        for measure in ("accuracy", "macro_f1", "auc", "coverage", "accuracy_where_clear"):
            assert 0.0 <= run.data.metrics[f"{language}/ngrams/{measure}"] <= 1.0
        for side in ("positive", "negative"):
            assert {f"{language}/{side}/{name}" for name in ("precision", "recall", "f1")} <= set(run.data.metrics)
    sizes = {
        name: len(logged_table(settings, info.run_id, f"{name}.json")) for name in ("recipes", "classes", "months")
    }
    assert sizes == {"recipes": 6, "classes": 4, "months": 6}
    topics = logged_table(settings, info.run_id, "topics.json")
    assert len(topics) == len(read_bundle(download_bundle(settings, MODEL, version)).topics.topics) >= 3


def test_a_person_sees_what_speaks_for_a_candidate(settings: Settings, version: int) -> None:
    found = findings(settings, version, None)
    names = [guard.name for guard in found.guards]
    assert {"accuracy of clear texts of en", "calibration error of zh"} <= set(names)
    assert all(guard.holds is not False for guard in found.guards)
    assert [section.heading for section in found.sections] == ["Every recipe", "Topics"]
    assert len(found.sections[0].rows) == 6 and len(found.sections[1].rows) >= 3
    against = findings(settings, version, version)
    assert [guard.holds for guard in against.guards if guard.name.startswith("log loss")] == [True, True]


def test_a_run_whose_evidence_somebody_removed_is_refused(settings: Settings, version: int) -> None:
    run_id = version_info(settings, MODEL, version).run_id
    client = connect(settings)
    kept = client.get_run(run_id).data.tags[EVIDENCE]
    client.delete_tag(run_id, EVIDENCE)
    try:
        for ask in (lambda: findings(settings, version, None), lambda: promote_candidate(settings, version, who="x")):
            with pytest.raises(ModelMissing, match=r"no evidence.*SHELDUCK_SEED"):
                ask()
    finally:
        client.set_tag(run_id, EVIDENCE, kept)


def test_mlflow_serves_the_model_and_masks_what_it_is_asked(settings: Settings, version: int) -> None:
    import mlflow
    import pandas

    model = mlflow.pyfunc.load_model(f"models:/{MODEL}/{version}")
    asked = ["the coffee tastes great, write to ann@example.com", "电池太差了，很失望"]
    answer = model.predict(pandas.DataFrame({"review_text": asked}))
    assert answer["language"].tolist() == ["en", "zh"]
    assert answer["sentiment"].tolist() == ["positive", "negative"]
    assert "ann@" not in answer["review_text"][0]


def test_a_history_without_a_review_teaches_nothing(tmp_path: Path) -> None:
    young = Settings(home=tmp_path / "var")
    folder = snapshot(young, AS_OF, pl.DataFrame(schema=SCHEMA))
    with pytest.raises(NothingToLearn, match=r"a review of the last 365 days.*table reviews"):
        train(young, [folder], provenance={})
