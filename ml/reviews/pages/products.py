"""Which products are affected: the worst opinions, those that changed, and what was written of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from ml.documents import Cell, Mark, Section
from ml.messages import Label, Quote
from ml.reviews.columns import OVERALL, Rev, Sentiment
from ml.reviews.opinions import SUPPORT
from ml.reviews.pages.published import WEEKS, PublishedReviews
from ml.reviews.pages.shares import summed
from ml.reviews.pages.words import (
    ASPECT,
    CATEGORY,
    INTERVAL,
    LANGUAGES_NAMED,
    NEGATIVE,
    NEGATIVE_SHARE,
    NOT_KNOWN,
    PRODUCT,
    REVIEWS,
    aspect,
    between,
    share,
)
from ml.tables import Col
from ml.words import Text, Words, said

_LISTED: Final = 10
_QUOTED: Final = 3
_CHANGE: Final = Words("Change", "变化")
_MOST: Final = Words("Most complaints about", "抱怨最多的方面")


def product_sections(day: PublishedReviews) -> Iterator[Section]:
    """The three."""
    yield _worst(day)
    yield _changed(day)
    quotes = tuple(telling_quotes(day))
    if quotes:
        text = Words(
            "Negative reviews that tell most, each of another product. Personal data was masked when they were landed.",
            "最具代表性的负面评论，各关于不同商品。个人信息在落地时已屏蔽。",
        )
        yield Section(Words("In their words", "原话"), text, quotes=quotes, name="quotes")


def _worst(day: PublishedReviews) -> Section:
    """By the lower end of the negative share: few reviews do not make a product the worst."""
    found = summed(day.recent.filter(pl.col(Rev.aspect_id) == OVERALL), [Col.item_id, Col.item_category])
    order = [Rev.negative_low, Col.item_id]
    worst = found.drop_nulls(Rev.negative_share).filter(pl.col(Rev.negative) > 0).sort(order, descending=[True, False])
    rows = tuple(_worst_row(day, row) for row in worst.head(_LISTED).iter_rows(named=True))
    numeric = (REVIEWS, NEGATIVE, NEGATIVE_SHARE, INTERVAL)
    text = Words(
        f"Of the last {WEEKS} weeks, products with at least {SUPPORT} positive and negative reviews, by the lower end "
        "of the interval of their negative share.",
        f"最近 {WEEKS} 周，正负面评论至少 {SUPPORT} 条的商品，按负面占比区间下限排列。",
    )
    if not rows:
        text = Words(
            f"No product has {SUPPORT} positive and negative reviews of the last {WEEKS} weeks, one of them negative.",
            f"最近 {WEEKS} 周没有商品有 {SUPPORT} 条正负面评论且含负面。",
        )
    columns = (PRODUCT, CATEGORY, *numeric, _MOST)
    heading = Words("Products with the worst opinions", "口碑最差的商品")
    return Section(heading, text, columns, rows, frozenset(numeric), name="worst")


def _worst_row(day: PublishedReviews, row: dict[str, Any]) -> tuple[Cell, ...]:
    return (
        day.name_of(row[Col.item_id]),
        row[Col.item_category] or NOT_KNOWN,
        f"{row[Rev.reviews]:,}",
        f"{row[Rev.negative]:,}",
        share(row[Rev.negative_share]),
        between(row[Rev.negative_low], row[Rev.negative_high]),
        _complained_of(day, row[Col.item_id]),
    )


def _complained_of(day: PublishedReviews, item_id: str) -> Text:
    theirs = day.recent.filter(pl.col(Col.item_id) == item_id, pl.col(Rev.aspect_id) != OVERALL)
    counts = theirs.group_by(Rev.aspect_id).agg(pl.col(Rev.negative).sum()).filter(pl.col(Rev.negative) > 0)
    if counts.is_empty():
        return NOT_KNOWN
    name, count = counts.sort(Rev.negative, Rev.aspect_id, descending=[True, False]).row(0)
    told = aspect(name)
    return Words(f"{said(told)} ({count:,})", f"{said(told, 'zh')}（{count:,}）")


def _changed(day: PublishedReviews) -> Section:
    """Where the interval of the change leaves out none."""
    sure = (pl.col(Rev.trend_low) > 0) | (pl.col(Rev.trend_high) < 0)
    found = day.opinions.filter(pl.col(Rev.week) == day.week, sure)
    order = [pl.col(Col.trend).abs(), pl.col(Col.item_id), pl.col(Rev.aspect_id)]
    found = found.sort(order, descending=[True, False, False])
    rows = tuple(_changed_row(day, row) for row in found.head(_LISTED).iter_rows(named=True))
    numeric = (_CHANGE, INTERVAL, REVIEWS)
    text = Words(
        "Change of the positive share against the 28 days before the week, in points; only where the interval is all "
        "above or all below 0. Of many products some pass by chance.",
        "正面占比较该周之前 28 天的变化（百分点）；仅列区间完全高于或低于 0 的商品。商品很多时，个别会偶然入列。",
    )
    if not rows:
        text = Words(
            f"No product's opinion of the week from {day.week} differs for sure from that of the 28 days before.",
            f"{day.week} 起的一周，没有商品的口碑与此前 28 天有确定的差别。",
        )
    columns = (PRODUCT, ASPECT, Words("Direction", "方向"), *numeric)
    heading = Words("Opinions that changed", "口碑变化")
    return Section(heading, text, columns, rows, frozenset(numeric), name="changed")


def _changed_row(day: PublishedReviews, row: dict[str, Any]) -> tuple[Cell, ...]:
    worse = row[Col.trend] < 0
    return (
        day.name_of(row[Col.item_id]),
        aspect(row[Rev.aspect_id]),
        Mark(Words("worse", "变差"), "bad") if worse else Mark(Words("better", "变好"), "good"),
        f"{row[Col.trend] * 100:+.0f}",
        f"{row[Rev.trend_low] * 100:+.0f} … {row[Rev.trend_high] * 100:+.0f}",
        f"{row[Rev.reviews]:,}",
    )


def telling_quotes(day: PublishedReviews) -> Iterator[Quote]:
    """Quotes of negative reviews, each of another item: of the newest week first, what they say of the aspect that has
    most complaints before whole reviews."""
    negative = day.counted.filter(pl.col(Rev.sentiment) == Sentiment.NEGATIVE)
    reviews = {row[Rev.review_id]: row for row in negative.iter_rows(named=True)}
    items, used = set[str](), set[str]()
    whole = pl.col(Rev.aspect_id) == OVERALL
    order = [pl.col(Rev.week), whole, pl.col(Rev.negative), pl.col(Col.item_id), pl.col(Rev.aspect_id)]
    complained = day.recent.filter(pl.col(Rev.negative) > 0).sort(order, descending=[True, False, True, False, False])
    for row in complained.iter_rows(named=True):
        if row[Col.item_id] in items:
            continue
        for text, review_id in zip(row[Rev.quotes], row[Rev.quoted_review_ids], strict=True):
            if text not in used and _complains(reviews.get(review_id), row[Rev.aspect_id]):
                items.add(row[Col.item_id])
                used.add(text)
                yield _quote(day, row, text, reviews[review_id])
                break
        if len(items) == _QUOTED:
            return


def _complains(review: dict[str, Any] | None, aspect_id: str) -> bool:
    """Whether a negative review, None for another one, complains of an aspect."""
    return review is not None and (aspect_id == OVERALL or aspect_id in review[Rev.aspects_negative])


def _quote(day: PublishedReviews, row: dict[str, Any], text: str, review: dict[str, Any]) -> Quote:
    about, language = aspect(row[Rev.aspect_id]), LANGUAGES_NAMED[review[Col.language]]
    day_en, day_zh = said(about), said(about, "zh")
    written = review[Col.created_date]
    labels = [Label(NEGATIVE, "bad")]
    if review[Rev.is_not_bought]:
        labels.append(Label(Words("not known to have bought it", "无购买记录"), "watch"))
    by = Words(f"{day_en}, {written}, {language.en}", f"{day_zh}，{written}，{language.zh}")
    return Quote(text, day.name_of(row[Col.item_id]), by, tuple(labels))
