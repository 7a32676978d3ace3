"""Gate of ``purchase_probability``: probabilities of pairs that exist, for everybody whom the ranker knows."""

from __future__ import annotations

from dataclasses import dataclass

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import ANYTHING, Day, coded, figure
from ml.tables import Col

GATE, WATCH = 8, 2

_TABLE = "purchase_probability"
_PAIRS = "pairs"
_REPEATED = "repeated_pairs"
_LOWEST = "lowest_probability"
_HIGHEST = "highest_probability"
_EXPECTED = "expected_purchases"
_UNKNOWN = "is_unknown_shopper"
_INELIGIBLE = "ineligible_pairs"
_DISLIKED = "disliked_pairs"


@dataclass(frozen=True)
class Thresholds:
    """Shares of the shoppers with a history; pairs expected to be bought against those that lately were."""

    watched_shoppers: float = 0.9
    watched_expected: tuple[float, float] = (0.02, 1.5)


LIMITS = Thresholds()


def prepare(day: Day) -> pl.LazyFrame:
    """One row per shopper."""
    eligible = coded(day.recommendable().lazy()).collect()[Col.item_id].implode()
    known = coded(day.scan("dim_user").select(Col.user_id)).collect()[Col.user_id].implode()
    disliked = day.disliked().with_columns(pl.lit(True).alias(_DISLIKED))
    pairs = coded(day.scan(_TABLE)).join(disliked.lazy(), on=(Col.user_id, Col.item_id), how="left")
    by_shopper = pairs.group_by(Col.user_id).agg(
        pl.len().cast(pl.Int64).alias(_PAIRS),
        (pl.len().cast(pl.Int64) - pl.col(Col.item_id).n_unique()).alias(_REPEATED),
        pl.col(Col.probability).min().alias(_LOWEST),
        pl.col(Col.probability).max().alias(_HIGHEST),
        pl.col(Col.probability).sum().alias(_EXPECTED),
        (~pl.col(Col.item_id).is_in(eligible)).sum().cast(pl.Int64).alias(_INELIGIBLE),
        pl.col(_DISLIKED).is_not_null().sum().cast(pl.Int64).alias(_DISLIKED),
    )
    return by_shopper.with_columns((~pl.col(Col.user_id).is_in(known)).cast(pl.Int8).alias(_UNKNOWN))


def gate(day: Day) -> list[gxe.Expectation]:
    """As many pairs as the draft counts, each once, of known shoppers and eligible items, from 0 to 1."""
    counted = day.probabilities or 0
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=int(day.probabilities is not None),
            description="somebody has probabilities, unless the draft says that no recommender gives any",
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_PAIRS, min_value=counted, max_value=counted, description="as many pairs as the draft counts"
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_REPEATED, max_value=0, description="each pair of shopper and item has one row"
        ),
        gxe.ExpectColumnValuesToBeBetween(column=_LOWEST, min_value=0, description="no probability is below 0"),
        gxe.ExpectColumnValuesToBeBetween(column=_HIGHEST, max_value=1, description="no probability is above 1"),
        gxe.ExpectColumnSumToBeBetween(column=_UNKNOWN, max_value=0, description="the shop knows every shopper"),
        gxe.ExpectColumnSumToBeBetween(column=_INELIGIBLE, max_value=0, description="every item may be recommended"),
        gxe.ExpectColumnSumToBeBetween(column=_DISLIKED, max_value=0, description="nobody disliked the item"),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """Shoppers without probabilities; more purchases expected than the shop sells, or hardly any."""
    speaks = day.probabilities is not None
    shoppers = figure(day.scan("history"), pl.col(Col.user_id).n_unique()) if speaks else 0
    lowest, highest = _expected_by_the_past(day) if speaks and day.has_a_past() else ANYTHING
    return [
        gxe.ExpectColumnUniqueValueCountToBeBetween(
            column=Col.user_id,
            min_value=int(LIMITS.watched_shoppers * shoppers),
            description="shoppers with a history have probabilities",
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_EXPECTED,
            min_value=lowest,
            max_value=highest,
            description="pairs expected to be bought, against those bought in as many days before",
        ),
    ]


def _expected_by_the_past(day: Day) -> tuple[float, float]:
    horizon = figure(day.scan(_TABLE), pl.col(Col.horizon_days).max())
    recent = day.history(horizon if isinstance(horizon, int) else 0)
    bought = figure(coded(recent).select(Col.user_id, Col.item_id).unique(), pl.len())
    return LIMITS.watched_expected[0] * bought, LIMITS.watched_expected[1] * bought
