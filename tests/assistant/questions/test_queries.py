"""Each query: its own example leads to it in both languages, its SQL is bound and reads what it says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ml.assistant.questions.answering import answer, statement
from ml.assistant.questions.catalogue import Catalogue
from ml.assistant.questions.lexicon import CONCEPTS
from ml.assistant.questions.matching import Match, matched
from ml.assistant.questions.published import published
from ml.assistant.questions.queries import QUERIES
from ml.assistant.questions.terms import EARLIER, Kind, Query
from ml.assistant.questions.tokens import key_of
from ml.settings import Settings
from ml.warehouse.connection import Connection
from ml.warehouse.queries import ask

REFERENCES = {
    "price_bands": "select price_band, count(*) from customer_profile where price_band is not null group by 1"
    " order by 2 desc, 1",
    "click_rate": "select avg(click_rate_365d), count(click_rate_365d), 365 from customer_profile",
    "redemption_rate": "select avg(redemption_rate_365d), count(redemption_rate_365d), 365 from customer_profile",
    "value_of_shopper": "select predicted_clv_90d, predicted_clv_90d_low, predicted_clv_90d_high"
    " from customer_prediction where user_id = '1005'",
    "left_audience": "select left_7d from audience where audience_id = 'best_customers'",
    "segments": "select segment_id, name_en, name_zh, size, share from segment where scheme = 'rfm' order by size desc",
    "segments_of_shopper": "select scheme, segment_id, segment_7d, segment_28d from segment_member"
    " where user_id = '1015' order by 1",
    "tags_of_shopper": "select tag_id, evidence_en, evidence_zh from tag_member where user_id = '1015' order by 1",
    "audience_traits": "select rank, trait_en, trait_zh, share_in, share_all, lift from audience_trait"
    " where audience_id = 'best_customers' order by 1",
    "audience_overlaps": "select other_audience_id, shoppers, share from audience_overlap"
    " where audience_id = 'best_customers' order by 2 desc nulls last",
    "tag_definition": "select kind, condition, minimum_support from tag where tag_id = 'weekend_shopper'",
}
"""By hand, the answers to the examples of queries that none of the hundred questions needs."""


@pytest.fixture(scope="module")
def database(shop: Settings) -> Iterator[Connection]:
    tables = published(shop, None)
    with tables.database(shop, tables.tables) as opened:
        yield opened


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_its_example_leads_to_it_in_both_languages_and_the_shown_sql_answers_the_same(
    shop: Settings, catalogue: Catalogue, database: Connection, query: Query
) -> None:
    found, chinese = answer(shop, query.asked.en), matched(query.asked.zh, catalogue)
    assert found.query == query.name and isinstance(chinese, Match) and chinese.query is query, (found.reason, chinese)
    assert found.rows and found.means == query.means.en
    if not any(table.startswith(EARLIER) for table in query.reads):
        assert tuple(ask(database, found.sql).rows) == found.rows


@pytest.mark.parametrize("name", REFERENCES)
def test_a_query_that_none_of_the_hundred_needs_answers_as_by_hand(
    shop: Settings, database: Connection, name: str
) -> None:
    query = next(each for each in QUERIES if each.name == name)
    found, expected = answer(shop, query.asked.en), tuple(ask(database, REFERENCES[name]).rows)
    assert found.query == name and found.rows == expected and expected


def test_no_two_queries_share_a_name_and_each_knows_its_concepts_and_kinds() -> None:
    assert len({query.name for query in QUERIES}) == len(QUERIES) > 45
    known = {*CONCEPTS, *(kind.value for kind in Kind)}
    assert {query.name: query.known - known for query in QUERIES if query.known - known} == {}


def test_every_parameter_of_a_query_is_bound_and_every_one_that_it_takes_is_used() -> None:
    for query in QUERIES:
        whole = statement(query.sql, dict.fromkeys((kind.value for kind in query.kinds), 1))
        used = {kind for kind in Kind if f"${kind.value}" in whole}
        assert used == set(query.kinds), query.name
        assert "{" not in whole and "[[" not in whole


def test_a_phrase_stands_for_one_concept() -> None:
    phrases = [key_of(phrase) for listed in CONCEPTS.values() for phrase in listed.split(";")]
    twice = {phrase for phrase in phrases if phrases.count(phrase) > 1}
    several = {phrase for phrase in twice if sum(phrase in _keys(listed) for listed in CONCEPTS.values()) > 1}
    assert all(phrases) and several == set()


def _keys(listed: str) -> set[tuple[str, ...]]:
    return {key_of(phrase) for phrase in listed.split(";")}
