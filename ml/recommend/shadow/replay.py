"""Replay: a policy's shelves of past days against what shoppers then bought, beside those that were shown.

Shoppers saw what was shown, and bought some of it because they saw it. So a replay favours what was shown; a policy
that does as well has little to fear, one that does worse need not be worse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from ml.errors import ShadowRefused
from ml.publish import pointer
from ml.publish.readers import version_of_day
from ml.recommend.capability import RECOMMEND
from ml.recommend.evaluation.comparison import bootstrap_intervals
from ml.recommend.evaluation.groups import ACTIVITY, BANDS, COLD, SEGMENT
from ml.recommend.evaluation.settings import Terms
from ml.recommend.history import history_of
from ml.recommend.shadow.days import day_under
from ml.recommend.shadow.outcomes import BOUGHT_BEFORE, FIGURES, POLICY, SHOWN, Outcome, figure, outcome
from ml.recommend.shadow.policies import chosen_policy
from ml.settings import Settings
from ml.shadow import snapshot_of_day
from ml.tables import Col

TOTAL, DAY = "total", "day"
LEAST: Final = 10
_PLACES: Final = {name: place for place, name in enumerate((COLD, *BANDS.values()))}
"""Bands of activity by activity; segments come after, by name."""
DECIMALS: Final = dict(zip(FIGURES, (4, 4, 2), strict=True))
"""With which each figure is told."""


@dataclass(frozen=True)
class Figure:
    """One figure of a group of shoppers, on average.

    Attributes:
        by, group: TOTAL, or DAY and which; or of the groups of ``ml.recommend.evaluation.groups``. Shoppers who had
            bought nothing before are a group of those, and in nothing else.
        shoppers: who bought something that counts.
        shown, policy: means per shopper and day, of what was shown and of the policy's shelves.
        gain: of the policy, paired by shopper; low and high are its 95 % bootstrap interval, None for fewer shoppers
            than ``LEAST``, who say nothing of others.
    """

    placement: str
    by: str
    group: str
    shoppers: int
    name: str
    shown: float
    policy: float
    gain: float
    low: float | None
    high: float | None


@dataclass(frozen=True, eq=False)
class Replay:
    """A policy over some days; ``left_out`` are those after which no purchase has landed, or which lack a version."""

    policy: str
    horizon: int
    outcomes: tuple[Outcome, ...]
    left_out: tuple[date, ...]
    figures: tuple[Figure, ...]


def replay(settings: Settings, policy: str, days: Sequence[date], horizon: int, *, holder: str = "shelduck") -> Replay:
    """Compare the policy's shelves of ``days`` with those that were shown.

    Args:
        policy: see ``ml.recommend.shadow.policies``; what it would have shown is computed where it is not there.
        horizon: so many days after each day purchases count, or as many as have landed.

    Raises:
        ShadowRefused: the policy knows the future of a day, or none of the days is published and has a day after it.
        ModelMissing: there is no such version.
    """
    chosen = chosen_policy(settings, policy)
    chosen.require_known_on(min(days))
    newest = pointer.newest(settings, RECOMMEND)
    before = [day for day in days if newest and day < newest.as_of]
    usable = [day for day in before if version_of_day(settings, RECOMMEND, day)]
    if newest is None or not usable:
        raise _nothing_after(days)
    later = history_of(snapshot_of_day(settings, RECOMMEND, newest.as_of, holder))
    outcomes = []
    for day in usable:
        shown = version_of_day(settings, RECOMMEND, day)
        assert shown is not None
        known = snapshot_of_day(settings, RECOMMEND, day, holder)
        length = min(horizon, (newest.as_of - day).days)
        versions = shown, day_under(settings, policy, day, holder=holder)
        outcomes.append(outcome(known, later, length, Terms.of(settings), versions))
    left_out = tuple(day for day in days if day not in usable)
    return Replay(str(chosen), horizon, tuple(outcomes), left_out, tuple(figures(outcomes)))


def has_later_day(settings: Settings, days: Sequence[date]) -> bool:
    """Whether a day after one of these is published, so that there is something to compare with."""
    newest = pointer.newest(settings, RECOMMEND)
    return newest is not None and min(days) < newest.as_of


def figures(outcomes: Sequence[Outcome]) -> Iterator[Figure]:
    """By placement: in total, by day, by activity, by segment."""
    everybody = pl.concat(each.shoppers.with_columns(pl.lit(each.as_of).alias(DAY)) for each in outcomes)
    for (placement,), of_it in everybody.partition_by(Col.placement, as_dict=True, maintain_order=True).items():
        known = of_it.filter(BOUGHT_BEFORE)
        yield from _paired(known, str(placement), TOTAL, "")
        for (day,), rows in known.partition_by(DAY, as_dict=True, maintain_order=True).items():
            yield from _paired(rows, str(placement), DAY, str(day))
        for name in (ACTIVITY, SEGMENT):
            groups = {str(group): rows for (group,), rows in of_it.partition_by(name, as_dict=True).items()}
            for group in sorted(groups, key=lambda each: (_PLACES.get(each, len(_PLACES)), each)):
                yield from _paired(groups[group], str(placement), name, group)


def _paired(rows: pl.DataFrame, placement: str, by: str, group: str) -> Iterator[Figure]:
    """The figures of these rows of shoppers and days: a mean is over a day's shoppers, then over days."""
    if rows.is_empty():
        return
    users, days = rows[Col.user_id].unique().sort(), rows[DAY].unique().sort()
    places = users.search_sorted(rows[Col.user_id]).to_numpy(), days.search_sorted(rows[DAY]).to_numpy()
    gains = np.full((len(users), len(days), len(FIGURES)), np.nan)
    for number, name in enumerate(FIGURES):
        gains[(*places, number)] = (rows[figure(name, POLICY)] - rows[figure(name, SHOWN)]).to_numpy()
    means, nothing = _means(rows), [(None, None)] * len(FIGURES)
    for name, interval in zip(FIGURES, bootstrap_intervals(gains) if len(users) >= LEAST else nothing, strict=True):
        shown, policy = (means[figure(name, side)] for side in (SHOWN, POLICY))
        yield Figure(placement, by, group, len(users), name, shown, policy, policy - shown, *interval)


def _means(rows: pl.DataFrame) -> dict[str, float]:
    columns = [figure(name, side) for name in FIGURES for side in (SHOWN, POLICY)]
    by_day = rows.sort(Col.user_id).group_by(DAY, maintain_order=True).agg(pl.col(columns).mean()).sort(DAY)
    found: dict[str, float] = by_day.select(pl.col(columns).mean()).row(0, named=True)
    return found


def _nothing_after(days: Sequence[date]) -> ShadowRefused:
    span = f"{days[0]}" if len(days) == 1 else f"{days[0]} to {days[-1]}"
    later = max(days) + timedelta(days=1)
    return ShadowRefused(
        f"replay of {span}",
        expected="a published day, and a later one that tells what was bought after it",
        found="none",
        remedy=f"Run: shelduck run --as-of {later} --capability {RECOMMEND.name}",
    )
