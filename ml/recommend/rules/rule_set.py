"""The business rules in force on a day, and the tables that they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from ml.errors import RestrictionRefused
from ml.rule_types import PROMOTION, RuleType
from ml.tables import Col
from ml.warehouse.slices import DIM_CONSENT, DIM_RULE, FEAT_EXPOSURE, FEAT_ITEM, Tables

_CONSENTS = {Col.user_id: pl.String(), Col.purpose: pl.String(), Col.is_granted: pl.Boolean()}


@dataclass(frozen=True)
class Rule:
    """One row of ``dim_rule`` that is in force; ``docs/rules.md`` says what each column means for each type."""

    rule_id: str
    rule_type: str
    placement: str | None = None
    item_field: str | None = None
    item_value: str | None = None
    amount: float | None = None
    shelf_position: int | None = None
    window_days: int | None = None
    purpose: str | None = None

    @property
    def number(self) -> float:
        """The amount of a rule whose type has one."""
        return self.amount or 0.0


@dataclass(frozen=True, eq=False)
class RuleSet:
    """The rules in force, by rule_id, and the tables that some of them look at.

    Attributes:
        rules: what the shelves of the day follow.
        as_of: the day D; it seeds what is drawn.
        exposure: a frame of ``feat_exposure``: what was shown to whom, by the shop's own log.
        consents: user_id, purpose, is_granted.
        promoted: ids of the items that a landed promotion names for the coming week.
        offers: what ``offers.py`` has made of these rules so far, kept as long as they are.
    """

    rules: tuple[Rule, ...]
    as_of: date
    exposure: pl.DataFrame = field(default_factory=pl.DataFrame)
    consents: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_CONSENTS))
    promoted: pl.Series = field(default_factory=lambda: pl.Series(Col.item_id, [], dtype=pl.String))
    offers: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, day: Tables) -> RuleSet:
        """The rules in force on a slice's shelves; reads the other tables only where a rule needs them."""
        rules = rules_in_force(day.table(DIM_RULE))
        types = {rule.rule_type for rule in rules}
        known: dict[str, Any] = {}
        if RuleType.fatigue in types:
            known["exposure"] = day.table(FEAT_EXPOSURE)
        if RuleType.consent in types:
            known["consents"] = day.table(DIM_CONSENT)
        if any(rule.item_field == PROMOTION for rule in rules):
            known["promoted"] = day.table(FEAT_ITEM).filter(pl.col(Col.is_promoted_next_7d))[Col.item_id]
        return cls(rules, day.as_of, **known)

    def require_placements(self, names: Sequence[str]) -> None:
        """Refuse a rule about a placement that the shop does not have: it would restrict nothing.

        Raises:
            RestrictionRefused: names the rules.
        """
        lost = [rule for rule in self.rules if rule.placement is not None and rule.placement not in names]
        if lost:
            raise RestrictionRefused(
                f"{', '.join(f'rule {rule.rule_id}' for rule in lost)} of {self.as_of}",
                expected=f"a placement of SHELDUCK_PLACEMENTS ({', '.join(names)})",
                found=", ".join(sorted({str(rule.placement) for rule in lost})),
                remedy="Land the rule again with a placement of the shop, or with enabled false",
            )

    def on(self, placement: str) -> tuple[Rule, ...]:
        """The rules of one shelf, by rule_id."""
        return tuple(rule for rule in self.rules if rule.placement in (None, placement))

    @cached_property
    def given(self) -> set[tuple[str, str | None]]:
        """Pairs of shopper and purpose whose last word was yes."""
        granted = self.consents.filter(pl.col(Col.is_granted)).select(Col.user_id, Col.purpose)
        return set(granted.iter_rows())

    @property
    def content(self) -> tuple[dict[str, Any], ...]:
        """The rules as plain values, for the policy's hash and the manifest; empty columns are left out."""
        return tuple({name: value for name, value in asdict(rule).items() if value is not None} for rule in self.rules)

    @property
    def mode(self) -> str:
        """``explore`` where some shelf has places that are drawn, else ``exploit``."""
        return "explore" if any(rule.rule_type == RuleType.explore for rule in self.rules) else "exploit"


def rules_in_force(dim_rule: pl.DataFrame) -> tuple[Rule, ...]:
    """The rules of a frame of ``dim_rule`` that are in force, by rule_id."""
    columns = [each.name for each in fields(Rule)]
    in_force = dim_rule.filter(pl.col(Col.is_in_force)).select(columns).sort(Col.rule_id)
    return tuple(Rule(**row) for row in in_force.iter_rows(named=True))
