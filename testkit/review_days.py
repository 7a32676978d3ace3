"""A published day of ``reviews``: ratings decide, and topics are told by single words, so that nothing is trained."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import polars as pl

from ml.publish.draft import DraftRecord, write_draft
from ml.publish.versions import publish
from ml.reviews.aspects import taxonomy
from ml.reviews.capability import REVIEWS
from ml.reviews.labels import NEARNESS, Labelled, Labeller
from ml.reviews.opinions import opinions
from ml.reviews.reading import read
from ml.reviews.topic_weeks import topic_weeks
from ml.reviews.topics import Topic, Topics
from ml.settings import Settings

HOSTILE: Final = "<script>alert(1)</script>"
MADE_UP: Final = "Snippets of a package; author, date and stars made up"
TOPICS: Final = {
    "t1": ("broke", {"en": ("broke", "handle", "week"), "zh": ("坏", "把手")}),
    "t2": ("late", {"en": ("late", "parcel", "courier"), "zh": ("太慢", "物流")}),
    "t3": ("taste", {"en": ("taste", "coffee", HOSTILE), "zh": ("味道", "咖啡")}),
}
"""By topic the word that a review of it has, and its telling terms."""
ITEMS: Final = {
    "i1": ("Kettle", "kitchen"), "i2": ("Travel mug", "kitchen"), "i3": ("House blend", "coffee"),
    "i4": ("Dark roast", "coffee"), "i5": (f"Grinder {HOSTILE}", None),
}  # fmt: skip
_SAID: Final = (
    (1.0, "The handle broke after a week, poor quality. Ask me at [email]"),
    (1.0, f"It broke at once {HOSTILE} and the price is too high"),
    (2.0, "The parcel came late, the courier was rude"),
    (5.0, "The taste is great, and it is worth its price"),
    (4.0, "Good quality, and the delivery was fast"),
    (1.0, "物流太慢，包装也破了"),
    (5.0, "味道很好，价格便宜"),
    (None, "It is what it is"),
)
_WEEKS: Final = 8


def published_reviews(settings: Settings, as_of: date, count: int = 260) -> dict[str, pl.DataFrame]:
    """Publish a day with so many reviews, and return its tables."""
    reviews = read(review_rows(as_of, count))
    labelled = _with_topics(Labeller(None, taxonomy(_no_terms()), 3.0).labelled(reviews), reviews)
    topics = Topics(tuple(Topic(name, np.zeros(1, np.int8), terms) for name, (_, terms) in TOPICS.items()))
    items = pl.DataFrame(
        [(item_id, *named) for item_id, named in ITEMS.items()],
        schema=["item_id", "item_name", "item_category"],
        orient="row",
    )
    made = {
        "review_label": labelled.labels,
        "review_topic": topic_weeks(reviews, labelled, topics, as_of),
        "item_opinion": opinions(reviews, labelled, items),
    }
    folder = settings.slices_dir / f"{as_of}-reviews"
    folder.mkdir(parents=True)
    items.write_parquet(folder / "dim_item.parquet")
    review_rows(as_of, count).write_parquet(folder / "fct_review.parquet")
    snapshot = {"as_of_date": as_of.isoformat(), "inputs_hash": "x", "inputs": [], "tables": {}, "files": {}}
    (folder / "slice.json").write_text(json.dumps(snapshot))
    record = DraftRecord(
        capability=REVIEWS.name,
        as_of_date=as_of,
        slice=f"slices/{folder.name}",
        inputs_hash="x",
        code_revision="c0dec0dec0de",
        policy={"policy_id": "0123456789ab"},
        counts={},
    )
    draft = write_draft(settings.drafts_of(REVIEWS.name) / str(as_of), REVIEWS, record, made)
    publish(settings, REVIEWS, draft, provenance={})
    return made


def review_rows(as_of: date, count: int) -> pl.DataFrame:
    """``fct_review``: the kettle is praised until the newest week, in which all complain of it."""
    draw = random.Random(14)
    rows = [_row(draw, as_of, number) for number in range(count)]
    return pl.DataFrame(rows, schema=_SCHEMA)


def _row(draw: random.Random, as_of: date, number: int) -> dict[str, Any]:
    wrote = as_of - timedelta(days=draw.randrange(7 * _WEEKS))
    item = draw.choice([*ITEMS])
    rating, text = draw.choice(_SAID)
    if item == "i1":
        is_new = wrote >= as_of - timedelta(days=as_of.weekday())
        rating, text = _SAID[0] if is_new else _SAID[4]
    return {
        "as_of_date": as_of,
        "review_id": f"r{number:04}",
        "user_id": f"u{number % 90}",
        "item_id": item,
        "rating": rating,
        "title": None,
        "review_text": f"{text} {number}",
        "language": None,
        "review_source": None if number % 3 else MADE_UP,
        "created_date": wrote,
        "changed_date": wrote,
        "has_bought": number % 5 != 0,
        "duplicate_of": "r0000" if number % 40 == 39 else None,
        "user_reviews_of_day": 30 if number % 50 == 49 else 1,
    }


_SCHEMA: Final = {
    "as_of_date": pl.Date, "review_id": pl.String, "user_id": pl.String, "item_id": pl.String,
    "rating": pl.Float64, "title": pl.String, "review_text": pl.String, "language": pl.String,
    "review_source": pl.String, "created_date": pl.Date, "changed_date": pl.Date, "has_bought": pl.Boolean,
    "duplicate_of": pl.String, "user_reviews_of_day": pl.Int32,
}  # fmt: skip


def _no_terms() -> pl.DataFrame:
    columns = {"aspect_id": pl.String, "language": pl.String, "term": pl.String, "is_enabled": pl.Boolean}
    return pl.DataFrame(schema=columns)


def _with_topics(labelled: Labelled, reviews: pl.DataFrame) -> Labelled:
    said = dict(reviews.select("review_id", "said").iter_rows())
    topics = [_topic(said[review_id]) for review_id in labelled.labels["review_id"]]
    labels = labelled.labels.with_columns(
        pl.Series("topic_id", topics, dtype=pl.String),
        pl.col("rating").is_null().alias("is_abstained"),
    )
    return replace(labelled, labels=labels, nearness=labelled.nearness.with_columns(pl.lit(1).alias(NEARNESS)))


def _topic(text: str) -> str | None:
    words = ((name, {word, *terms["zh"]}) for name, (word, terms) in TOPICS.items())
    return next((name for name, them in words if any(word in text for word in them)), None)
