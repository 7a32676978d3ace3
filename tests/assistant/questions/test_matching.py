"""What the matcher hears: every word, names of the shop's own, slips of the pen; and what it declines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from ml.assistant.questions.catalogue import Catalogue
from ml.assistant.questions.figures import LONGEST_LIST
from ml.assistant.questions.matching import Declined, Match, Why, matched
from ml.assistant.questions.queries import QUERIES
from ml.assistant.questions.terms import Kind
from ml.assistant.questions.tokens import key_of
from tests.assistant.questions.test_hundred import QUESTIONS

ANSWERED = [each["ask"] for each in QUESTIONS if "sql" in each]


def value(question: str, catalogue: Catalogue, kind: Kind) -> object:
    found = matched(question, catalogue)
    assert isinstance(found, Match), found
    return found.values[kind]


@pytest.mark.parametrize(
    "word", ["not", "without wine", "in Berlin", "yesterday", "or lapsed", "xyzzy", "except 7", "2024"]
)
def test_a_word_that_no_query_has_a_place_for_declines_every_question(catalogue: Catalogue, word: str) -> None:
    heard = {ask: matched(f"{ask.rstrip('?.？。')} {word}?", catalogue) for ask in ANSWERED}
    assert len(heard) == 80
    assert [ask for ask, found in heard.items() if isinstance(found, Match)] == []


@pytest.mark.parametrize("word", ["不", "北京", "去年", "以外", "除了新顾客"])
def test_a_chinese_word_that_no_query_has_a_place_for_does_too(catalogue: Catalogue, word: str) -> None:
    heard = {ask: matched(f"{word}{ask}", catalogue) for ask in ANSWERED}
    assert [ask for ask, found in heard.items() if isinstance(found, Match)] == []


def test_a_declined_question_names_the_words_and_what_can_be_asked_instead(catalogue: Catalogue) -> None:
    found = matched("How many shoppers in Berlin are at risk?", catalogue)
    assert isinstance(found, Declined) and found.why is Why.UNKNOWN and found.words == ("Berlin",)
    assert found.nearest[0].name == "shoppers"
    chinese = matched("最近7天有多少人加入了咖啡爱好者人群？", catalogue)
    assert isinstance(chinese, Declined) and chinese.words == ("咖啡爱好者",)


@pytest.mark.parametrize(
    ("question", "kind", "expected"),
    [
        ("How many AT-RISK  customers?", Kind.STAGE, "at_risk"),
        ("How many shopers are at risk?", Kind.STAGE, "at_risk"),
        ("What are the top three best-selling products?", Kind.TOP, 3),
        ("Which products are similar to oat milk 1 l?", Kind.ITEM, "5001"),
        ("How many shoppers have a churn risk above 12.5 percent?", Kind.SHARE, 0.125),
        ("How many shoppers are due in the next 2 weeks?", Kind.FUTURE, 14),
        ("How many shoppers joined best customers last week?", Kind.PAST, 7),
        ("How big is the audience BEST_CUSTOMERS?", Kind.AUDIENCE, "best_customers"),
        ("流失概率超过百分之60的顾客有多少？", Kind.SHARE, 0.6),
        ("最畅销的三个商品是什么？", Kind.TOP, 3),
    ],
)
def test_values_are_read_however_they_are_written(
    catalogue: Catalogue, question: str, kind: Kind, expected: object
) -> None:
    assert value(question, catalogue, kind) == expected


def test_a_name_of_several_things_needs_the_word_that_tells_which(catalogue: Catalogue) -> None:
    assert value("How many newcomers are there?", catalogue, Kind.STAGE) == "new"
    assert value("How many shoppers have the tag newcomer?", catalogue, Kind.TAG) == "newcomer"
    assert value("How large is the audience newcomers?", catalogue, Kind.AUDIENCE) == "newcomers"
    twice = Catalogue({**catalogue.names, Kind.TAG: {("champion",): ("a",)}}, catalogue.words)
    found = matched("How many champions do we have?", twice)
    assert isinstance(found, Declined) and found.why is Why.AMBIGUOUS
    assert {query.name for query in found.nearest} == {"segment_size", "tag_size"}


def test_a_name_that_two_items_have_is_not_guessed(catalogue: Catalogue) -> None:
    twice = Catalogue({**catalogue.names, Kind.ITEM: {("banana",): ("1", "2")}}, catalogue.words)
    found = matched("Which products are similar to Bananas?", twice)
    assert isinstance(found, Declined) and found.why is Why.AMBIGUOUS and found.words == ("1", "2")


def test_a_name_of_the_shop_is_no_instruction_and_no_attribute_of_a_person(catalogue: Catalogue) -> None:
    names: dict[tuple[str, ...], tuple[str, ...]] = {key_of("Men's drop-table black"): ("7",)}
    shop = Catalogue({**catalogue.names, Kind.ITEM: names}, catalogue.words)
    assert value("Which products are similar to Men's drop-table black?", catalogue=shop, kind=Kind.ITEM) == "7"
    assert isinstance(matched("Which products are similar to men?", shop), Declined)


@pytest.mark.parametrize("question", ["", " ", "?", "how many shoppers " * 40, "1" * 400, "顾" * 400, "\x00", "$stage"])
def test_what_is_no_question_is_declined(catalogue: Catalogue, question: str) -> None:
    assert isinstance(matched(question, catalogue), Declined)


@tried(max_examples=150, deadline=None)
@given(question=st.text(max_size=60) | st.lists(st.sampled_from(" ".join(ANSWERED).split()), max_size=12).map(" ".join))
def test_no_text_breaks_the_matcher_and_what_it_binds_is_in_the_catalogue(catalogue: Catalogue, question: str) -> None:
    found = matched(question, catalogue)
    if isinstance(found, Match):
        assert found.query in QUERIES
        named = {kind: each for kind, each in found.values.items() if kind in catalogue.names and each is not None}
        assert all(catalogue.holds(kind, each) for kind, each in named.items() if kind is not Kind.ITEM)


def test_what_is_asked_for_must_be_what_the_rows_are_about(catalogue: Catalogue) -> None:
    asked = "Which {} is recommended to most shoppers?"
    assert isinstance(matched(asked.format("product"), catalogue), Match)
    for noun in ("placement", "shopper", "customer segment"):
        assert isinstance(matched(asked.format(noun), catalogue), Declined)
    assert isinstance(matched("Show the top 3 stores by shoppers", catalogue), Match)
    assert isinstance(matched("Show the top 3 shoppers by stores", catalogue), Declined)


def test_a_figure_by_something_is_told_for_each_of_it_or_not_at_all(catalogue: Catalogue) -> None:
    assert value("How many customers do we have per store?", catalogue, Kind.TOP) == LONGEST_LIST
    found = matched("What is the revenue by stage?", catalogue)
    assert isinstance(found, Match) and found.query.name == "revenue_by_stage"
    assert isinstance(matched("What is the revenue by shopper?", catalogue), Declined)


def test_an_adjective_goes_with_its_noun(catalogue: Catalogue) -> None:
    assert value("What is the open rate of active shoppers?", catalogue, Kind.STAGE) == "active"
    assert isinstance(matched("What is the open rate of active campaigns?", catalogue), Declined)


def test_a_list_is_not_told_for_each_of_something_that_its_rows_are_not_about(catalogue: Catalogue) -> None:
    asked = "What are the most frequent reasons for recommendations"
    assert isinstance(matched(f"{asked} in placement discover?", catalogue), Match)
    assert isinstance(matched(f"{asked} per placement?", catalogue), Declined)
