"""Look-alikes of a list: those most like it, never the list itself, and what makes them alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from testkit.audience_days import audiences
from tests.audiences.membership.small_shop import day_of, granted

ALIKE = audiences({"audience_id": "alike", "kind": "look_alike", "top_share": 0.1})
USERS = [f"u{number:03}" for number in range(200)]
PLANTED = USERS[:20]
"""They spend much and have a tag; the others spend anything and seldom have it."""


def day(tmp_path: Path, listed: list[str], **more: pl.DataFrame) -> dict[str, pl.DataFrame]:
    rng = np.random.default_rng(5)
    today = {user: 900 + rng.random() if user in PLANTED else 950 * rng.random() for user in USERS}
    week_ago = {**today, USERS[19]: 1.0}
    seeds = pl.DataFrame({"audience_id": "alike", "user_id": listed, "is_enabled": True})
    held = pl.DataFrame({"tag_id": "wine", "user_id": [*PLANTED, *USERS[50:60]]})
    given = {"dim_audience": ALIKE, "dim_audience_user": seeds, "tags": held, "dim_consent": granted(USERS), **more}
    definitions = given.pop("dim_audience")
    return day_of(tmp_path, definitions, {0: today, 7: week_ago}, **given)


def test_those_like_the_list_are_found_and_the_list_is_left_out(tmp_path: Path) -> None:
    members = day(tmp_path, USERS[:8])["audience_member"].filter("is_member")
    found = set(members["user_id"])
    assert not found & set(USERS[:8])
    assert set(USERS[8:20]) <= found and len(found) <= 20
    assert members["score"].min() > 0
    reasons = dict(members.select("user_id", "reason_en").iter_rows())
    assert reasons["u010"].startswith("like the list in ") and "wine" in reasons["u010"]
    assert members["reason_zh"][0].startswith("与名单相似：")


def test_who_was_like_the_list_a_week_ago_is_judged_by_the_list_as_it_is_now(tmp_path: Path) -> None:
    rows = day(tmp_path, USERS[:8])["audience_member"]
    was = dict(rows.select("user_id", "member_7d").iter_rows())
    assert was["u010"] is not None and any(was.values())
    left = rows.filter(~pl.col("is_member"))
    assert all(reason.startswith("less like the list than others: ") for reason in left["reason_en"])


@pytest.mark.parametrize("unknown", [[], ["stranger"]])
def test_a_list_of_fewer_than_five_known_shoppers_is_withheld(tmp_path: Path, unknown: list[str]) -> None:
    tables = day(tmp_path, [*USERS[:4], *unknown])
    assert tables["audience"]["withheld"].to_list() == ["its list has 4 known shoppers; at least 5 are needed"]
    assert tables["audience_member"].is_empty()


def test_a_shopper_who_was_taken_off_the_list_is_no_seed(tmp_path: Path) -> None:
    seeds = pl.DataFrame(
        {"audience_id": "alike", "user_id": USERS[:9], "is_enabled": [user != USERS[8] for user in USERS[:9]]}
    )
    members = day(tmp_path, [], dim_audience_user=seeds)["audience_member"].filter("is_member")["user_id"]
    assert USERS[8] in set(members) and USERS[7] not in set(members)


def test_a_condition_says_who_may_be_like_the_list(tmp_path: Path) -> None:
    only = audiences(
        {"audience_id": "alike", "kind": "look_alike", "condition": "revenue_365d > 900", "top_share": 1.0}
    )
    members = day(tmp_path, USERS[:8], dim_audience=only)["audience_member"].filter("is_member")["user_id"]
    assert set(USERS[8:20]) <= set(members) < set(USERS)


def test_who_left_because_the_condition_no_longer_holds_is_told_so(tmp_path: Path) -> None:
    only = audiences(
        {"audience_id": "alike", "kind": "look_alike", "condition": "revenue_365d > 900.5", "top_share": 1.0}
    )
    week_ago = {user: 901.0 if user in PLANTED else 10.0 + number for number, user in enumerate(USERS)}
    seeds = pl.DataFrame({"audience_id": "alike", "user_id": USERS[:8], "is_enabled": True})
    given = {"dim_audience_user": seeds, "dim_consent": granted(USERS)}
    tables = day_of(tmp_path, only, {0: {**week_ago, USERS[15]: 900.4}, 7: week_ago}, **given)
    rows = {row["user_id"]: row for row in tables["audience_member"].iter_rows(named=True)}
    assert not rows[USERS[15]]["is_member"] and rows[USERS[15]]["member_7d"]
    assert rows[USERS[15]]["reason_en"] == "revenue in 365 days 900.4 (not above 900.5)"
    assert rows[USERS[16]]["is_member"] and rows[USERS[16]]["reason_en"].startswith("like the list")
