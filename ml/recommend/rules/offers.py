"""What a shelf may show to whom: the catalogues that rules leave, encoded once per day and shared by all shards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np
import polars as pl

from ml.recommend.core.interactions import Items
from ml.recommend.core.request import Request
from ml.recommend.rules.constraints import Constraints
from ml.recommend.rules.eligibility import concerns, eligible
from ml.recommend.rules.rule_set import Rule, RuleSet
from ml.rule_types import RuleType


@dataclass(frozen=True, eq=False)
class Offer:
    """The items that may stand on a shelf of some shoppers, and what shapes the shelf."""

    items: Items
    constraints: Constraints

    @cached_property
    def brought(self) -> tuple[tuple[Items, int], ...]:
        """Items that rules bring in, and how many of them are ranked for a list: the pinned, then each quota's members.

        Of a quota's members twice what it asks for, because other rules may refuse some.
        """
        frame, constraints = self.items.frame, self.constraints
        wanted = [(frame[sorted({pin.item for pin in constraints.pins})], len(constraints.pins))]
        wanted += [
            (frame.filter(pl.Series(quota.member)), 2 * int(np.ceil(quota.share * constraints.k)))
            for quota in constraints.quotas
        ]
        return tuple((Items(members), count) for members, count in wanted if len(members))


def offers(rule_set: RuleSet, placement: str, request: Request) -> Iterator[tuple[list[str], Offer]]:
    """The request's shoppers grouped by what may be shown to them; one group where no rule asks for a consent."""
    asked = [rule for rule in rule_set.on(placement) if rule.rule_type == RuleType.consent]
    if not asked:
        yield list(request.users), _offer(rule_set, placement, (), request)
        return

    def refused(user: str) -> tuple[str, ...]:
        return tuple(rule.rule_id for rule in asked if (user, rule.purpose) not in rule_set.given)

    for missing, members in groupby(sorted(request.users, key=refused), key=refused):
        yield sorted(members), _offer(rule_set, placement, missing, request)


def _offer(rule_set: RuleSet, placement: str, missing: tuple[str, ...], request: Request) -> Offer:
    """The offer to shoppers without the consents that the rules ``missing`` ask for; one object for all shards."""
    key = (placement, missing, request.items, request.k)
    if key not in rule_set.offers:
        items = _shown(rule_set.on(placement), missing, request.items)
        rule_set.offers[key] = Offer(items, Constraints.of(rule_set, placement, items, request.k))
    offer: Offer = rule_set.offers[key]
    return offer


def _shown(rules: Sequence[Rule], missing: Sequence[str], items: Items) -> Items:
    """``items`` itself where nothing is taken away, so that what is known of it is not made anew."""
    frame = eligible(rules, items.frame)
    for rule in rules:
        if rule.rule_id in missing:
            frame = frame.filter(~concerns(rule, frame))
    return items if len(frame) == len(items.frame) else Items(frame)
