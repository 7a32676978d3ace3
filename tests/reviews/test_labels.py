"""What is said of each review, with a model and without one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from ml.reviews.aspects import taxonomy
from ml.reviews.columns import DecidedBy, Sentiment
from ml.reviews.labels import Labelled, Labeller
from ml.reviews.learned import Training
from ml.reviews.opinions import opinions
from ml.reviews.reading import read
from ml.reviews.sentiment import decided, of_rating
from ml.reviews.topic_weeks import WEEKS, topic_weeks
from ml.reviews.topics import Topics
from tests.reviews.made_reviews import AS_OF, ASPECTS, aspects, frame, items, review, shop

TERMS = taxonomy(pl.DataFrame(schema=ASPECTS))
BY_RATING = Labeller(None, TERMS, 3.0)
MONDAY = AS_OF - timedelta(days=2)


def labelled_by_rating(*rows: dict[str, object]) -> Labelled:
    return BY_RATING.labelled(read(frame(rows)))


def opinions_of(*rows: dict[str, object]) -> pl.DataFrame:
    return opinions(read(frame(rows)), labelled_by_rating(*rows), items())


@pytest.mark.parametrize(
    ("rating", "sentiment"),
    [(5.0, "positive"), (3.5, "positive"), (3.0, None), (2.0, "negative"), (None, None)],
)
def test_a_rating_above_the_liking_is_positive_and_one_below_it_negative(
    rating: float | None, sentiment: str | None
) -> None:
    assert of_rating(rating, 3.0) == sentiment


def test_a_clear_text_decides_then_the_rating_then_nothing() -> None:
    nan = float("nan")
    assert decided(0.97, 1.0, 3.0, is_clear=True) == (Sentiment.POSITIVE, DecidedBy.MODEL)
    assert decided(0.03, None, 3.0, is_clear=True) == (Sentiment.NEGATIVE, DecidedBy.MODEL)
    assert decided(0.6, 1.0, 3.0, is_clear=False) == (Sentiment.NEGATIVE, DecidedBy.RATING)
    assert decided(nan, 5.0, 3.0, is_clear=False) == (Sentiment.POSITIVE, DecidedBy.RATING)
    assert decided(nan, 3.0, 3.0, is_clear=False) == (None, DecidedBy.NOTHING)


def test_without_a_model_ratings_decide_of_the_review_and_of_its_aspects() -> None:
    (row,) = labelled_by_rating(review("a", "Too expensive", title="Late delivery", rating=1.0)).labels.to_dicts()
    assert (row["sentiment"], row["decided_by"], row["probability"]) == ("negative", "rating", None)
    assert row["aspects"] == row["aspects_negative"] == ["delivery", "price"] and row["aspects_positive"] == []
    assert not row["is_abstained"] and row["topic_id"] is None and row["language"] == "en"


def test_a_rating_without_a_text_has_a_sentiment_and_no_language() -> None:
    (row,) = labelled_by_rating(review("a", None, rating=5.0)).labels.to_dicts()
    assert (row["sentiment"], row["language"], row["aspects"]) == ("positive", None, [])


def test_flags_say_what_speaks_against_a_review() -> None:
    rows = (
        review("a", "Earn money now", has_bought=False),
        review("b", "A fine kettle for the office", duplicate_of="z", user_id=None),
    )
    first, second = labelled_by_rating(*rows).labels.to_dicts()
    assert (first["is_spam"], first["spam_reason"], first["is_not_bought"]) == (True, "lure", True)
    assert (second["is_duplicate"], second["duplicate_of"], second["is_spam"]) == (True, "z", False)
    assert second["user_id"] is None and not second["is_not_bought"]


def test_a_model_reads_clear_texts_and_says_how_probable_they_are(learned: Training) -> None:
    rows = [
        review("a", "the coffee tastes great. this jacket fits perfectly again"),
        review("b", "这个电池太差了，很失望，一用就坏"),
        review("c", "Der Kocher ist undicht und die Lieferung war sehr langsam", rating=1.0),
    ]
    labels = Labeller(learned.bundle(AS_OF), TERMS, 3.0).labelled(read(frame(rows))).labels
    assert labels["sentiment"].to_list() == ["positive", "negative", "negative"]
    assert labels["decided_by"].to_list() == ["model", "model", "rating"]
    assert labels["language"].to_list() == ["en", "zh", "other"]
    good, bad, unread = labels["probability"].to_list()
    assert good > 0.8 and bad < 0.2 and unread is None


def test_a_text_that_is_not_clear_is_left_to_its_rating_and_marked(learned: Training) -> None:
    bundle = learned.bundle(AS_OF)
    careful = {name: replace(each, least=0.999) for name, each in bundle.classifiers.items()}
    labeller = Labeller(replace(bundle, classifiers=careful), TERMS, 3.0)
    mixed = "The kettle stands on a table next to a window"
    labels = labeller.labelled(read(frame([review("a", mixed), review("b", mixed, rating=5.0)]))).labels
    assert labels["is_abstained"].to_list() == [True, True]
    assert labels["sentiment"].to_list() == [None, "positive"]
    assert labels["decided_by"].to_list() == ["nothing", "rating"]


def test_clauses_speak_for_their_own_aspects(learned: Training) -> None:
    text = "the coffee tastes great. the parcel arrived late again"
    labels = Labeller(learned.bundle(AS_OF), TERMS, 3.0).labelled(read(frame([review("a", text)]))).labels
    assert labels["aspects"].to_list() == [["delivery", "taste"]]
    assert labels["aspects_positive"].to_list() == [["taste"]]
    assert labels["aspects_negative"].to_list() == [["delivery"]]


def test_labels_do_not_depend_on_the_order_in_which_reviews_arrive(learned: Training) -> None:
    labeller = Labeller(learned.bundle(AS_OF), TERMS, 3.0)
    landed = shop(20)
    forth, back = (labeller.labelled(read(rows)) for rows in (landed, landed[::-1]))
    assert forth.labels.equals(back.labels)
    ours, theirs = (opinions(read(rows), each, items()) for rows, each in ((landed, forth), (landed[::-1], back)))
    assert ours.equals(theirs) and len(ours) > 20


def test_an_opinion_counts_reviews_by_item_week_and_aspect() -> None:
    found = opinions_of(
        *(review(f"g{number}", f"Cheap, number {number}", rating=5.0) for number in range(6)),
        review("b", "Too expensive", rating=1.0),
        review("c", "Late delivery", rating=1.0, created_date=MONDAY - timedelta(days=1)),
        review("d", "Cheap again", rating=5.0, duplicate_of="g0"),
        review("e", "Earn money", rating=5.0),
    )
    rows = {(row["week"], row["aspect_id"]): row for row in found.to_dicts()}
    assert set(rows) == {
        *((MONDAY, aspect) for aspect in ("overall", "price")),
        *((MONDAY - timedelta(days=7), aspect) for aspect in ("overall", "delivery")),
    }
    price = rows[MONDAY, "price"]
    assert (price["reviews"], price["positive"], price["negative"]) == (7, 6, 1)
    assert price["positive_share"] == pytest.approx(6 / 7) and price["negative_share"] == pytest.approx(1 / 7)
    assert price["positive_share_low"] == pytest.approx(0.4869, abs=1e-4)
    assert price["positive_share_high"] == pytest.approx(0.9743, abs=1e-4)
    assert len(price["quotes"]) == 3 and price["quoted_review_ids"] == ["b", "g0", "g1"]
    late = rows[MONDAY - timedelta(days=7), "delivery"]
    assert late["negative"] == 1 and late["positive_share"] is None and late["quotes"] == ["Late delivery"]


def test_a_trend_is_told_against_the_four_weeks_before_where_both_have_support() -> None:
    def some(prefix: str, good: int, bad: int, days: int) -> list[dict[str, object]]:
        wrote = AS_OF - timedelta(days=days)
        ratings = [5.0] * good + [1.0] * bad
        return [
            review(f"{prefix}{number}", None, rating=rating, created_date=wrote)
            for number, rating in enumerate(ratings)
        ]

    found = opinions_of(
        *some("now", 9, 1, 0), *some("last", 2, 3, 7), *some("before", 1, 4, 28), *some("old", 9, 0, 35)
    )
    trend = dict(found.select("week", "trend").iter_rows())
    assert trend[MONDAY] == pytest.approx(0.9 - 0.3)
    assert trend[MONDAY - timedelta(days=7)] == pytest.approx(2 / 5 - 10 / 14)
    assert trend[MONDAY - timedelta(days=35)] is None


def test_quotes_are_short_on_one_line_and_none_is_told_twice() -> None:
    long = " ".join(f"word{number}" for number in range(60))
    found = opinions_of(
        review("a", f"{long}\n\n{long}", rating=1.0, title="x"),
        review("b", "the same", rating=1.0),
        review("c", "the same", rating=1.0),
    )
    (row,) = found.filter(pl.col("aspect_id") == "overall").to_dicts()
    assert sorted(row["quoted_review_ids"]) == ["a", "b"]
    assert all(len(quote) <= 240 and "\n" not in quote for quote in row["quotes"])
    assert max(map(len, row["quotes"])) == 240 and any(quote.endswith("…") for quote in row["quotes"])


def test_opinions_have_the_category_of_their_item() -> None:
    found = opinions_of(review("a", None, rating=5.0, item_id="item 1"), review("b", None, rating=5.0, item_id="gone"))
    assert dict(found.select("item_id", "item_category").iter_rows()) == {"item 1": "tools", "gone": None}


def test_the_shops_own_terms_make_an_aspect() -> None:
    terms = taxonomy(aspects(("scent", "en", "perfume", True)))
    labels = Labeller(None, terms, 3.0).labelled(read(frame([review("a", "Strong perfume", rating=5.0)]))).labels
    assert labels["aspects_positive"].to_list() == [["scent"]]


def test_topics_count_their_reviews_by_week_and_name_themselves(learned: Training) -> None:
    reviews = read(shop())
    bundle = learned.bundle(AS_OF)
    labelled = Labeller(bundle, TERMS, 3.0).labelled(reviews)
    found = topic_weeks(reviews, labelled, bundle.topics, AS_OF)
    names = [topic.topic_id for topic in bundle.topics.topics]
    assert len(names) >= 3 and len(found) == WEEKS * len(names) and set(found["topic_id"]) == set(names)
    assert found["week"].max() == MONDAY and found["week"].min() == MONDAY - timedelta(days=7 * 25)
    assert found["reviews"].sum() == labelled.labels["topic_id"].is_not_null().sum() > 200
    this = found.filter(pl.col("week") == MONDAY)
    everything = labelled.labels.filter(pl.col("week") == MONDAY).height
    assert (this["share"] - this["reviews"] / everything).abs().max() < 1e-6
    earlier = labelled.labels.filter(pl.col("week").is_between(MONDAY - timedelta(days=28), MONDAY - timedelta(days=7)))
    expected = dict(earlier.group_by("topic_id").len().drop_nulls().iter_rows())
    assert dict(this.select("topic_id", "reviews_before_28d").iter_rows()) == {
        name: expected.get(name, 0) for name in names
    }
    quoted = this.filter(pl.col("reviews") > 0)
    assert (quoted["quotes"].list.len() > 0).all() and (quoted["name_en"] != quoted["topic_id"]).all()


def test_without_topics_there_is_no_row() -> None:
    rows = read(frame([review("a", "Fine", rating=5.0)]))
    assert topic_weeks(rows, BY_RATING.labelled(rows), Topics(), AS_OF).is_empty()
