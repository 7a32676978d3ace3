"""Rules that take items away before the ranking: exclusions, lowest prices, consents that are missing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import polars as pl

from ml.recommend.core.interactions import Items
from ml.recommend.rules.rule_set import Rule, RuleSet
from ml.rule_types import PROMOTION, RuleType
from ml.tables import Col

Audience = tuple[list[str], Items]
"""Shoppers, and the items that may be shown to them."""


def concerns(rule: Rule, frame: pl.DataFrame, promoted: pl.Series | None = None) -> pl.Expr:
    """Which rows of a catalogue a rule is about; all of them when it names nothing."""
    if rule.item_field is None:
        return pl.lit(True)
    if rule.item_field == PROMOTION:
        return pl.col(Col.item_id).is_in(
            (promoted if promoted is not None else pl.Series([], dtype=pl.String)).implode()
        )
    if rule.item_field not in frame.columns:
        return pl.lit(False)
    field = pl.col(rule.item_field)
    return (field.is_not_null() if rule.item_value is None else field == rule.item_value).fill_null(False)


def eligible(rules: Sequence[Rule], frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of a catalogue that neither an exclusion nor a lowest price takes away; no price is below any."""
    for rule in rules:
        taken: pl.Expr | None = None
        if rule.rule_type == RuleType.exclude:
            taken = concerns(rule, frame)
        if rule.rule_type == RuleType.min_price:
            price = pl.col(Col.price) if Col.price in frame.columns else pl.lit(None, dtype=pl.Float64)
            taken = concerns(rule, frame) & (price < rule.number).fill_null(True)
        if taken is not None:
            frame = frame.filter(~taken)
    return frame


def audiences(rule_set: RuleSet, rules: Sequence[Rule], users: Sequence[str], items: Items) -> list[Audience]:
    """Shoppers grouped by what may be shown to them; one group where no consent is asked for."""
    frame = eligible(rules, items.frame)
    asked = [rule for rule in rules if rule.rule_type == RuleType.consent]
    if not asked:
        return [(list(users), Items(frame))]
    given = consenting(rule_set.consents)

    def missing(user: str) -> tuple[Any, ...]:
        return tuple(rule.rule_id for rule in asked if (user, rule.purpose) not in given)

    groups = groupby(sorted(users, key=missing), key=missing)
    found = []
    for without, members in groups:
        shown = frame
        for rule in asked:
            shown = shown.filter(~concerns(rule, shown)) if rule.rule_id in without else shown
        found.append((sorted(members), Items(shown)))
    return found


def consenting(consents: pl.DataFrame) -> set[tuple[str, str | None]]:
    """Pairs of shopper and purpose whose last word was yes."""
    granted = consents.filter(pl.col(Col.is_granted)).select(Col.user_id, Col.purpose)
    return set(granted.iter_rows())
