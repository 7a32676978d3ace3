"""Which earlier days a day is compared with, and what is known of shoppers then."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from ml.audiences.shoppers import PROFILE_TABLE, TODAY, Shop
from ml.settings import Settings
from testkit.audience_days import AS_OF, hand_made
from testkit.published import one_row
from tests.audiences.membership.small_shop import EARLIER, PREDICTION, profile

PAST = {days: {PROFILE_TABLE: profile({"ann": 1})} for days in (1, 7, 28)}


def shop(home: Path, predicted: list[int], *, today: bool = True) -> Shop:
    """Of one shopper; predictions are known of the days ``predicted``."""
    ann = [one_row(PREDICTION, AS_OF, user_id="ann")] if today else []
    earlier = [one_row(EARLIER, AS_OF, user_id="ann", days_before=days) for days in predicted]
    upstream = {
        ("predictions", "customer_prediction"): pl.concat([PREDICTION.empty(), *ann]),
        ("predictions", EARLIER.name): pl.concat([EARLIER.empty(), *earlier]),
    }
    return Shop(hand_made(Settings(home=home), AS_OF, {PROFILE_TABLE: profile({"ann": 1})}, upstream, PAST))


@pytest.mark.parametrize(
    ("predicted", "today", "known"),
    [([1, 7, 28], True, {0, 1, 7, 28}), ([1, 7], True, {0, 1, 7}), ([], False, {0, 1, 7, 28})],
)
def test_a_day_on_which_the_shop_was_too_young_for_predictions_is_not_known_where_the_day_has_some(
    predicted: list[int], today: bool, known: set[int], tmp_path: Path
) -> None:
    made = shop(tmp_path, predicted, today=today)
    assert set(made.days) == set(made.shoppers) == known
    assert all(each["user_id"].to_list() == ["ann"] for each in made.shoppers.values()) and TODAY in made.days
