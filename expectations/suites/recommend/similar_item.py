"""Gate of ``similar_item``: the lists of related items."""

from __future__ import annotations

from dataclasses import dataclass

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day, coded
from ml.tables import Col

GATE, WATCH = 8, 1

_ANCHORS = 50
_LEAST_SUPPORT = 2
_ANCHOR = "anchor_item"
_OUTSIDE = "is_outside"
_RANK_GAP = "rank_gap"
_BY_BEHAVIOUR = "item_with_buyers_in_common"
_MISPLACED = "is_misplaced"
_BY_TEXT = "similar_text"


@dataclass(frozen=True)
class Thresholds:
    """How many shoppers two of the most bought items must share to be owed a place in each other's lists."""

    owed_shoppers: int = 10
    owed_lift: float = 1.2
    watched_items: float = 0.05


LIMITS = Thresholds()


def prepare(day: Day) -> pl.DataFrame:
    """One row per relation, item and rank, beside what must not happen in it; a draft's rows are in that order."""
    rows, eligible = day.table("similar_item"), day.recommendable()[Col.item_id].implode()
    anchored = pl.col(Col.item_id).is_in(_anchors(day)) & (pl.col(Col.relation) == "similar")
    by_text = pl.col(Col.relation) == _BY_TEXT
    others = rows.filter(~by_text)[Col.item_id].unique().implode()
    misplaced = pl.when(by_text).then(pl.col(Col.item_id).is_in(others)).otherwise(pl.col(Col.support).is_null())
    outside = ~pl.col(Col.related_item_id).is_in(eligible) | (pl.col(Col.related_item_id) == pl.col(Col.item_id))
    begins = (pl.col(Col.relation) != pl.col(Col.relation).shift()) | (
        pl.col(Col.item_id) != pl.col(Col.item_id).shift()
    )
    due = pl.when(begins.fill_null(value=True)).then(1).otherwise(pl.col(Col.rank).shift() + 1)
    return rows.select(
        Col.item_id,
        Col.score,
        Col.support,
        Col.confidence,
        pl.when(anchored).then(Col.item_id).alias(_ANCHOR),
        pl.when(~by_text).then(Col.item_id).alias(_BY_BEHAVIOUR),
        misplaced.cast(pl.Int8).alias(_MISPLACED),
        outside.cast(pl.Int8).alias(_OUTSIDE),
        (pl.col(Col.rank) - due).abs().alias(_RANK_GAP),
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """The most bought items have lists, and nothing ineligible or unproven is in any."""
    owed = len(_anchors(day))
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=owed, description="there is a row for each of the most bought items that share shoppers"
        ),
        gxe.ExpectColumnUniqueValueCountToBeBetween(
            column=_ANCHOR, min_value=owed, description="the most bought items that share shoppers have a list"
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_OUTSIDE, max_value=0, description="related items may be recommended and are not the item itself"
        ),
        gxe.ExpectColumnValuesToBeBetween(  # holds for the first day of a shop too, which relates nothing yet
            column=Col.support, min_value=_LEAST_SUPPORT, description="no relation rests on a single shopper"
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_MISPLACED,
            max_value=0,
            description="what rests on texts alone is said only where no other relation is; all else has support",
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column=Col.score, min_value=0, max_value=1e12, description="scores are finite and not negative"
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column=Col.confidence, min_value=0, max_value=1, description="confidence is a share"
        ),
        gxe.ExpectColumnSumToBeBetween(column=_RANK_GAP, max_value=0, description="ranks run 1, 2, 3… in every list"),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """Few items with a list."""
    sold = day.bought()[Col.item_id].n_unique()
    return [
        gxe.ExpectColumnUniqueValueCountToBeBetween(
            column=_BY_BEHAVIOUR,
            min_value=int(LIMITS.watched_items * sold),
            description="enough of the items that are sold have related items",
        )
    ]


def _anchors(day: Day) -> list[str]:
    """Of the most bought items, those that plainly share shoppers with another one of them."""
    return day.once("items that share shoppers", lambda: _sharing(day))


def _sharing(day: Day) -> list[str]:
    pairs = day.bought().join(coded(day.recommendable().lazy()).collect(), on=Col.item_id, how="semi")
    most = (
        pairs.group_by(Col.item_id)
        .agg(pl.len().alias("n"))
        .sort(pl.col("n"), pl.col(Col.item_id).cast(pl.String), descending=[True, False])
        .head(_ANCHORS)
    )
    kept = pairs.join(most, on=Col.item_id).lazy()
    both = kept.join(kept, on=Col.user_id, suffix="_b").filter(pl.col(Col.item_id) != pl.col("item_id_b"))
    shared = both.group_by(Col.item_id, "item_id_b").agg(pl.len().alias("both"), pl.first("n"), pl.first("n_b"))
    lift = pl.col("both") * pairs[Col.user_id].n_unique() / (pl.col("n").cast(pl.Float64) * pl.col("n_b"))
    owed = shared.filter(pl.col("both") >= LIMITS.owed_shoppers, lift >= LIMITS.owed_lift)
    return (
        owed.select(pl.col(Col.item_id).cast(pl.String).unique().sort())
        .collect(engine="streaming")[Col.item_id]
        .to_list()
    )
