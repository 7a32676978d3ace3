"""Gate of ``item_opinion``: counts that agree with the labels, shares inside their intervals, quotes of reviews."""

from __future__ import annotations

from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.reviews.columns import OVERALL, Rev
from ml.reviews.opinions import LONGEST, QUOTED, SUPPORT
from ml.reviews.outputs import ITEM_OPINION, REVIEW_LABEL
from ml.reviews.reading import is_counted
from ml.tables import Col

GATE, WATCH = 6, 0

_MORE: Final = "more_decided_than_there_are"
_OUTSIDE: Final = "share_outside_its_interval"
_SUPPORT: Final = "share_below_the_least_support_or_none_above"
_ABOVE_OVERALL: Final = "more_reviews_of_an_aspect_than_of_the_item"
_UNQUOTED: Final = "quotes_without_their_reviews_or_too_long"
_ROUNDING: Final = 2e-6
_RANGES: Final = (
    (Rev.positive_low, Rev.positive_share, Rev.positive_high),
    (Rev.negative_low, Rev.negative_share, Rev.negative_high),
    (Rev.trend_low, Col.trend, Rev.trend_high),
)


def prepare(day: Day) -> pl.DataFrame:
    """A row per item, week and aspect: its reviews where it stands for the whole, and 1 where a claim is broken."""
    told = pl.col(Rev.positive) + pl.col(Rev.negative)
    outside = [
        ~pl.col(middle).is_between(pl.col(low) - _ROUNDING, pl.col(high) + _ROUNDING) for low, middle, high in _RANGES
    ]
    is_overall = pl.col(Rev.aspect_id) == OVERALL
    of_item = pl.col(Rev.reviews).filter(is_overall).sum().over(Col.item_id, Rev.week)
    quotes = pl.col(Rev.quotes).list
    broken = {
        _MORE: told > pl.col(Rev.reviews),
        _OUTSIDE: pl.any_horizontal(outside),
        _SUPPORT: (told >= SUPPORT) != pl.col(Rev.positive_share).is_not_null(),
        _ABOVE_OVERALL: pl.col(Rev.reviews) > of_item,
        _UNQUOTED: (quotes.len() != pl.col(Rev.quoted_review_ids).list.len())
        | (quotes.len() > QUOTED)
        | (quotes.eval(pl.element().str.len_chars().max()).list.first() > LONGEST),
    }
    return day.table(ITEM_OPINION.name).select(
        pl.when(is_overall).then(pl.col(Rev.reviews)).otherwise(0).alias(Rev.reviews),
        *(claim.fill_null(value=False).cast(pl.Int8).alias(name) for name, claim in broken.items()),
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """Every counted review is in the opinion of its item, and figures do not contradict each other."""
    counted = day.table(REVIEW_LABEL.name).filter(is_counted()).height
    claims = {
        _MORE: "no more reviews are positive or negative than there are",
        _OUTSIDE: "shares and trends lie inside their intervals",
        _SUPPORT: f"a share is told from {SUPPORT} positive and negative reviews on, and only from then on",
        _ABOVE_OVERALL: "no aspect has more reviews than its item",
        _UNQUOTED: "every quote is of a review, and short",
    }
    return [
        gxe.ExpectColumnSumToBeBetween(
            column=Rev.reviews,
            min_value=counted,
            max_value=counted,
            description="every review that counts is in one opinion of a whole item",
        ),
        *(
            gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
            for column, claim in claims.items()
        ),
    ]


def watch(_day: Day) -> list[gxe.Expectation]:
    """Nothing to watch."""
    return []
