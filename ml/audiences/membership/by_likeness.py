"""Look-alikes: the shoppers most like those of a list, by profile, predictions and tags.

Every feature is scaled to its percentile among D's shoppers (-1 to 1), so that one bulk buyer moves nothing. A score
is the mean over features of the log likelihood ratio of a normal distribution around the list's mean with the list's
variance, against everybody's; both are shrunken towards everybody's, as a list of five tells little. Whole numbers
throughout: the same lists give the same order wherever they are computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.conditions.names import column_words
from ml.audiences.membership.chosen import SCORED, Chosen, allowed, top_of
from ml.audiences.membership.definitions import Definition
from ml.audiences.shoppers import TODAY
from ml.tables import Col
from ml.words import Language, Words, said

LEAST_SEEDS: Final = 5
_UNIT: Final = 1000
"""Of scaled features and of weights: they are whole thousandths."""
_SHRINKAGE: Final = 10
"""Shoppers of everybody's kind that are added to the list before its mean and variance are taken."""
_SPREAD: Final = 1 / 3
"""Variance of a percentile from -1 to 1."""
_BLOCK: Final = 20_000
"""Shoppers that are scored at once: a large shop's points lie there small."""
_TOLD: Final = 2
_DECIMALS: Final = 4
_LIKE: Final = Words("like the list in {}", "与名单相似：{}")
_UNLIKE: Final = Words("less like the list than others: {}", "与名单的相似度低于他人：{}")
_UNKNOWN: Final = Words("{} unknown", "{}未知")
_WITHOUT: Final = Words("not {}", "非{}")
_BETWEEN: Final = Words(" and ", "、")

Whole: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Points: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.int16]]


@dataclass(frozen=True, eq=False)
class Space:
    """The shoppers as points: a whole number of thousandths per feature. All look-alikes of a day share one.

    Attributes:
        shoppers: by number of days before D: ``user_id`` and the features, numbers or flags; flags of tags among them.
        names: of the features, for people.
    """

    shoppers: Mapping[int, pl.DataFrame]
    names: Mapping[str, Words]
    _points: dict[int, Points] = field(default_factory=dict)

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Those that tell shoppers of D apart, by name."""
        today = self.shoppers[TODAY]
        named = [name for name in today.columns if name != Col.user_id]
        return tuple(name for name in named if today[name].drop_nulls().n_unique() > 1)

    def points(self, days: int) -> Points:
        """A row per shopper of that day, by D's percentiles; an unknown value is in the middle."""
        if days not in self._points:
            shoppers, today = self.shoppers[days], self.shoppers[TODAY]
            placed = [_percentile(shoppers[name], today[name]) for name in self.features]
            self._points[days] = np.stack(placed, axis=1) if placed else np.zeros((len(shoppers), 0), dtype=np.int16)
        return self._points[days]


@dataclass(frozen=True, eq=False)
class ByLikeness:
    """The shoppers most like those of a list, who are left out themselves.

    Attributes:
        seeds: ``user_id`` of the list.
    """

    definition: Definition
    seeds: pl.Series
    space: Space
    among: Chosen | None = None
    asked: frozenset[str] = frozenset()

    @property
    def withheld(self) -> str:
        """That the list is too short."""
        known = int(self._is_seed.sum())
        return "" if known >= LEAST_SEEDS else f"its list has {known} known shoppers; at least {LEAST_SEEDS} are needed"

    def fits(self, days: int) -> pl.DataFrame | None:
        """As many as ``top_share`` of that day's shoppers, those most like the list as it is on D."""
        if days == TODAY:
            return self._today
        only = allowed(self.among, days)
        is_unknown = days not in self.space.shoppers or self.withheld or (self.among and only is None)
        return None if is_unknown else self._most_like(days)

    def reasons(self, users: pl.Series) -> pl.DataFrame:
        """The features that speak most for the likeness, or against it; of who may be no member, why not."""
        if self.among is not None and (only := allowed(self.among, TODAY)) is not None:
            is_allowed = users.is_in(only.implode())
            return pl.concat([self._likeness(users.filter(is_allowed)), self.among.reasons(users.filter(~is_allowed))])
        return self._likeness(users)

    def _likeness(self, users: pl.Series) -> pl.DataFrame:
        shoppers = self.space.shoppers[TODAY]
        chosen = shoppers[Col.user_id].is_in(users.implode())
        rows, ratios = shoppers.filter(chosen), self._ratios(self.space.points(TODAY)[chosen.to_numpy()])
        is_like = rows[Col.user_id].is_in(self._today[Col.user_id].implode()).to_list()
        signed = np.where(np.array(is_like, dtype=bool)[:, None], -ratios, ratios)
        order = np.argsort(signed, axis=1, kind="stable")[:, :_TOLD].tolist()
        told = list(zip(is_like, order, strict=True))
        return rows.select(
            Col.user_id,
            pl.Series(Aud.reason_en, self._told(rows, told, "en"), pl.String),
            pl.Series(Aud.reason_zh, self._told(rows, told, "zh"), pl.String),
        )

    @cached_property
    def _today(self) -> pl.DataFrame:
        return self._most_like(TODAY)

    @cached_property
    def _is_seed(self) -> pl.Series:
        return self.space.shoppers[TODAY][Col.user_id].is_in(self.seeds.implode())

    @cached_property
    def _weights(self) -> tuple[Whole, Whole, Whole]:
        """Per feature the constant, the linear and the square term of the ratio, in thousandths."""
        seeds = self.space.points(TODAY)[self._is_seed.to_numpy()].astype(np.float64) / _UNIT
        mean = seeds.sum(axis=0) / (len(seeds) + _SHRINKAGE)
        square = (np.square(seeds).sum(axis=0) + _SHRINKAGE * _SPREAD) / (len(seeds) + _SHRINKAGE)
        variance = np.maximum(square - np.square(mean), _SPREAD / 10)
        constant = 0.5 * np.log(_SPREAD / variance) - np.square(mean) / (2 * variance)
        terms = (constant, mean / variance, 1 / (2 * _SPREAD) - 1 / (2 * variance))
        weights = [np.round(_UNIT * term).astype(np.int64) for term in terms]
        return weights[0], weights[1], weights[2]

    def _ratios(self, points: Points) -> Whole:
        """Per shopper and feature the log likelihood ratio, in billionths."""
        constant, linear, square = self._weights
        whole = points.astype(np.int64)
        ratios: Whole = constant * _UNIT**2 + linear * _UNIT * whole + square * whole**2
        return ratios

    def _scored(self, shoppers: pl.DataFrame, points: Points) -> pl.DataFrame:
        blocks = [self._ratios(points[start : start + _BLOCK]).sum(axis=1) for start in range(0, len(points), _BLOCK)]
        summed = np.concatenate(blocks) if blocks else np.zeros(0, dtype=np.int64)
        mean = pl.Series(Col.score, summed) / (_UNIT**3 * max(points.shape[1], 1))
        return shoppers.select(Col.user_id, mean.round(_DECIMALS).alias(Col.score))

    def _most_like(self, days: int) -> pl.DataFrame:
        if self.withheld:
            return pl.DataFrame(schema=SCORED)
        shoppers = self.space.shoppers[days]
        scored = self._scored(shoppers, self.space.points(days)).filter(
            ~pl.col(Col.user_id).is_in(self.seeds.implode())
        )
        only = allowed(self.among, days)
        if only is not None:
            scored = scored.filter(pl.col(Col.user_id).is_in(only.implode()))
        ordered = scored.filter(pl.col(Col.score) > 0).sort(-pl.col(Col.score), Col.user_id)
        return ordered.head(top_of(self.definition.top_share, len(shoppers)))

    def _told(self, rows: pl.DataFrame, order: Sequence[tuple[bool, list[int]]], language: Language) -> list[str]:
        names = [said(self.space.names.get(name, column_words(name)), language) for name in self.space.features]
        values = [rows[name].to_list() for name in self.space.features]
        lists = [
            said(_BETWEEN, language).join(
                _named(names[feature], values[feature][row], language) for feature in features
            )
            for row, (_, features) in enumerate(order)
        ]
        frames = [said(_LIKE if is_like else _UNLIKE, language) for is_like, _ in order]
        return [frame.format(told) for frame, told in zip(frames, lists, strict=True)]


def _percentile(values: pl.Series, today: pl.Series) -> Points:
    """From -1000, less than everybody's on D, to 1000, more; ties in the middle of theirs."""
    known = np.sort(today.drop_nulls().cast(pl.Float64).to_numpy())
    asked = values.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    below, up_to = np.searchsorted(known, asked, side="left"), np.searchsorted(known, asked, side="right")
    placed = (_UNIT * (below + up_to - len(known))) // max(len(known), 1)
    return np.where(np.isnan(asked), 0, placed).astype(np.int16)


def _named(name: str, value: object, language: Language) -> str:
    if value is None or value is False:
        return said(_UNKNOWN if value is None else _WITHOUT, language).format(name)
    return name if value is True else f"{name} {float(str(value)):.4g}"
