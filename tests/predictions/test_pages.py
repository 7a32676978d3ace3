"""The page Predictions, of days and trainings whose answer is known."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from ml.capabilities import named
from ml.churn import Churn
from ml.day import compute_day
from ml.documents import Section, shown
from ml.predictions.columns import Customer, Prediction
from ml.predictions.forecast import rule_based
from ml.predictions.outputs import CUSTOMER_PREDICTION_EARLIER
from ml.predictions.pages.changed import changed
from ml.predictions.pages.distributions import distributions
from ml.predictions.pages.page import pages
from ml.predictions.pages.quality import calibration_section, contenders_section, gains_section, served_section
from ml.predictions.targets import TARGETS
from ml.predictions.words import CONTENDERS, FEATURES
from ml.predictions.words import TARGETS as NAMES
from ml.publish.readers import current_version
from ml.publish.versions import publish
from ml.settings import Settings
from ml.tables import Col
from ml.words import said
from testkit.page_shop import values_of
from tests.predictions.made_evidence import BETTER, evidence
from tests.predictions.people import AS_OF, known_by
from tests.predictions.snapshots import FIRST, SHOP, snapshot

PREDICTIONS = named("predictions")


def published(settings: Settings, folder: Path) -> dict[str, Section]:
    """The page's sections by name."""
    publish(settings, PREDICTIONS, compute_day(settings, PREDICTIONS, folder), provenance={})
    (page,) = pages(settings, current_version(settings, PREDICTIONS))
    assert page.name == "predictions"
    return {section.name: section for section in page.sections}


def table() -> pl.DataFrame:
    return rule_based().rows(known_by(SHOP.buys(), AS_OF, FIRST), Churn(), "policy")


def test_before_a_training_the_page_says_what_predicts_and_how_to_train(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "var")
    sections = published(settings, snapshot(settings, AS_OF))
    figures = {said(figure.label): said(figure.value) for figure in sections["now"].figures}
    assert figures["Customers"] == f"{len(table()):,}" and figures["Predicted by"] == "policy 0"
    assert figures["Buy within 28 days"] == f"{table()[Prediction.purchase_28d].sum():,.0f}"
    assert f"`{PREDICTIONS.training_command(AS_OF)}`" in said(sections["model"].text)
    caveats = " ".join(shown(row[0]) for row in sections["caveats"].rows)
    assert "extrapolated" in caveats and "the longer of 90 days and 3 of" in caveats
    assert "changed" not in sections and not settings.mlflow_database.exists()


def test_of_a_shop_too_young_the_page_says_why_there_is_nothing(tmp_path: Path) -> None:
    settings, first = Settings(home=tmp_path / "var"), AS_OF - timedelta(days=6)
    sections = published(settings, snapshot(settings, AS_OF, {"a": {first: 2.0}}, first=first))
    assert "the shop has 7 days of purchases" in said(sections["now"].text)
    assert "distributions" not in sections


def test_histograms_count_every_customer_once_and_quantiles_are_those_of_the_column() -> None:
    section, whole = distributions(table()), len(table())
    assert len(section.charts) == 4
    for chart in section.charts:
        assert sum(each["count"] for each in values_of(chart.spec("en"))) == whole
    row = next(row for row in section.rows if row[0] == NAMES[Prediction.purchase_28d])
    assert row[4] == f"{table()[Prediction.purchase_28d].median():.1%}"


def test_what_serves_and_every_contender_stand_with_their_figures() -> None:
    told = evidence()
    served = served_section(told)
    assert [shown(row[0]) for row in served.rows] == [said(NAMES[target.name]) for target in TARGETS]
    assert {shown(row[1]) for row in served.rows} == {said(CONTENDERS[BETTER])}
    assert all("%" in shown(row[-1]) for row in served.rows if "Spend" in shown(row[0]))
    (contenders,) = contenders_section(told)
    assert len(contenders.rows) == 2 * len(TARGETS)
    serving = [row for row in contenders.rows if shown(row[2]) == "serves"]
    assert [shown(row[4]) for row in serving] == ["–"] * len(TARGETS)
    assert all("[+" in shown(row[4]) for row in contenders.rows if row not in serving)


def test_calibration_and_gains_show_what_the_evidence_holds() -> None:
    told = evidence()
    (calibration,), (gains,) = calibration_section(told), gains_section(told)
    assert len(calibration.charts) == 3 and len(calibration.rows) == 10 * len(TARGETS)
    assert len(gains.charts) == 4 and len(gains.rows) == len(TARGETS)
    for section in (calibration, gains):
        for chart in section.charts:
            english, chinese = (json.dumps(chart.spec(language)) for language in ("en", "zh"))
            assert english != chinese
    for row in gains.rows:
        lifts = [float(shown(cell).partition("(")[2].removesuffix(" ×)")) for cell in row[1:]]
        assert lifts == sorted(lifts, reverse=True) and lifts[0] > 1.2 and lifts[-1] >= 1


def test_who_changed_most_comes_first_and_newcomers_are_counted() -> None:
    now = table()
    is_sixth, chance = pl.int_range(pl.len()) == 5, Prediction.purchase_28d
    week = pl.lit(7, pl.Int64).alias(Prediction.days_before)
    before = now[:-3].with_columns(week, pl.when(is_sixth).then(0.0).otherwise(chance).alias(chance))
    (section,) = changed(before.select(*CUSTOMER_PREDICTION_EARLIER.schema), now)
    (row,) = section.rows
    assert row[0] == now[Col.user_id][5] and shown(row[1]).startswith("▲")
    assert shown(row[2]) == f"0.0% → {now[Prediction.purchase_28d][5]:.1%}"
    assert [said(figure.value) for figure in section.figures] == ["1", "0", "3"]
    assert list(changed(CUSTOMER_PREDICTION_EARLIER.empty(), now)) == []


@pytest.mark.parametrize("name", sorted(value for key, value in vars(Customer).items() if not key.startswith("_")))
def test_every_feature_has_a_name_in_both_languages(name: str) -> None:
    assert said(FEATURES[name], "en") != said(FEATURES[name], "zh")
