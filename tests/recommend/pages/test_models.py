"""The page Models: what the registry says, as it was known on the day."""

from __future__ import annotations

import json
import shutil
from datetime import date
from typing import Any

import pytest

from ml.documents import Page, Section, shown
from ml.fingerprint import folder_fingerprint
from ml.publish.readers import version_of_day
from ml.recommend.bundle import Bundle, Placement, write_bundle
from ml.recommend.capability import RECOMMEND
from ml.recommend.model import MODEL
from ml.recommend.pages.all import pages
from ml.recommend.pages.models import models_page
from ml.recommend.pages.trained import Trained
from ml.recommend.selection import CHOSEN_FOR, Selection
from ml.recommend.two_stage.calibration import Reliability
from ml.recommend.two_stage.ranker import Ranker
from ml.recommend.two_stage.saved import Rankers, write_rankers
from ml.registry.client import connect
from ml.registry.ledger import JUDGED_AGAINST, Decision, promote
from ml.registry.tracking import Training, training_run
from ml.registry.versions import Tag
from ml.settings import Settings
from testkit.page_shop import IMAGE, SECOND, publish_page_shop, values_of
from tests.slow import takes_long

OLD, NEW = date(2025, 2, 23), date(2025, 3, 2)
PROMISED, OBSERVED = [0.1, 0.4], [0.12, 0.35]


def row(setting: str, recommender: str, value: float, **more: Any) -> dict[str, Any]:
    costs = {"fit_cpu_seconds": 1.0, "score_cpu_seconds": 0.5, "recall_at_10": 0.3, "shoppers": 900}
    spread = {"low": value - 0.01, "high": value + 0.01, "difference": None, "p": None}
    return {"setting": setting, "recommender": recommender, "ndcg_at_10": value, **spread, **costs, **more}


def group(of: str, name: str, ndcg: float | None, recommender: str = "two_stage") -> dict[str, Any]:
    low, high = (None, None) if ndcg is None else (ndcg - 0.1, ndcg + 0.1)
    told = {"setting": "all", "slice": of, "group": name, "recommender": recommender, "ndcg": ndcg, "recall": 0.2}
    return {
        **told,
        "shoppers": 10,
        "pairs": 20,
        "low": low,
        "high": high,
        "share_of_lists": None,
        "origin": "2025-02-02",
    }


def train(settings: Settings, day: date, quality: float, number: int) -> None:
    """A version as a training leaves it, with its bundle in the cache."""
    folder = settings.home / f"bundle-{number}"
    ranker = Rankers({"all": Ranker(("tree",), (1.0,), 1.0, 0.0)}, {"all": Reliability(PROMISED, OBSERVED, 0.035)})
    write_rankers(folder / "two_stage", "two_stage", {}, ranker)
    write_bundle(
        folder, Bundle(trained_as_of=day, placements={"for_you": Placement(recipe="two_stage", folder="two_stage")})
    )
    content = folder_fingerprint(folder)
    shutil.copytree(folder, settings.registry_dir / "bundles" / content[:16])
    with training_run(settings, Training(f"train {day}", f"key {number}", "code", ())) as run:
        made = Selection("for_you", "two_stage", quality, "popularity", 0.02, 0.01, 0.03, 0.001, "two_stage")
        run.log_result(tags={CHOSEN_FOR: '["for_you"]', JUDGED_AGAINST: "null", "evidence.for_you": made.evidence})
        board = [row("all", "two_stage", quality), row("all", IMAGE, 0.2, difference=-0.2, p=0.001)]
        groups = [
            *(group("activity", "100 baskets or more", 0.6), group("activity", "1-9 baskets", 0.3)),
            *(group("category", IMAGE, None), group("activity", "1-9 baskets", 0.1, "popularity")),
        ]
        run.log_comparison(board, groups)
        shares = {"user.items_365d": 0.1, "brand.due_ratio": 0.3, "type.due_ratio": 0.35, "taste": 0.25}
        run.log_diagnosis("two_stage", {"all": shares}, {})
    tags = {Tag.training_key: f"key {number}", Tag.content_hash: content, Tag.complete: "true"}
    client = connect(settings)
    client.create_model_version(
        MODEL, "file:///nowhere", run_id=run.run_id, tags=tags | {Tag.trained_as_of: day.isoformat()}
    )


@pytest.fixture(scope="module")
@takes_long
def trained(tmp_path_factory: pytest.TempPathFactory, registry: Settings) -> Settings:
    """A shop with two versions, the first of them promoted, and one that was trained after the second day."""
    settings = Settings(home=tmp_path_factory.mktemp("models") / "var")
    settings.registry_dir.mkdir(parents=True)
    shutil.copy(registry.home / "empty.db", settings.mlflow_database)
    publish_page_shop(settings)
    connect(settings).create_registered_model(MODEL)
    for number, (day, quality) in enumerate([(OLD, 0.4), (NEW, 0.5), (date(2025, 3, 9), 0.9)], 1):
        train(settings, day, quality, number)
    promote(settings, MODEL, 1, Decision("anna", "it is better", None))
    return settings


@pytest.fixture
def page(trained: Settings) -> Page:
    return models_page(Trained(trained, SECOND, 2))


def section(page: Page, name: str) -> Section:
    return next(each for each in page.sections if each.name == name)


def test_the_page_is_about_the_version_that_scored_the_day(page: Page, trained: Settings) -> None:
    told = {shown(figure.label): shown(figure.value) for figure in section(page, "now").figures}
    assert told == {"Model that scored the day": "version 2", "Anything bought": "0.500"}
    newest = section(models_page(Trained(trained, SECOND, None)), "now").figures[0]
    assert (shown(newest.label), shown(newest.value)) == ("Newest model", "version 2"), "not one of a later day"


def test_recommenders_stand_beside_each_other_with_intervals(page: Page) -> None:
    comparison = section(page, "comparison")
    assert [shown(row[1]) for row in comparison.rows] == ["Two-stage ranker", IMAGE]
    assert shown(comparison.rows[0][3]) == "0.4900 … 0.5100"
    drawn = values_of(comparison.charts[0].spec("zh"))
    assert (drawn[0]["name"], drawn[0]["low"], drawn[0]["high"]) == ("两阶段排序", 0.49, 0.51)


def test_metrics_go_through_time_up_to_the_day(page: Page) -> None:
    time = section(page, "time")
    assert [(shown(row[0]), shown(row[4])) for row in time.rows] == [(str(NEW), "0.5000"), (str(OLD), "0.4000")]
    assert len(time.charts) == 1


def test_probabilities_are_held_against_what_was_bought(page: Page) -> None:
    calibration = section(page, "calibration")
    assert [tuple(map(shown, row[1:])) for row in calibration.rows] == [("10.00%", "12.00%"), ("40.00%", "35.00%")]
    spec = json.dumps(calibration.charts[0].spec("en"))
    assert all(str(value) in spec for value in (*PROMISED, *OBSERVED))


def test_groups_are_those_of_the_winner_in_their_order(page: Page) -> None:
    segments = section(page, "segments")
    names = [each["name"] for each in values_of(segments.charts[0].spec("en"))]
    assert names == ["1-9 baskets", "100 baskets or more"]
    assert [shown(row[2]) for row in segments.rows] == ["100 baskets or more", "1-9 baskets", IMAGE]


def test_importances_are_told_by_plain_names_added_up_over_what_they_are_about(page: Page) -> None:
    importances = section(page, "importances")
    drawn = values_of(importances.charts[0].spec("en"))
    assert drawn[0]["name"] == "how far it is due again"
    assert drawn[0]["value"] == pytest.approx(0.65)
    assert {shown(row[4]) for row in importances.rows} == {
        "user.items_365d",
        "brand.due_ratio",
        "type.due_ratio",
        "taste",
    }


def test_every_row_is_as_wide_as_its_columns(page: Page) -> None:
    tables = [each for each in page.sections if each.rows]
    assert len(tables) == 7
    for each in tables:
        assert {len(row) for row in each.rows} == {len(each.columns)}, each.name
        assert each.numeric <= {*each.columns}, each.name


def test_importances_say_what_each_column_is_in_both_languages(page: Page) -> None:
    told = {shown(row[4]): row[3] for row in section(page, "importances").rows}
    assert shown(told["user.items_365d"]) and shown(told["user.items_365d"]) != shown(told["user.items_365d"], "zh")
    assert told["brand.due_ratio"] == told["type.due_ratio"] != ""


def test_versions_stand_beside_the_ledger(page: Page) -> None:
    rows = [tuple(map(shown, row)) for row in section(page, "versions").rows]
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("2", "not promoted", "candidate"),
        ("1", str(OLD), "decides"),
    ]
    assert rows[1][4:6] == ("anna", "it is better")


def test_why_a_recommender_serves_is_said_in_figures(page: Page) -> None:
    (chosen,) = section(page, "chosen").rows
    assert tuple(map(shown, chosen)) == (
        *("For you", "Two-stage ranker", "Popularity"),
        *("+0.0200", "+0.0100 … +0.0300", "0.001"),
    )


def test_a_registry_that_does_not_answer_leaves_the_other_pages(
    trained: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    away = trained.model_copy(update={"mlflow_tracking_uri": "http://127.0.0.1:9"})
    version = version_of_day(trained, RECOMMEND, SECOND)
    assert version is not None
    found = {page.name: page for page in pages(away, version)}
    assert {*found} == {"shelves", "models"}
    assert "does not answer" in shown(found["models"].sections[0].heading)
    assert "shelduck doctor" in shown(found["models"].sections[0].text)
