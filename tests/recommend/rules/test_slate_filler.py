"""The lists that rules make, against a slow and obvious version and by what must always hold."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ml.recommend.core.interactions import Items
from ml.recommend.core.protocol import Recommender
from ml.recommend.core.request import Request
from ml.recommend.rules.constraints import DEPTH
from ml.recommend.rules.exploration import seeds_of
from ml.recommend.rules.rerank import relevance_lost
from ml.recommend.rules.rule_set import Rule
from tests.recommend.conftest import AS_OF
from tests.recommend.rules.conftest import SHOP, USERS, K, Lists
from tests.recommend.rules.obvious import Shopper

FIELDS = st.sampled_from(["item_category", "item_brand"])
patient = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def list_rules(draw: st.DrawFn) -> tuple[Rule, ...]:
    """Any mixture of caps, quotas, pins and diversity."""
    rules = [Rule("cap 0", "cap", item_field=draw(FIELDS), amount=float(draw(st.integers(2, 5))))]
    if draw(st.booleans()):
        rules.append(Rule("cap 1", "cap", item_field="item_category", item_value="c1", amount=1.0))
    for number in range(draw(st.integers(0, 2))):
        field, letter = draw(st.sampled_from([("item_category", "c"), ("item_brand", "b")]))
        share = draw(st.sampled_from([0.1, 0.3, 0.5]))
        value = f"{letter}{draw(st.integers(0, 4))}"
        rules.append(Rule(f"quota {number}", "promote", item_field=field, item_value=value, amount=share))
    for number in range(draw(st.integers(0, 3))):
        item, place = f"i{draw(st.integers(0, 59)):02}", draw(st.integers(1, K))
        rules.append(Rule(f"pin {number}", "pin", item_field="item_id", item_value=item, shelf_position=place))
    if draw(st.booleans()):
        rules.append(Rule("mmr", "diversity", amount=draw(st.sampled_from([0.5, 0.7, 0.9]))))
    return tuple(sorted(rules, key=lambda rule: rule.rule_id))


SHORT = (
    Rule("cap 0", "cap", item_field="item_category", amount=2.0),
    Rule("cap 1", "cap", item_field="item_category", item_value="c1", amount=1.0),
    Rule("pin 0", "pin", item_field="item_id", item_value="i01", shelf_position=1),
    Rule("pin 1", "pin", item_field="item_id", item_value="i53", shelf_position=7),
    Rule("quota 0", "promote", item_field="item_category", item_value="c0", amount=0.1),
    Rule("quota 1", "promote", item_field="item_brand", item_value="b3", amount=0.3),
)
"""Caps that leave every list short, so that it is made again of a ranking of all items: another one for a shopper."""


@patient
@given(rules=list_rules())
@example(rules=SHORT)
def test_lists_are_those_of_the_obvious_version(
    lists: Lists, items: Items, model: Recommender, rules: tuple[Rule, ...]
) -> None:
    everything, some = len(items.frame), USERS[:4]
    assert DEPTH * K < everything < DEPTH * DEPTH * K
    catalogue = {row["item_id"]: row for row in items.frame.iter_rows(named=True)}
    brought = _brought_to(some, model, items, rules)
    first, deeper = (_lists(model, Request(some, SHOP, items, AS_OF, depth)) for depth in (DEPTH * K, everything))
    made = lists(*rules, users=some)
    for user in some:
        shelf: list[str] = []
        for known in (first, deeper):
            if len(shelf) < K:
                shelf = Shopper(list(dict.fromkeys(known[user] + brought[user])), catalogue).shelf(rules, K)
        assert made.filter(user_id=user)["item_id"].to_list() == shelf


def _brought_to(users: list[str], model: Recommender, items: Items, rules: tuple[Rule, ...]) -> dict[str, list[str]]:
    """By user, what pins and quotas add to the ranking: the best of each group, then some of it in a drawn order."""
    catalogue = {row["item_id"]: row for row in items.frame.iter_rows(named=True)}
    brought: dict[str, list[str]] = {user: [] for user in users}
    for members, count in _brought(rules, catalogue):
        group = Items(items.frame.filter(pl.col("item_id").is_in(members)))
        own = _lists(model, Request(users, SHOP, group, AS_OF, min(count, len(members))))
        for user, seed in zip(users, seeds_of(AS_OF, "for_you", users), strict=True):
            first = int(seed) % len(members)
            brought[user] += own.get(user, []) + (members[first:] + members[:first])[:count]
    return brought


def _lists(model: Recommender, request: Request) -> dict[str, list[str]]:
    """By user, what ``recommend`` ranks, best first."""
    ranked = model.recommend(request).frame.sort("user_id", "rank")
    return dict(ranked.group_by("user_id", maintain_order=True).agg("item_id").iter_rows())


def _brought(rules: tuple[Rule, ...], catalogue: dict[str, Any]) -> Iterator[tuple[list[str], int]]:
    """Groups of items that pins and quotas bring in, and how many of each."""
    pins = [rule.item_value for rule in rules if rule.rule_type == "pin" and rule.item_value in catalogue]
    if pins:
        yield sorted(set(map(str, pins))), len(pins)
    for rule in rules:
        if rule.rule_type == "promote":
            members = [item for item, row in catalogue.items() if row[str(rule.item_field)] == rule.item_value]
            yield members, 2 * ceil(rule.number * K)


@patient
@given(rules=list_rules(), share=st.sampled_from([0.0, 0.1, 0.4, 1.0]))
def test_caps_hold_items_are_single_and_propensities_are_probabilities(
    lists: Lists, items: Items, rules: tuple[Rule, ...], share: float
) -> None:
    explore = (Rule("explore", "explore", amount=share),) if share else ()
    made = lists(*rules, *explore).join(items.frame, on="item_id")

    assert made.select("user_id", "item_id").is_unique().all()
    ranks = made.sort("user_id", "rank").group_by("user_id", maintain_order=True).agg("rank")["rank"].to_list()
    assert all(each == list(range(1, len(each) + 1)) for each in ranks)
    assert made["propensity"].is_between(0, 1, closed="right").all()
    assert (made.filter(~pl.col("rules_applied").list.contains("explore"))["propensity"] == 1).all()
    for rule in rules:
        if rule.rule_type == "cap":
            about = made if rule.item_value is None else made.filter(pl.col(str(rule.item_field)) == rule.item_value)
            counted = about.drop_nulls(str(rule.item_field)).group_by("user_id", str(rule.item_field)).len()
            assert (counted["len"] <= rule.amount).all()


def test_a_pinned_item_stands_at_its_place_on_every_shelf_that_may_show_it(lists: Lists) -> None:
    pin = Rule("pin", "pin", item_field="item_id", item_value="i07", shelf_position=3)
    assert lists(pin).filter(item_id="i07").select("rank").to_series().to_list() == [3] * len(USERS)

    discover = lists(pin, placement="discover", exclude_seen=True)
    buyers = set(SHOP.frame.filter(item_id="i07")["user_id"])
    shown = set(discover.filter(item_id="i07")["user_id"])
    assert shown == set(USERS) - buyers and shown and buyers
    assert set(discover.filter(item_id="i07")["rank"]) == {3}


def test_of_two_pins_at_one_place_the_first_by_name_counts(lists: Lists) -> None:
    pins = [Rule(f"pin {n}", "pin", item_field="item_id", item_value=f"new{n}", shelf_position=1) for n in (1, 2)]
    assert set(lists(*pins).filter(rank=1)["item_id"]) == {"new1"}


def test_a_share_holds_in_every_beginning_of_the_list_while_members_last(lists: Lists, items: Items) -> None:
    made = lists(Rule("promote", "promote", item_field="item_category", item_value="c3", amount=0.3))
    member = made.join(items.frame, on="item_id", how="left", maintain_order="left")["item_category"] == "c3"
    so_far = made.with_columns(member.cast(pl.Int64).alias("member")).with_columns(
        pl.col("member").cum_sum().over("user_id")
    )
    owed = (0.3 * so_far["rank"] + 1e-9).floor().cast(pl.Int64)
    assert (so_far["member"] >= owed).all()
    assert made.filter(pl.col("rules_applied").list.contains("promote")).height > 0


def test_newcomers_get_their_share_although_nobody_bought_them(lists: Lists) -> None:
    made = lists(Rule("fresh", "fresh", amount=0.2, window_days=7))
    fresh = made.filter(pl.col("item_id").str.starts_with("new"))
    assert fresh.group_by("user_id").len()["len"].to_list() == [2] * len(USERS)
    assert fresh["rules_applied"].to_list() == [["fresh"]] * len(fresh)
    assert fresh["rank_before_rules"].null_count() > 0


def test_diversity_reports_what_it_costs_and_costs_more_the_more_is_asked(lists: Lists, items: Items) -> None:
    def measured(weight: float) -> tuple[float, float]:
        made = lists(Rule("mmr", "diversity", amount=weight)).with_columns(placement=pl.lit("for_you"))
        categories = made.join(items.frame, on="item_id").group_by("user_id").agg(pl.col("item_category").n_unique())
        return float(relevance_lost(made)["for_you"]), float(categories["item_category"].mean())  # type: ignore[arg-type]

    losses, varieties = zip(*(measured(weight) for weight in (0.9999, 0.8, 0.3)), strict=True)
    assert losses[0] == 0 < losses[1] < losses[2] < 1
    assert varieties[0] < varieties[2]


def test_the_loss_of_a_list_is_computed_by_hand() -> None:
    rows = pl.DataFrame(
        {"placement": "for_you", "user_id": "u", "rank": [1, 2, 3], "rank_before_rules": [2, None, 1]},
        schema_overrides={"rank": pl.Int32, "rank_before_rules": pl.Int32},
    )
    possible = 1 + 0.6309297536 + 0.5
    assert relevance_lost(rows) == {"for_you": pytest.approx(1 - 1.6309297536 / possible, abs=1e-6)}


def test_a_list_that_a_cap_left_short_is_filled_from_a_longer_ranking(lists: Lists, items: Items) -> None:
    """Of four places two may hold what the first 20 ranks hold; the ten items sold least fill the others."""
    sold = SHOP.frame.group_by("item_id").agg(pl.col("purchases").sum()).sort("purchases", "item_id")
    rare = sold["item_id"].head(10)
    kind = pl.when(pl.col("item_id").is_in(rare.implode())).then(pl.lit("rare")).otherwise(pl.lit("common"))
    wide = Items(items.frame.with_columns(kind.alias("item_category")))
    made = lists(Rule("cap", "cap", item_field="item_category", amount=2.0), items=wide, k=4)
    assert made.group_by("user_id").len()["len"].to_list() == [4] * len(USERS)
    assert made["rank_before_rules"].max() > DEPTH * 4
