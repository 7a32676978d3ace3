"""For whom shelves change: groups as the snapshot knows them, prices as the catalogue or the tills do."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from ml.documents import shown
from ml.recommend.changes.groups import KNOWN, NEWCOMER, STATUS, by_group, groups_of, prices_of
from ml.recommend.changes.sections import ShelfChange
from ml.recommend.core.interactions import Interactions
from ml.recommend.history import SliceSnapshot
from ml.recommend.outputs import PURCHASE_PROBABILITY, RECOMMENDATION
from ml.tables import Col
from ml.warehouse.slices import Slice, read_slice
from testkit.published import tables
from tests.recommend.conftest import history_of

DAY = date(2024, 3, 31)


@pytest.fixture
def known(tmp_path: Path) -> Slice:
    """Shopper 7 bought on twelve days, shopper 8 never; a catalogue of five items of which two have a price."""
    history = history_of(("7", "item-0", age, 1) for age in range(1, 13))
    history.frame.write_parquet(tmp_path / "history.parquet")
    Interactions.empty().ratings.write_parquet(tmp_path / "rating.parquet")
    items = [f"item-{number}" for number in range(5)]
    pl.DataFrame({"item_id": items, "price": [2.0, 4.0, None, None, None]}).with_columns(
        is_recommendable=True, item_name=pl.col("item_id")
    ).write_parquet(tmp_path / "dim_item.parquet")
    paid = {"mean_price_28d": [9.0, None, 3.0, None], "mean_price_365d": [9.0, 9.0, 5.0, 6.0]}
    pl.DataFrame({"item_id": items[:4], **paid}).write_parquet(tmp_path / "feat_item.parquet")
    record = {"as_of_date": DAY.isoformat(), "inputs_hash": "abc", "inputs": [], "liked_from": 3.0}
    (tmp_path / "slice.json").write_text(json.dumps(record))
    return read_slice(tmp_path)


def test_a_price_is_the_catalogues_else_the_latest_mean_that_was_paid(known: Slice) -> None:
    prices = prices_of(known)
    assert prices is not None
    assert dict(prices.sort("item_id").iter_rows()) == {"item-0": 2.0, "item-1": 4.0, "item-2": 3.0, "item-3": 6.0}


def test_without_any_price_there_is_no_revenue(known: Slice) -> None:
    for name in ("dim_item", "feat_item"):
        path = known.folder / f"{name}.parquet"
        pl.read_parquet(path).drop("price", "mean_price_28d", "mean_price_365d", strict=False).write_parquet(path)
    assert prices_of(known) is None


def test_each_shopper_is_in_one_group_of_each_kind_and_newcomers_are_told_apart(known: Slice) -> None:
    groups = groups_of(SliceSnapshot(known), pl.Series(["8", "7", "7"]))
    assert dict(groups.select(Col.user_id, STATUS).iter_rows()) == {"7": KNOWN, "8": NEWCOMER}
    lists = pl.DataFrame({Col.placement: "for_you", Col.user_id: ["7", "8"], "share": [1.0, 0.0]})
    rows = list(by_group(lists, groups, [pl.len(), pl.col("share").mean()]))
    assert [row[1:] for row in rows] == [
        ("activity", "cold", 1, 0.0),
        ("activity", "10-29 baskets", 1, 1.0),
        ("segment", "cold", 1, 0.0),
        ("segment", "new", 1, 1.0),
        ("newcomer", KNOWN, 1, 1.0),
        ("newcomer", NEWCOMER, 1, 0.0),
    ]


def test_expected_purchases_and_revenue_stand_beside_each_other_for_everybody_and_each_group(known: Slice) -> None:
    shelf = tables(DAY, "word")[RECOMMENDATION.name]
    after = shelf.with_columns(pl.Series(Col.item_id, ["item-3", "item-1", "item-0"]))
    pairs = tables(DAY + timedelta(days=1), "word")[PURCHASE_PROBABILITY.name].with_columns(
        pl.lit("7").alias(Col.user_id)
    )
    everybody, groups = ShelfChange(shelf, after, known, pairs)._expected()
    rows = {(shown(row[1]), shown(row[2])): row[3:] for row in (*everybody.rows, *groups.rows)}
    # item-0 to item-2 have a probability of 0.5 and prices of 2, 4 and 3; item-3 has none
    expected = ("1", "1.500", "1.000", "-0.500", "4.500", "3.000", "-1.500", "83.3%")
    assert rows == dict.fromkeys(
        [("all", ""), ("activity", "10-29 baskets"), ("segment", "new"), ("newcomer", KNOWN)], expected
    )
    assert "price" in str(everybody.text)
