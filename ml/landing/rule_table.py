"""The contract's table of business rules: what a shop wants of its shelves after the ranking."""

from __future__ import annotations

from typing import Final

from ml.landing.schema import Column, Kind, LandingTable, Rule, Type, identifier, number, place, text
from ml.placements import PLACEMENT_NAME
from ml.rule_types import ITEM_FIELDS, PROMOTION, RULE_TYPES, SHOWN_DAYS, RuleType
from ml.tables import Col

_DAYS = ", ".join(map(str, SHOWN_DAYS))


def _of(*types: str) -> str:
    return f"rule_type in ({', '.join(repr(name) for name in types)})"


def _unless(types: tuple[str, ...], column: str, holds: str, reason: str, remedy: str) -> Rule:
    """A rule of one of these types is refused unless ``holds``; a missing value holds nothing."""
    return Rule(column, f"{_of(*types)} and not coalesce({holds}, false)", reason, remedy)


RULES: Final = LandingTable(
    "rules",
    Kind.ENTITY,
    ("rule_id",),
    (
        identifier("rule_id", "name of the rule", required=True),
        text("rule_type", "what the rule does", required=True, one_of=RULE_TYPES),
        text("placement", "placement for which the rule holds, of SHELDUCK_PLACEMENTS; absent means all"),
        text("item_field", "column of items by which the rule chooses items, or promotion", one_of=ITEM_FIELDS),
        text("item_value", "value of that column for which the rule holds, as the catalogue spells it"),
        number("amount", "limit, share or weight: docs/rules.md says which, by rule_type", "as rule_type says"),
        place("shelf_position", "for pin: place on the shelf"),
        Column("window_days", Type.INTEGER, "for fatigue and fresh: how far back it looks", unit="days"),
        text("purpose", "for consent: the purpose that a shopper must have consented to"),
        Column("valid_from", Type.DATE, "first day on which shelves follow it; absent: at once"),
        Column("valid_until", Type.DATE, "last day on which shelves follow it, included; absent: until further notice"),
        Column("enabled", Type.BOOLEAN, "false switches it off; absent means true"),
    ),
    "Business rules of the shelves: one row per rule. A rule ends by valid_until or enabled, never by its absence from "
    "a later file.",
    (
        Rule(
            "placement",
            f"not regexp_full_match(placement, '{PLACEMENT_NAME}')",
            "placement is no placement's name",
            "Write the name as SHELDUCK_PLACEMENTS does, such as for_you",
        ),
        _unless(
            (RuleType.exclude, RuleType.pin, RuleType.consent),
            "item_value",
            f"item_field is not null and item_field <> '{PROMOTION}' and item_value is not null",
            "item_field or item_value is missing",
            "Say what the rule is about, such as item_field item_category and item_value WINE",
        ),
        _unless(
            (RuleType.promote,),
            "item_value",
            f"item_field = '{PROMOTION}' or (item_field is not null and item_value is not null)",
            "what to promote is missing",
            f"Give item_field and item_value, or item_field {PROMOTION} for what the table promotions names",
        ),
        _unless(
            (RuleType.pin,),
            "item_field",
            f"item_field = '{Col.item_id}'",
            "a pin is not of one item",
            "Use item_field item_id",
        ),
        _unless(
            (RuleType.pin,),
            "shelf_position",
            "shelf_position is not null",
            "a pin has no position",
            "Say where, from 1",
        ),
        _unless(
            (RuleType.cap,),
            "item_field",
            f"item_field not in ('{Col.item_id}', '{PROMOTION}')",
            "a cap is of no category or brand",
            "Use item_field item_category, item_category2, item_category3 or item_brand",
        ),
        _unless(
            (RuleType.cap, RuleType.fatigue),
            "amount",
            "amount >= 1 and amount = floor(amount)",
            "amount is no whole number from 1",
            "Write how many items, or showings, are allowed",
        ),
        _unless((RuleType.min_price,), "amount", "amount > 0", "amount is not above zero", "Write the lowest price"),
        _unless(
            (RuleType.promote, RuleType.fresh, RuleType.explore),
            "amount",
            "amount > 0 and amount <= 1",
            "the share is not above 0 and at most 1",
            "Write a share of the places, such as 0.2",
        ),
        _unless(
            (RuleType.diversity,),
            "amount",
            "amount > 0 and amount < 1",
            "lambda is not between 0 and 1",
            "Write the weight of relevance, such as 0.7; nearer 1 changes less",
        ),
        _unless(
            (RuleType.fatigue,),
            "window_days",
            f"window_days in ({_DAYS})",
            f"the window is none of {_DAYS} days",
            f"Use one of {_DAYS}",
        ),
        _unless(
            (RuleType.fresh,),
            "window_days",
            "window_days is not null",
            "window_days is missing",
            "Say how long an item is new",
        ),
        _unless(
            (RuleType.consent,),
            "purpose",
            "purpose is not null",
            "purpose is missing",
            "Name the purpose as the table consents does",
        ),
        Rule(
            "valid_until",
            "valid_until < valid_from",
            "valid_until lies before valid_from",
            "Both days belong to the period; a one-day rule has valid_until = valid_from",
        ),
    ),
    restricts=True,
)
