"""Predictions of earlier days: D's model on what was known then, whatever was published then, in whatever order."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from ml.capabilities import named
from ml.churn import Churn
from ml.day import compute_day
from ml.errors import StaleFeatures
from ml.predictions.columns import Prediction
from ml.predictions.forecast import rule_based
from ml.predictions.outputs import PREDICTED
from ml.publish.draft import read_draft
from ml.publish.versions import publish
from ml.settings import Settings
from ml.tables import Col
from tests.predictions.people import AS_OF, known_by
from tests.predictions.snapshots import FIRST, SHOP, snapshot

PREDICTIONS = named("predictions")
EARLIER = "customer_prediction_earlier"
BACK = (28, 7, 1, 0)


def home(path: Path) -> Settings:
    return Settings(home=path / "var", threads=1)


def day_before(days: int) -> date:
    return AS_OF - timedelta(days=days)


def computed(settings: Settings, folder: Path) -> pl.DataFrame:
    return read_draft(PREDICTIONS, compute_day(settings, PREDICTIONS, folder)).tables[EARLIER]


def test_the_days_model_predicts_customers_as_they_were_known_on_each_earlier_day(tmp_path: Path) -> None:
    settings = home(tmp_path)
    folders = [snapshot(settings, day_before(days), arrivals=40) for days in BACK]
    found = computed(settings, folders[-1])
    assert found[Prediction.days_before].unique().sort().to_list() == [1, 7, 28] == list(PREDICTIONS.compares)
    for days in PREDICTIONS.compares:
        then = rule_based().rows(known_by(SHOP.buys(), day_before(days), FIRST), Churn(), "a policy")
        own = found.filter(pl.col(Prediction.days_before) == days)
        assert len(own) > 100 and own.drop(Prediction.days_before).equals(then.select(Col.user_id, *PREDICTED))


def test_any_order_of_days_a_rerun_and_what_was_published_then_change_no_byte(tmp_path: Path) -> None:
    made = []
    for name, order in (("forwards", BACK), ("backwards", BACK[::-1])):
        settings = home(tmp_path / name)
        folders = {days: snapshot(settings, day_before(days), arrivals=40) for days in order}
        if name == "forwards":  # what the week before got is another model's
            young = settings.model_copy(update={"churn": Churn(days=30)})
            publish(settings, PREDICTIONS, compute_day(young, PREDICTIONS, _alone(settings, 7)), provenance={})
        drafts = [compute_day(settings, PREDICTIONS, folders[0]) for _ in range(2)]
        made += [(draft.name, (draft / f"{EARLIER}.parquet").read_bytes()) for draft in drafts]
    assert len(made) == 4 and len(set(made)) == 1


def _alone(settings: Settings, days: int) -> Path:
    """A day's snapshot in a home of its own: it is compared with nothing."""
    return snapshot(Settings(home=settings.home / "apart"), day_before(days))


@pytest.mark.parametrize(("shop_days", "compared"), [(27, []), (30, [1]), (36, [1, 7]), (56, [1, 7, 28])])
def test_days_on_which_the_shop_was_too_young_are_left_out(shop_days: int, compared: list[int], tmp_path: Path) -> None:
    settings, first = home(tmp_path), day_before(shop_days - 1)
    buys = {f"s{number}": {first + timedelta(days=number % 3): 5.0, AS_OF: 1.0} for number in range(9)}
    young = [snapshot(settings, day_before(days), buys, first=first, arrivals=shop_days) for days in BACK]
    assert computed(settings, young[-1])[Prediction.days_before].unique().sort().to_list() == compared


def test_a_snapshot_of_an_earlier_day_that_is_gone_is_asked_for(tmp_path: Path) -> None:
    settings = home(tmp_path)
    folders = [snapshot(settings, day_before(days), arrivals=40) for days in BACK]
    folders[1].rename(tmp_path / "elsewhere")
    with pytest.raises(StaleFeatures, match=f"slice of {day_before(7)}.*shelduck run --as-of {AS_OF}"):
        compute_day(settings, PREDICTIONS, folders[-1])
