"""What a text is about, clause by clause."""

import polars as pl
import pytest

from ml.reviews.aspects import taxonomy
from ml.reviews.clauses import clauses
from ml.reviews.labels import Labeller
from ml.reviews.reading import read
from ml.reviews.shipped_aspects import NAMES, TERMS
from tests.reviews.made_reviews import ASPECTS, aspects, frame, review

NOTHING = pl.DataFrame(schema=ASPECTS)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Too expensive, and delivery took a month", "en", ["delivery", "price"]),
        ("It tasted bland.", "en", ["taste"]),
        ("Runs small; the fit is tight", "en", ["size"]),
        ("The staff refunded me at once", "en", ["service"]),
        ("It fell  apart within a day", "en", ["quality"]),
        ("价格便宜，快递很快", "zh", ["delivery", "price"]),
        ("做工差，客服态度不好", "zh", ["quality", "service"]),
        ("尺码偏大，口感一般", "zh", ["size", "taste"]),
        ("We watched the boxing match", "en", []),
        ("Too expensive", "other", []),
    ],
)
def test_aspects_are_found_by_whole_terms(text: str, language: str, expected: list[str]) -> None:
    assert taxonomy(NOTHING).found(text, language) == expected


def test_every_shipped_aspect_has_terms_in_both_languages_and_a_name() -> None:
    assert set(NAMES) == {"price", "quality", "taste", "size", "delivery", "service"}
    for language in ("en", "zh"):
        assert set(TERMS[language]) == set(NAMES) and all(TERMS[language].values())


def test_landed_terms_join_the_shipped_ones_or_switch_one_off() -> None:
    landed = aspects(("scent", "en", "Perfume", True), ("price", "en", "cheap", False))
    known = taxonomy(landed)
    assert known.found("Strong perfume, cheap bottle", "en") == ["scent"]
    assert known.found("the price", "en") == ["price"]


@pytest.mark.parametrize(
    ("tag", "term", "text", "is_found"),
    [
        ("en-us", "perfume", "Strong perfume", True),
        ("EN", "perfume", "Strong perfumery", False),
        ("zh-cn", "香水", "这款香水很浓", True),
        ("zh-Hant-TW", "香水", "這款香水很濃", True),
        ("de", "duft", "Ein feiner Duft, aber zu schwach für den Preis", True),
        ("de-AT", "duft", "Duftend ist das nicht, und teuer war es auch noch", False),
        ("ja", "香り", "とても良い香りですが、すぐに消えてしまいました", True),
    ],
)
def test_landed_terms_are_found_in_texts_whatever_tag_their_language_has(
    tag: str, term: str, text: str, is_found: bool
) -> None:
    labels = Labeller(None, taxonomy(aspects(("scent", tag, term, True))), 3.0).labelled(
        read(frame([review("a", text)]))
    )
    assert ("scent" in labels.labels["aspects"][0]) == is_found


def test_a_tag_with_a_region_switches_a_shipped_term_off() -> None:
    assert taxonomy(aspects(("price", "en-gb", "cheap", False))).found("cheap", "en") == []


def test_an_aspect_whose_every_term_is_switched_off_is_found_nowhere() -> None:
    off = aspects(*(("taste", "en", term, False) for term in TERMS["en"]["taste"]))
    assert taxonomy(off).found("delicious taste", "en") == []


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Great taste. Shipping was slow!", "en", ["Great taste.", "Shipping was slow!"]),
        ("Great taste but shipping was slow", "en", ["Great taste", "shipping was slow"]),
        ("味道很好，但是物流太慢。下次不买", "zh", ["味道很好", "但是物流太慢", "下次不买"]),
        (" ... ", "en", []),
        ("", "zh", []),
    ],
)
def test_a_text_is_cut_where_it_may_turn(text: str, language: str, expected: list[str]) -> None:
    assert clauses(text, language) == expected


@pytest.mark.parametrize("text", ["好" * 900, "word " * 300, "一，二，" * 200])
def test_no_clause_is_longer_than_two_hundred_characters_and_none_of_its_letters_is_lost(text: str) -> None:
    parts = clauses(text, "zh")
    assert all(0 < len(part) <= 200 for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
