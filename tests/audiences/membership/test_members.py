"""Who is in an audience, who joined, who left, and why: days of a few shoppers."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from testkit.audience_days import audiences
from tests.audiences.membership.small_shop import day_of, granted

EVERYBODY = ("ann", "bob", "cat", "dan", "eve")
BIG = {"audience_id": "big", "condition": "revenue_365d > 50"}
TODAY = {"ann": 90, "bob": 80, "cat": 10, "dan": 70, "eve": 20}
WEEK_AGO = {"ann": 90, "bob": 20, "cat": 60, "dan": 70}


def members(tables: dict[str, pl.DataFrame]) -> dict[str, tuple[object, ...]]:
    """By shopper: is_member and member_1d, member_7d, member_28d."""
    flags = ("is_member", "member_1d", "member_7d", "member_28d")
    return {user: tuple(row) for user, *row in tables["audience_member"].select("user_id", *flags).iter_rows()}


def test_members_of_a_week_ago_are_told_and_those_who_left_are_listed(tmp_path: Path) -> None:
    tables = day_of(tmp_path, audiences(BIG), {0: TODAY, 7: WEEK_AGO}, dim_consent=granted(EVERYBODY))
    assert members(tables) == {
        "ann": (True, None, True, None),
        "bob": (True, None, False, None),
        "cat": (False, None, True, None),
        "dan": (True, None, True, None),
    }
    row = tables["audience"].row(0, named=True)
    assert (row["size"], row["share"], row["joined_7d"], row["left_7d"]) == (3, 0.6, 1, 1)
    assert (row["joined_1d"], row["left_1d"], row["joined_28d"], row["left_28d"]) == (None,) * 4
    reasons = dict(tables["audience_member"].select("user_id", "reason_en").iter_rows())
    assert reasons["bob"] == "revenue in 365 days 80 (above 50)"
    assert reasons["cat"] == "revenue in 365 days 10 (not above 50)"


def test_without_a_grant_nobody_is_a_member_nor_listed_as_left(tmp_path: Path) -> None:
    consents = granted(("ann", "bob")).vstack(granted(("cat", "dan")).with_columns(is_granted=pl.lit(False)))
    tables = day_of(tmp_path, audiences(BIG), {0: TODAY, 7: WEEK_AGO}, dim_consent=consents)
    assert members(tables) == {"ann": (True, None, True, None), "bob": (True, None, False, None)}
    row = tables["audience"].row(0, named=True)
    assert (row["consent"], row["without_consent"], row["left_7d"]) == ("granted", 1, 0)


def test_a_grant_counts_for_its_purpose_alone(tmp_path: Path) -> None:
    tables = day_of(
        tmp_path,
        audiences({**BIG, "purpose": "email"}),
        {0: TODAY},
        dim_consent=granted(["ann"], "email").vstack(granted(["bob"])),
    )
    assert list(members(tables)) == ["ann"]


def test_where_consent_is_assumed_it_is_said_and_a_no_counts_all_the_same(tmp_path: Path) -> None:
    no = granted(["dan"]).with_columns(is_granted=pl.lit(False))
    tables = day_of(tmp_path, audiences(BIG), {0: TODAY}, dim_consent=no, consent="assumed")
    assert list(members(tables)) == ["ann", "bob"]
    assert tables["audience"]["consent"].to_list() == ["assumed"]


def test_a_small_audience_is_withheld_with_the_reason(tmp_path: Path) -> None:
    tables = day_of(tmp_path, audiences(BIG), {0: TODAY, 7: WEEK_AGO}, 4, dim_consent=granted(EVERYBODY))
    row = tables["audience"].row(0, named=True)
    assert row["withheld"] == "it has fewer than 4 members" and row["size"] is row["share"] is row["joined_7d"] is None
    assert all(tables[name].is_empty() for name in ("audience_member", "audience_trait", "audience_overlap"))


def test_too_few_grants_are_the_reason_where_enough_would_fit(tmp_path: Path) -> None:
    tables = day_of(tmp_path, audiences(BIG), {0: TODAY}, 3, dim_consent=granted(["ann"]))
    assert tables["audience"]["withheld"].to_list() == [
        "fewer than 3 of those whom it fits have given consent to marketing"
    ]


def test_an_earlier_day_with_too_few_members_counts_as_unknown(tmp_path: Path) -> None:
    few = {"ann": 90.0, "bob": 10.0, "cat": 60.0}
    tables = day_of(tmp_path, audiences(BIG), {0: TODAY, 1: WEEK_AGO, 7: few}, 3, dim_consent=granted(EVERYBODY))
    assert tables["audience_member"]["member_7d"].to_list() == [None] * 4
    assert tables["audience"].select("joined_1d", "left_1d", "joined_7d", "left_7d").row(0) == (1, 1, None, None)


def test_a_condition_that_is_none_withholds_its_audience_with_the_error_and_no_other(tmp_path: Path) -> None:
    wrong = {"audience_id": "wrong", "condition": "revenu_365d > 50"}
    private = {"audience_id": "private", "condition": "age > 50"}
    tables = day_of(tmp_path, audiences(BIG, wrong, private), {0: TODAY}, dim_consent=granted(EVERYBODY))
    withheld = dict(tables["audience"].select("audience_id", "withheld").iter_rows())
    assert withheld["big"] == "" and "Did you mean revenue_365d?" in withheld["wrong"]
    assert "protected attribute" in withheld["private"]
    assert set(tables["audience_member"]["audience_id"]) == {"big"}


def test_of_few_common_members_it_is_told_only_that_there_are_some(tmp_path: Path) -> None:
    both = audiences(
        BIG,
        {"audience_id": "all", "condition": "revenue_365d > 0"},
        {"audience_id": "few", "condition": "revenue_365d < 75"},
    )
    tables = day_of(tmp_path, both, {0: TODAY}, 3, dim_consent=granted(EVERYBODY))
    found = {(one, other): row for one, other, *row in tables["audience_overlap"].iter_rows()}
    assert found["all", "big"] == [3, 0.6] and found["big", "all"] == [3, 1.0]
    assert found["big", "few"] == [None, None]


def test_shelves_and_probabilities_have_no_past(tmp_path: Path) -> None:
    likely = pl.DataFrame(
        {"user_id": ["ann"], "item_id": ["i1"], "probability": [0.5], "horizon_days": pl.Series([28], dtype=pl.Int32)}
    )
    asked = audiences({"audience_id": "likely", "condition": "likely_to_buy(id = 'i1') > .4"})
    tables = day_of(
        tmp_path, asked, {0: TODAY, 7: WEEK_AGO}, dim_consent=granted(EVERYBODY), purchase_probability=likely
    )
    assert members(tables) == {"ann": (True, None, None, None)}


def test_a_landed_row_replaces_a_shipped_audience_or_ends_it(tmp_path: Path) -> None:
    from ml.audiences.membership.definitions import defined
    from ml.audiences.membership.shipped import SHIPPED

    landed = audiences(
        {"audience_id": "newcomers", "condition": "days_since_first_purchase < 9", "name_en": "New"},
        {"audience_id": "best_customers", "condition": "revenue_365d > 9", "is_enabled": False},
    )
    names = [each.audience_id for each in SHIPPED]
    found = {each.audience_id: each for each in defined(landed, SHIPPED)}
    assert set(found) == set(names) - {"best_customers"}
    assert (found["newcomers"].name.en, found["newcomers"].text) == ("New", "days_since_first_purchase < 9")
    assert 4 <= len(names) == len(set(names))


def test_every_shipped_condition_is_one(tmp_path: Path) -> None:
    from ml.audiences.conditions.parsing import parse
    from ml.audiences.conditions.vocabulary import Vocabulary, columns_of
    from ml.audiences.membership.shipped import SHIPPED
    from ml.audiences.shoppers import known_columns

    vocabulary = Vocabulary(columns_of(known_columns().values()))
    texts = [each.condition for each in SHIPPED if each.condition]
    assert len(texts) >= 4 and all(parse(text, vocabulary).columns for text in texts)
