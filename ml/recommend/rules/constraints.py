"""The rules of one placement as arrays over its eligible items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ml.recommend.core.attributes import ATTRIBUTES
from ml.recommend.core.encoding import Ints, Vocabulary
from ml.recommend.core.interactions import Items
from ml.recommend.rules.eligibility import concerns
from ml.recommend.rules.rule_set import Rule, RuleSet
from ml.rule_types import RuleType
from ml.tables import Col

Bools: TypeAlias = NDArray[np.bool_]

DEPTH: Final = 5
"""Factor by which the ranked list is longer than k where a rule chooses among more than the first k items."""
NONE: Final = -1


@dataclass(frozen=True, eq=False)
class Cap:
    """At most ``most`` items of each group; an item of group -1 is not counted."""

    rule_id: str
    group: Ints
    most: int


@dataclass(frozen=True, eq=False)
class Quota:
    """Members hold at least ``share`` of the first n places for every n, as long as members are left."""

    rule_id: str
    member: Bools
    share: float


@dataclass(frozen=True)
class Pin:
    """An item's fixed place, from 0."""

    rule_id: str
    item: int
    place: int


@dataclass(frozen=True, eq=False)
class Diversity:
    """Maximal marginal relevance with ``weight`` on relevance, over the codes of attributes x items (-1: none)."""

    rule_id: str
    weight: float
    attributes: Ints


@dataclass(frozen=True)
class Explore:
    """The last ``places`` places of the list are drawn at random with known probabilities."""

    rule_id: str
    places: int


@dataclass(frozen=True, eq=False)
class Fatigue:
    """Pairs of user_id and item_id that were shown often enough without a click."""

    rule_id: str
    pairs: pl.DataFrame


@dataclass(frozen=True, eq=False)
class Constraints:
    """The constraints on a list of ``k`` items; item codes are positions in the eligible items."""

    k: int
    caps: tuple[Cap, ...] = ()
    quotas: tuple[Quota, ...] = ()
    pins: tuple[Pin, ...] = ()
    fatigues: tuple[Fatigue, ...] = ()
    diversity: Diversity | None = None
    explore: Explore | None = None

    @classmethod
    def of(cls, rule_set: RuleSet, placement: str, items: Items, k: int) -> Constraints:
        """The constraints of a placement. Of several diversity or explore rules the first by rule_id counts."""
        by_type: dict[str, list[Rule]] = {}
        for rule in rule_set.on(placement):
            by_type.setdefault(rule.rule_type, []).append(rule)
        shares = [*by_type.get(RuleType.promote, []), *by_type.get(RuleType.fresh, [])]
        return cls(
            k,
            tuple(_cap(rule, items) for rule in by_type.get(RuleType.cap, [])),
            tuple(_quota(rule_set, rule, items) for rule in sorted(shares, key=lambda rule: rule.rule_id)),
            tuple(_pins(by_type.get(RuleType.pin, []), items, k)),
            tuple(_fatigue(rule_set, rule, placement) for rule in by_type.get(RuleType.fatigue, [])),
            next((_diversity(rule, items) for rule in by_type.get(RuleType.diversity, [])), None),
            next((_explore(rule, k) for rule in by_type.get(RuleType.explore, [])), None),
        )

    @property
    def depth(self) -> int:
        """The number of ranked candidates that are needed per shopper."""
        chooses = self.caps or self.fatigues or self.diversity or self.explore
        return DEPTH * self.k if chooses else self.k

    @property
    def room(self) -> int:
        """The longest list that the caps allow."""
        sizes = [np.bincount(cap.group[cap.group >= 0]) for cap in self.caps]
        rooms = [
            int(np.minimum(size, cap.most).sum() + (cap.group < 0).sum())
            for cap, size in zip(self.caps, sizes, strict=True)
        ]
        return min([self.k, *rooms])


def _cap(rule: Rule, items: Items) -> Cap:
    member = items.frame.with_columns(concerns(rule, items.frame).alias("about"))["about"].to_numpy()
    codes = _codes(items.frame, str(rule.item_field))
    return Cap(rule.rule_id, np.where(member, codes, NONE), int(rule.number))


def _quota(rule_set: RuleSet, rule: Rule, items: Items) -> Quota:
    about = concerns(rule, items.frame, rule_set.promoted)
    if rule.rule_type == RuleType.fresh:
        since = rule_set.as_of - timedelta(days=rule.window_days or 0)
        created = pl.col(Col.created_date) if Col.created_date in items.frame.columns else pl.lit(None, dtype=pl.Date)
        about = about & (created > since).fill_null(False)
    member = items.frame.with_columns(about.alias("about"))["about"].to_numpy()
    return Quota(rule.rule_id, member, rule.number)


def _pins(rules: Sequence[Rule], items: Items, k: int) -> Iterable[Pin]:
    codes = items.vocabulary.codes([str(rule.item_value) for rule in rules])
    found = [
        Pin(rule.rule_id, int(code), (rule.shelf_position or 1) - 1)
        for rule, code in zip(rules, codes, strict=True)
        if code != NONE and (rule.shelf_position or 1) <= k
    ]
    return sorted(found, key=lambda pin: (pin.place, pin.rule_id))


def _fatigue(rule_set: RuleSet, rule: Rule, placement: str) -> Fatigue:
    here = rule_set.exposure.filter(pl.col(Col.placement).is_in([placement, ""]))
    window = f"{rule.window_days}d"
    summed = here.group_by(Col.user_id, Col.item_id).agg(
        pl.col(f"shown_{window}").sum().alias("shown"), pl.col(f"clicked_{window}").sum().alias("clicked")
    )
    tired = summed.filter(pl.col("shown") >= rule.number, pl.col("clicked") == 0)
    return Fatigue(rule.rule_id, tired.select(Col.user_id, Col.item_id))


def _diversity(rule: Rule, items: Items) -> Diversity:
    known = [name for name in ATTRIBUTES if name in items.frame.columns]
    codes = [_codes(items.frame, name) for name in known] or [np.full(len(items.frame), NONE)]
    return Diversity(rule.rule_id, rule.number, np.stack(codes))


def _explore(rule: Rule, k: int) -> Explore:
    return Explore(rule.rule_id, max(1, int(rule.number * k + 1e-9)))


def _codes(frame: pl.DataFrame, column: str) -> Ints:
    """One code per item: equal values of the column have equal codes; -1 for a null or a missing column."""
    if column not in frame.columns:
        return np.full(len(frame), NONE)
    texts = frame[column].cast(pl.String)
    return Vocabulary.of(texts).codes(texts)
