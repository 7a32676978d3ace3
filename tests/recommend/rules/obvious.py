"""The rules of a list as one would write them for a single shopper, without a thought for speed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log2
from typing import Any

from ml.recommend.rules.rule_set import Rule

Row = dict[str, Any]


@dataclass
class Shopper:
    """Ranked candidates (best first) and the catalogue's rows by item_id."""

    ranked: Sequence[str]
    catalogue: dict[str, Row]

    def shelf(self, rules: Sequence[Rule], k: int) -> list[str]:
        """The items of the list, in order, under caps, quotas, pins and diversity."""
        shelf: list[str | None] = [None] * k
        for rule in sorted(
            (rule for rule in rules if rule.rule_type == "pin"), key=lambda r: (r.shelf_position, r.rule_id)
        ):
            place = rule.shelf_position - 1
            if shelf[place] is None and rule.item_value in self._free(rules, shelf):
                shelf[place] = rule.item_value
        for place in range(k):
            if shelf[place] is None:
                shelf[place] = self._choice(rules, shelf, place)
        return [item for item in shelf if item]

    def _choice(self, rules: Sequence[Rule], shelf: list[str | None], place: int) -> str | None:
        allowed = self._free(rules, shelf)
        for rule in rules:
            if rule.rule_type == "promote":
                have = sum(self._about(rule, item) for item in shelf[: place + 1] if item)
                members = [item for item in allowed if self._about(rule, item)]
                if have < floor(rule.amount * (place + 1) + 1e-9) and members:
                    allowed = members
        weight = next((rule.amount for rule in rules if rule.rule_type == "diversity"), 1.0)
        chosen = [item for item in shelf if item]

        def value(item: str) -> float:
            alike = max((self._alike(item, other) for other in chosen), default=0.0)
            return weight / log2(2 + self.ranked.index(item)) - (1 - weight) * alike

        return max(allowed, key=value, default=None)

    def _free(self, rules: Sequence[Rule], shelf: Sequence[str | None]) -> list[str]:
        return [item for item in self.ranked if item not in shelf and self._fits(rules, item, shelf)]

    def _fits(self, rules: Sequence[Rule], item: str, shelf: Sequence[str | None]) -> bool:
        for rule in rules:
            if rule.rule_type == "cap" and self._about(rule, item):
                field = str(rule.item_field)
                same = [
                    other for other in shelf if other and self.catalogue[other][field] == self.catalogue[item][field]
                ]
                if len(same) >= rule.amount:
                    return False
        return True

    def _about(self, rule: Rule, item: str) -> bool:
        value = self.catalogue[item][str(rule.item_field)]
        return value is not None and rule.item_value in (None, value)

    def _alike(self, one: str, other: str) -> float:
        fields = ("item_category", "item_brand")
        pairs = [(self.catalogue[one][field], self.catalogue[other][field]) for field in fields]
        return sum(left == right is not None for left, right in pairs) / len(fields)
