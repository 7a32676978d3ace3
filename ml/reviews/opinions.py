"""``item_opinion``: what is thought of each aspect of an item, by week."""

from __future__ import annotations

from typing import Final

import polars as pl

from ml.reviews.columns import OVERALL, Rev, Sentiment
from ml.reviews.intervals import difference, wilson
from ml.reviews.labels import CONFIDENCE, QUOTE, Labelled
from ml.reviews.outputs import ITEM_OPINION
from ml.reviews.reading import SAID, is_counted
from ml.tables import Col

SUPPORT: Final = 5
"""Positive and negative reviews from which a share is told."""
BEFORE: Final = 28
"""Days before a week that its trend is told against."""
QUOTED: Final = 3
LONGEST: Final = 240
"""Characters of a quote."""
_KEY: Final = (Col.item_id, Rev.week, Rev.aspect_id)
_BEFORE: Final = "_before"


def opinions(reviews: pl.DataFrame, labelled: Labelled, items: pl.DataFrame) -> pl.DataFrame:
    """One row per item, week and aspect; reviews that do not count have no say.

    Args:
        reviews: see ``ml.reviews.reading``.
        items: with ``item_id`` and ``item_category``.
    """
    stated = _stated(reviews, labelled)
    counts = _counts(stated)
    told = (
        counts.join(_earlier(counts), on=_KEY, how="left", maintain_order="left")
        .join(quoted(stated, _KEY), on=_KEY, how="left", maintain_order="left")
        .join(items.select(Col.item_id, Col.item_category), on=Col.item_id, how="left", maintain_order="left")
    )
    return ITEM_OPINION.checked(told.with_columns(*_shares()))


def _stated(reviews: pl.DataFrame, labelled: Labelled) -> pl.DataFrame:
    """A row per counted review and aspect that it is about, the whole review among them."""
    kept = labelled.labels.filter(is_counted()).select(Rev.review_id, Col.item_id, Rev.week, Rev.sentiment)
    whole = kept.join(reviews.select(Rev.review_id, SAID), on=Rev.review_id, how="left").select(
        *(Rev.review_id, Col.item_id, Rev.week),
        pl.lit(OVERALL).alias(Rev.aspect_id),
        Rev.sentiment,
        pl.col(SAID).replace("", None).alias(QUOTE),
    )
    sure = labelled.labels.select(
        Rev.review_id, (pl.col(Col.probability) - 0.5).abs().round(4).fill_null(0.0).alias(CONFIDENCE)
    )
    parts = labelled.mentions.join(kept.drop(Rev.sentiment), on=Rev.review_id, how="inner")
    return pl.concat([whole.join(sure, on=Rev.review_id, how="left"), parts.select(*whole.columns, CONFIDENCE)])


def _counts(stated: pl.DataFrame) -> pl.DataFrame:
    return stated.group_by(_KEY).agg(
        pl.len().cast(pl.Int64).alias(Rev.reviews),
        *(
            (pl.col(Rev.sentiment) == sentiment.value).sum().cast(pl.Int64).alias(name)
            for name, sentiment in ((Rev.positive, Sentiment.POSITIVE), (Rev.negative, Sentiment.NEGATIVE))
        ),
    )


def _earlier(counts: pl.DataFrame) -> pl.DataFrame:
    """By key what the four weeks before it counted; none where there were none."""
    weeks = [
        counts.select(
            Col.item_id,
            (pl.col(Rev.week) + pl.duration(days=days)).alias(Rev.week),
            Rev.aspect_id,
            *(pl.col(name).alias(f"{name}{_BEFORE}") for name in (Rev.positive, Rev.negative)),
        )
        for days in range(7, BEFORE + 1, 7)
    ]
    return (
        pl.concat(weeks).group_by(_KEY).agg(pl.col(f"{name}{_BEFORE}").sum() for name in (Rev.positive, Rev.negative))
    )


def _shares() -> list[pl.Expr]:
    def counted(suffix: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
        positive, negative = (pl.col(f"{name}{suffix}") for name in (Rev.positive, Rev.negative))
        total = positive + negative
        return positive, negative, pl.when(total >= SUPPORT).then(total)

    positive, negative, total = counted("")
    good, bad = wilson(positive, total), wilson(negative, total)
    before, _, total_before = counted(_BEFORE)
    change = difference(good, wilson(before, total_before))
    names = (
        (Rev.positive_share, Rev.positive_low, Rev.positive_high),
        (Rev.negative_share, Rev.negative_low, Rev.negative_high),
        (Col.trend, Rev.trend_low, Rev.trend_high),
    )
    return [
        value.alias(name)
        for interval, named in zip((good, bad, change), names, strict=True)
        for value, name in zip(interval.rounded, named, strict=True)
    ]


def quoted(stated: pl.DataFrame, key: tuple[str, ...], order: str = CONFIDENCE) -> pl.DataFrame:
    """By key up to three quotes with the ids of their reviews, the highest in ``order`` first; no text twice.

    Args:
        stated: with the key, ``review_id``, ``QUOTE`` and ``order``.
    """
    said = stated.filter(pl.col(QUOTE).is_not_null()).with_columns(shortened(pl.col(QUOTE)).alias(QUOTE))
    ranked = said.sort(*key, order, Rev.review_id, descending=[*[False] * len(key), True, False])
    return (
        ranked.unique([*key, QUOTE], keep="first", maintain_order=True)
        .group_by(key, maintain_order=True)
        .agg(
            pl.col(QUOTE).head(QUOTED).alias(Rev.quotes),
            pl.col(Rev.review_id).head(QUOTED).alias(Rev.quoted_review_ids),
        )
    )


def shortened(text: pl.Expr) -> pl.Expr:
    """On one line, and no longer than a quote."""
    line = text.str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(line.str.len_chars() > LONGEST).then(line.str.head(LONGEST - 1) + "…").otherwise(line)
