"""How much more a shopper buys of something, and how sure that is."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from ml.audiences.tags.lift import TAIL, bases, lifts
from testkit.tag_shop import Taste, affinity_tables, purchase_lines

FIELD = "item_category2"
LIMIT = 1.5


def base_of(share: float, shape: float) -> pl.DataFrame:
    """The base of one value, ``wine``."""
    row = {"item_field": FIELD, "item_value": "wine", "purchases_365d": 100, "base_share": share, "shape": shape}
    return pl.DataFrame([row])


def affinity(*rows: tuple[str, int, int, int]) -> pl.LazyFrame:
    """``customer_affinity`` of shoppers with so many lines of wine, on so many days, of so many lines."""
    pairs = [
        each
        for user, lines, days, everything in rows
        for each in (
            {"user_id": user, "item_field": FIELD, "item_value": "wine", "purchases_365d": lines, "days": days},
            {"user_id": user, "item_field": "any", "item_value": "", "purchases_365d": everything, "days": days},
        )
    ]
    return pl.LazyFrame(pairs).rename({"days": "purchase_days_365d"})


def low_of(lines: int, days: int, everything: int, share: float = 0.01, shape: float = 1.0) -> float:
    found = lifts(affinity(("u", lines, days, everything)), base_of(share, shape), 1, 1, 0.0)
    return float(found["lift_low"].item())


def test_a_lift_is_the_shoppers_share_by_everybodys() -> None:
    (row,) = lifts(affinity(("u", 9, 9, 41)), base_of(0.03, 1.0), 5, 3, LIMIT).to_dicts()
    assert (row["support"], row["all_purchases"]) == (9, 41)
    assert row["lift"] == pytest.approx(9 / 41 / 0.03, abs=1e-4)
    assert LIMIT < row["lift_low"] < row["lift"]


def test_three_purchases_make_no_lover_however_rare_the_thing_and_neither_do_ten_of_one_day() -> None:
    bought = affinity(("three", 3, 3, 4), ("one day", 10, 1, 12), ("lover", 10, 8, 12))
    assert lifts(bought, base_of(0.001, 0.5), 5, 3, LIMIT)["user_id"].to_list() == ["lover"]


def test_the_lower_end_rises_with_evidence_and_falls_where_shoppers_are_alike() -> None:
    assert low_of(6, 6, 60) < low_of(12, 12, 120) < low_of(60, 60, 600) < 10
    assert low_of(12, 3, 120) < low_of(12, 12, 120)
    assert low_of(12, 12, 120, shape=100.0) < low_of(12, 12, 120, shape=1.0)


def test_the_lower_end_is_the_quantile_of_what_the_true_lift_can_be() -> None:
    lines, days, everything, share, shape = 12, 8, 120, 0.02, 0.7
    expected = everything * share * days / lines
    drawn = np.random.default_rng(3).gamma(shape + days, 1 / (shape + expected), 400_000)
    assert low_of(lines, days, everything, share, shape) == pytest.approx(np.quantile(drawn, TAIL), rel=0.02)


def test_the_spread_of_shoppers_is_found_again_and_chance_alone_is_none() -> None:
    chance = np.random.default_rng(7)
    everything = chance.integers(50, 300, 20_000)
    for true, at_least, at_most in ((0.5, 0.4, 0.6), (3.0, 2.4, 3.8), (1e9, 60.0, 1e4)):
        tastes = chance.gamma(true, 1 / true, len(everything)) if true < 100 else np.ones(len(everything))
        lines = chance.poisson(0.02 * tastes * everything)
        rows = [("any", "", everything, everything), (FIELD, "wine", lines, everything)]
        table = pl.DataFrame(
            {
                "item_field": [field for field, _, _, _ in rows],
                "item_value": [value for _, value, _, _ in rows],
                "purchases_365d": [int(own.sum()) for _, _, own, _ in rows],
                "purchases_squared": [int((own * own).sum()) for _, _, own, _ in rows],
                "purchases_by_all_purchases": [int((own * of).sum()) for _, _, own, of in rows],
            }
        )
        (row,) = bases(table).to_dicts()
        assert at_least <= row["shape"] <= at_most
        assert row["base_share"] == pytest.approx(0.02, rel=0.05)


@pytest.mark.parametrize("lovers", [0.0, 0.3])
def test_of_thousands_that_were_tried_hardly_any_tag_is_luck(lovers: float) -> None:
    lines = purchase_lines(2_000, Taste(lovers=lovers))
    tables = affinity_tables(lines)
    tried = lifts(tables["customer_affinity"].lazy(), bases(tables["affinity_base"]), 5, 3, LIMIT)
    tags = tried.filter(pl.col("lift_low") >= LIMIT).join(lines.select("user_id", "loved").unique(), on="user_id")
    lucky = tags.filter((pl.col("item_value") != pl.col("loved")).fill_null(value=True))
    assert len(tried) > 5_000
    assert len(lucky) <= max(5, 0.05 * len(tags))
    assert len(tags) - len(lucky) >= 100 * (lovers > 0)


def test_a_shop_without_purchases_has_no_lifts() -> None:
    tables = affinity_tables(purchase_lines(3, Taste()).clear())
    assert lifts(tables["customer_affinity"].lazy(), bases(tables["affinity_base"]), 5, 3, LIMIT).is_empty()
