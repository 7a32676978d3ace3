"""Gate of ``review_label``: every review of the history once, decided by what it says decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import ANYTHING, Day
from ml.reviews.columns import FCT_REVIEW, DecidedBy, Rev, Sentiment
from ml.reviews.outputs import REVIEW_LABEL
from ml.reviews.shipped_aspects import NAMES
from ml.tables import Col

GATE, WATCH = 7, 4

_TABLE: Final = REVIEW_LABEL.name
_UNKNOWN: Final = "unknown_review"
_NO_CHANCE: Final = "not_a_probability"
_CONTRADICTED: Final = "sentiment_against_what_decides"
_ABSTAINED: Final = "abstained_and_decided_by_the_model"
_TORN: Final = "aspect_praised_and_complained_of_or_not_named"
_IN_A_TOPIC: Final = "spam_or_duplicate_in_a_topic"
_SPAM: Final = "is_spam_"
_UNDECIDED: Final = "undecided_text"
_WITHOUT_ASPECT: Final = "without_a_shipped_aspect"
_POSITIVE: Final = "is_positive"


@dataclass(frozen=True)
class Thresholds:
    """Shares of the reviews, of whom ``crowd`` are judged; a share against the day before."""

    crowd: int = 100
    spam: float = 0.1
    undecided: float = 0.6
    without_aspect: float = 0.9
    moved: float = 0.1


LIMITS = Thresholds()


def prepare(day: Day) -> pl.DataFrame:
    """A row per review, with 1 where a claim is broken."""
    known = day.table(FCT_REVIEW)[Rev.review_id].implode()
    sentiment, by, chance = pl.col(Rev.sentiment), pl.col(Rev.decided_by), pl.col(Col.probability)
    leaning = pl.when(chance > 0.5).then(pl.lit(Sentiment.POSITIVE.value)).otherwise(pl.lit(Sentiment.NEGATIVE.value))
    aspects, good, bad = (pl.col(name).list for name in (Rev.aspects, Rev.aspects_positive, Rev.aspects_negative))
    by_model = by == DecidedBy.MODEL.value
    torn = (good.set_intersection(Rev.aspects_negative).list.len() > 0) | (
        good.set_union(Rev.aspects_negative).list.set_difference(Rev.aspects).list.len() > 0
    )
    shipped = pl.lit(sorted(NAMES), dtype=pl.List(pl.String))
    counts = {
        _UNKNOWN: ~pl.col(Rev.review_id).is_in(known),
        _NO_CHANCE: ~chance.is_between(0, 1),
        _CONTRADICTED: (by_model & (chance.is_null() | (sentiment != leaning)))
        | (sentiment.is_null() != (by == DecidedBy.NOTHING.value)),
        _ABSTAINED: pl.col(Rev.is_abstained) & (by_model | chance.is_null()),
        _TORN: torn | (bad.len() > aspects.len()),
        _IN_A_TOPIC: pl.col(Rev.topic_id).is_not_null() & (pl.col(Rev.is_spam) | pl.col(Rev.is_duplicate)),
        _SPAM: pl.col(Rev.is_spam),
        _UNDECIDED: sentiment.is_null() & pl.col(Col.language).is_not_null(),
        _WITHOUT_ASPECT: aspects.set_intersection(shipped).list.len() == 0,
        _POSITIVE: sentiment == Sentiment.POSITIVE.value,
    }
    return day.table(_TABLE).select(
        claim.fill_null(value=False).cast(pl.Int8).alias(name) for name, claim in counts.items()
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """Every review of the history is there, and what is said of it does not contradict itself."""
    since = day.as_of - timedelta(days=day.history_days)
    reviews = day.table(FCT_REVIEW).filter(pl.col(Col.created_date) > since).height
    claims = {
        _UNKNOWN: "every review was landed",
        _NO_CHANCE: "probabilities are from 0 to 1",
        _CONTRADICTED: "a review is positive or negative as the model or the rating that decides says",
        _ABSTAINED: "where the model abstains it decides nothing",
        _TORN: "no aspect is both praised and complained of, and none is that is not named",
        _IN_A_TOPIC: "spam and duplicates are in no topic",
    }
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=reviews, max_value=reviews, description="every review of the history has a row"
        ),
        *(
            gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
            for column, claim in claims.items()
        ),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """Much spam, much that is undecided or about nothing known, and a share of positive reviews that jumped."""
    rows = day.table(_TABLE).height
    judged = rows >= LIMITS.crowd
    before = day.yesterday(_TABLE)
    usual = None if before is None or len(before) < LIMITS.crowd else _positive(before)
    around = ANYTHING if usual is None or not judged else (usual - LIMITS.moved, usual + LIMITS.moved)
    shares = {
        _SPAM: (LIMITS.spam, "few reviews look like spam"),
        _UNDECIDED: (LIMITS.undecided, "of most texts a sentiment is told"),
        _WITHOUT_ASPECT: (LIMITS.without_aspect, "some reviews are about an aspect that is known"),
    }
    return [
        *(
            gxe.ExpectColumnMeanToBeBetween(
                column=column, max_value=limit if judged else ANYTHING[1], description=claim
            )
            for column, (limit, claim) in shares.items()
        ),
        gxe.ExpectColumnMeanToBeBetween(
            column=_POSITIVE,
            min_value=around[0],
            max_value=around[1],
            description="the share of positive reviews is about that of the day before",
        ),
    ]


def _positive(labels: pl.DataFrame) -> float:
    return float((labels[Rev.sentiment] == Sentiment.POSITIVE.value).fill_null(value=False).mean() or 0.0)  # type: ignore[arg-type]
