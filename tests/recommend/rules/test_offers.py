"""What a shelf may show is worked out once per day, whichever shards ask."""

from __future__ import annotations

import polars as pl
import pytest

from ml.recommend.core.interactions import Items
from ml.recommend.core.request import Request
from ml.recommend.rules import offers as module
from ml.recommend.rules.offers import offers
from ml.recommend.rules.rule_set import Rule, RuleSet
from tests.recommend.conftest import AS_OF
from tests.recommend.rules.conftest import SHOP, USERS, K, Lists

RULES = (
    Rule("a_cap", "cap", item_field="item_category", amount=3.0),
    Rule("consent", "consent", item_field="item_category", item_value="c1", purpose="health"),
    Rule("excluded", "exclude", item_field="item_category", item_value="c2"),
    Rule("pinned", "pin", placement="for_you", item_field="item_id", item_value="new1", shelf_position=2),
    Rule("quota", "promote", item_field="item_category", item_value="c3", amount=0.3),
)


def rule_set(*rules: Rule) -> RuleSet:
    consents = pl.DataFrame({"user_id": USERS[::2], "purpose": "health", "is_granted": True})
    return RuleSet(rules, AS_OF, consents=consents)


def asked(items: Items, users: list[str]) -> Request:
    return Request(users, SHOP, items, AS_OF, K)


def test_shards_are_offered_the_same_objects_and_a_second_shard_encodes_no_catalogue(
    items: Items, lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules, made = rule_set(*RULES), []
    monkeypatch.setattr(module, "Items", lambda frame: made.append(len(frame)) or Items(frame))
    first = lists(users=USERS[:12], rule_set=rules)
    assert len(made) == 6, "two audiences, each with its pinned item and a quota's members"
    second = lists(users=USERS[12:], rule_set=rules)
    assert len(made) == 6
    assert pl.concat([first, second]).equals(lists(rule_set=rule_set(*RULES)))
    shards = [
        [offer for _, offer in offers(rules, "for_you", asked(items, users))] for users in (USERS[:12], USERS[12:])
    ]
    assert shards[0] == shards[1] and len(shards[0]) == 2


def test_who_gave_no_consent_is_offered_less_and_everybody_is_offered_something(items: Items) -> None:
    found = list(offers(rule_set(*RULES), "for_you", asked(items, USERS)))
    assert sorted(user for members, _ in found for user in members) == USERS
    without = {len(offer.items.frame.filter(pl.col("item_category") == "c1")): members for members, offer in found}
    assert without.pop(0) == USERS[1::2]
    assert list(without.values()) == [USERS[::2]]
    assert not any("c2" in offer.items.frame["item_category"] for _, offer in found)


def test_rules_that_take_nothing_away_leave_the_days_own_catalogue(items: Items) -> None:
    ((users, offer),) = offers(rule_set(RULES[0]), "for_you", asked(items, USERS))
    assert users == USERS and offer.items is items
    ((_, narrowed),) = offers(rule_set(RULES[2]), "for_you", asked(items, USERS))
    assert narrowed.items is not items and len(narrowed.items.frame) < len(items.frame)
