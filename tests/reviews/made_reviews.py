"""Reviews of a made-up shop in English and Chinese, whose ratings follow from what they say."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

AS_OF: Final = date(2026, 3, 4)  # a Wednesday
SCHEMA: Final = {
    "as_of_date": pl.Date,
    "review_id": pl.String,
    "user_id": pl.String,
    "item_id": pl.String,
    "rating": pl.Float64,
    "title": pl.String,
    "review_text": pl.String,
    "language": pl.String,
    "review_source": pl.String,
    "created_date": pl.Date,
    "changed_date": pl.Date,
    "has_bought": pl.Boolean,
    "duplicate_of": pl.String,
    "user_reviews_of_day": pl.Int32,
}
ASPECTS: Final = {
    "as_of_date": pl.Date,
    "aspect_id": pl.String,
    "language": pl.String,
    "term": pl.String,
    "is_enabled": pl.Boolean,
}
_ENGLISH: Final = (
    ("the coffee", "the battery", "the parcel", "the price", "the helmet", "the support", "this jacket", "the screen"),
    ("tastes great", "works very well", "arrived early", "is excellent", "fits perfectly", "was a pleasure"),
    ("tastes awful", "broke at once", "arrived late", "is a rip off", "does not fit", "was not good"),
    ("and my brother wants one", "after a month", "again", "for the office", "since Tuesday", "as the page said"),
    ". ",
)
_CHINESE: Final = (
    ("咖啡", "电池", "包裹", "价格", "头盔", "客服", "外套", "屏幕"),
    ("非常好", "很满意", "到得很快", "物超所值", "很合身", "特别耐用"),
    ("太差了", "很失望", "来得太慢", "不值这个钱", "不合身", "一用就坏"),
    ("朋友也想买", "用了一个月", "再次购买", "给公司买的", "周二收到", "和介绍的一样"),
    "，",
)


def review(review_id: str, text: str | None, **values: Any) -> dict[str, Any]:
    """A row of ``fct_review`` of the day, with these values."""
    row: dict[str, Any] = {
        "as_of_date": AS_OF,
        "review_id": review_id,
        "user_id": f"u {review_id}",
        "item_id": "kettle",
        "rating": None,
        "title": None,
        "review_text": text,
        "language": None,
        "review_source": None,
        "created_date": AS_OF,
        "changed_date": AS_OF,
        "has_bought": True,
        "duplicate_of": None,
        "user_reviews_of_day": 1,
    }
    return row | values


def frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Rows as the mart holds them."""
    return pl.DataFrame(list(rows), schema=SCHEMA)


def aspects(*rows: tuple[str, str, str, bool]) -> pl.DataFrame:
    """Rows of ``dim_review_aspect``: aspect, language, term, whether it is on."""
    return pl.DataFrame([(AS_OF, *row) for row in rows], schema=ASPECTS, orient="row")


def shop(count: int = 130, seed: int = 4) -> pl.DataFrame:
    """So many reviews in each language, two thirds positive, written over eight weeks, of twelve items."""
    draw = random.Random(seed)
    rows = []
    for language, words in (("en", _ENGLISH), ("zh", _CHINESE)):
        for number in range(count):
            is_good = draw.random() < 0.6
            text = _said(draw, words, is_good)
            wrote = AS_OF - timedelta(days=draw.randrange(56))
            rating = draw.choice((4.0, 5.0) if is_good else (1.0, 2.0))
            rows.append(
                review(
                    f"{language}{number:04}",
                    text,
                    rating=rating,
                    created_date=wrote,
                    item_id=f"item {draw.randrange(12)}",
                )
            )
    return frame(rows)


def _said(draw: random.Random, words: tuple[Any, ...], is_good: bool) -> str:
    things, good, bad, ends, joint = words
    parts = [f"{draw.choice(things)} {draw.choice(good if is_good else bad)}" for _ in range(2)]
    return f"{joint.join(parts)} {draw.choice(ends)}"


def items() -> pl.DataFrame:
    """The catalogue as far as it matters."""
    names = [*(f"item {number}" for number in range(12)), "kettle"]
    categories = [*(["drinks", "tools"] * 6), None]
    return pl.DataFrame({"item_id": names, "item_category": pl.Series(categories, dtype=pl.String)})
