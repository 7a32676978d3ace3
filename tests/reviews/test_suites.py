"""What the suites of ``reviews`` stop, and what they only tell."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pytest

from expectations.day import Day
from expectations.engine import examine
from expectations.report import GateReport
from ml.reviews.aspects import taxonomy
from ml.reviews.labels import Labeller
from ml.reviews.learned import Training
from ml.reviews.opinions import opinions
from ml.reviews.reading import read
from ml.reviews.topic_weeks import topic_weeks
from tests.reviews.made_reviews import AS_OF, ASPECTS, items, shop

Tables = dict[str, pl.DataFrame]
NONE = pl.lit([], dtype=pl.List(pl.String))


@pytest.fixture(scope="module")
def tables(learned: Training) -> Tables:
    """A day's tables by the model."""
    landed, bundle = shop(), learned.bundle(AS_OF)
    reviews = read(landed)
    labelled = Labeller(bundle, taxonomy(pl.DataFrame(schema=ASPECTS)), 3.0).labelled(reviews)
    return {
        "fct_review": landed,
        "review_label": labelled.labels,
        "review_topic": topic_weeks(reviews, labelled, bundle.topics, AS_OF),
        "item_opinion": opinions(reviews, labelled, items()),
    }


def report_of(tables: Mapping[str, pl.DataFrame], table: str, before: pl.DataFrame | None = None) -> GateReport:
    day = Day(AS_OF, 5, 365, lambda name: tables[name], before=lambda _: before)
    (report,) = examine(day, "reviews", (table,))
    return report


def first(tables: Tables, table: str, where: pl.Expr, **values: pl.Expr | object) -> Tables:
    """The tables with other values in the first row of one where something holds."""
    rows = tables[table].with_row_index("row")
    number = rows.filter(where)["row"][0]
    changed = [
        pl.when(pl.col("row") == number)
        .then(value if isinstance(value, pl.Expr) else pl.lit(value))
        .otherwise(name)
        .alias(name)
        for name, value in values.items()
    ]
    return tables | {table: rows.with_columns(changed).drop("row")}


@pytest.mark.parametrize("table", ["review_label", "review_topic", "item_opinion"])
def test_a_healthy_day_passes_without_a_warning(tables: Tables, table: str) -> None:
    report = report_of(tables, table, before=tables[table])
    assert report.passed and [check.claim for check in report.warnings] == []


@pytest.mark.parametrize("table", ["review_label", "review_topic", "item_opinion"])
def test_a_day_before_any_review_passes(tables: Tables, table: str) -> None:
    assert report_of({name: rows.clear() for name, rows in tables.items()}, table).passed


EVERY = pl.lit(value=True)
IN_A_TOPIC = pl.col("topic_id").is_not_null()
BY_MODEL = pl.col("decided_by") == "model"
SUPPORTED = pl.col("positive_share").is_not_null()


@pytest.mark.parametrize(
    ("table", "where", "values", "claim"),
    [
        ("review_label", EVERY, {"review_id": "another"}, "every review was landed"),
        ("review_label", BY_MODEL, {"probability": 1.5}, "probabilities are from 0 to 1"),
        ("review_label", pl.col("sentiment") == "positive", {"sentiment": "negative"}, "the model or the rating"),
        ("review_label", BY_MODEL, {"sentiment": None}, "the model or the rating"),
        ("review_label", BY_MODEL, {"is_abstained": True}, "where the model abstains it decides nothing"),
        ("review_label", EVERY, {"aspects_positive": pl.lit(["luck"])}, "both praised and complained of"),
        ("review_label", IN_A_TOPIC, {"is_spam": True}, "spam and duplicates are in no topic"),
        ("review_topic", EVERY, {"name_zh": " "}, "every topic has a name in both languages"),
        ("review_topic", EVERY, {"reviews": pl.col("reviews") + 1}, "a topic counts the reviews that are labelled so"),
        ("review_topic", EVERY, {"positive": pl.col("reviews") + 1}, "no more reviews are positive or negative"),
        ("review_topic", EVERY, {"share": 1.2}, "shares are from 0 to 1"),
        ("review_topic", pl.col("reviews") > 0, {"quoted_review_ids": NONE}, "every quote is of one of its reviews"),
        ("item_opinion", EVERY, {"positive": pl.col("reviews") + 9}, "no more reviews are positive or negative"),
        ("item_opinion", SUPPORTED, {"positive_share": 2.0}, "shares and trends lie inside their intervals"),
        ("item_opinion", SUPPORTED, {"positive_share": None}, "a share is told from 5 positive and negative reviews"),
        ("item_opinion", pl.col("aspect_id") != "overall", {"reviews": 99}, "no aspect has more reviews than its item"),
        ("item_opinion", EVERY, {"quotes": pl.lit(["a", "b", "c", "d"])}, "every quote is of a review, and short"),
        (
            "item_opinion",
            pl.col("aspect_id") == "overall",
            {"reviews": 99},
            "every review that counts is in one opinion",
        ),
    ],
)
def test_a_table_that_contradicts_itself_fails(
    tables: Tables, table: str, where: pl.Expr, values: dict[str, object], claim: str
) -> None:
    report = report_of(first(tables, table, where, **values), table)
    assert not report.passed and any(claim in check.claim for check in report.failures)


@pytest.mark.parametrize(
    ("table", "claim"),
    [
        ("review_label", "every review of the history has a row"),
        ("review_topic", "every topic has a row for each of the last 26 weeks"),
        ("item_opinion", "every review that counts is in one opinion of a whole item"),
    ],
)
def test_a_missing_row_fails(tables: Tables, table: str, claim: str) -> None:
    whole = pl.col("aspect_id") == "overall" if table == "item_opinion" else EVERY
    rows = tables[table].with_row_index("row")
    number = rows.filter(whole)["row"][0]
    report = report_of(tables | {table: rows.filter(pl.col("row") != number).drop("row")}, table)
    assert claim in [check.claim for check in report.failures]


def test_much_spam_undecided_texts_and_a_jump_are_only_told(tables: Tables) -> None:
    strange = tables["review_label"].with_columns(
        pl.lit(value=True).alias("is_spam"),
        pl.lit(None, pl.String).alias("topic_id"),
        pl.lit(None, pl.String).alias("sentiment"),
        pl.lit("nothing").alias("decided_by"),
        *(NONE.alias(name) for name in ("aspects", "aspects_positive", "aspects_negative")),
    )
    report = report_of(tables | {"review_label": strange}, "review_label", before=tables["review_label"])
    assert report.passed
    assert [check.claim for check in report.warnings] == [
        "few reviews look like spam",
        "of most texts a sentiment is told",
        "some reviews are about an aspect that is known",
        "the share of positive reviews is about that of the day before",
    ]


def test_a_topic_that_nothing_names_is_only_told(tables: Tables) -> None:
    nameless = tables["review_topic"].with_columns(NONE.alias("terms_en"), NONE.alias("terms_zh"))
    report = report_of(tables | {"review_topic": nameless}, "review_topic")
    assert report.passed and len(report.warnings) == 1
