"""What a training measured of each placement's recipe beside the one that it would replace, on the same shoppers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict

from ml.recommend.evaluation.comparison import METRIC, Panel
from ml.recommend.evaluation.groups import ACTIVITY, SEGMENT
from ml.recommend.evaluation.judge import Evaluation, Judged
from ml.recommend.evaluation.metrics import at
from ml.recommend.evaluation.settings import COLD
from ml.recommend.selection import Selection
from ml.tables import Col

FILE: Final = "pairs.json"
"""Artifact of a training's run."""
EVERYBODY: Final = "everybody"
DEPTH: Final = 10
COVERAGE, POPULARITY = at("coverage", DEPTH), at("popularity", DEPTH)
_SECONDS: Final = "score_cpu_seconds"


class Pair(BaseModel):
    """One figure of the recipe before and of the recipe after, over a group of shoppers.

    Attributes:
        by: what the shoppers are grouped by; EVERYBODY and COLD have no groups.
        low, high: the 95 % bootstrap interval of the mean paired difference; p: of the sign-flip test, of this pair
            alone.
    """

    model_config = ConfigDict(frozen=True)
    by: str
    group: str
    shoppers: int
    before: float
    after: float
    low: float
    high: float
    p: float


class Replaced(BaseModel):
    """A placement's recipe and the one before it; without one, or where they are the same, there are no pairs.

    Attributes:
        figures: COVERAGE and POPULARITY before and after, on average over the origins.
        seconds: of the processor to score the evaluation's shoppers, before and after; shown, not judged.
    """

    model_config = ConfigDict(frozen=True)
    placement: str
    before: str | None
    after: str
    pairs: tuple[Pair, ...] = ()
    figures: Mapping[str, tuple[float, float]] = {}
    seconds: tuple[float, float] | None = None


def replaced(results: Mapping[str, Sequence[Evaluation]], selections: Sequence[Selection]) -> list[Replaced]:
    """What a review needs of each placement's choice, from everything that the training judged.

    Args:
        results: by recipe, its evaluation at each origin.
    """
    return [_replaced(results, selection) for selection in selections]


def _replaced(results: Mapping[str, Sequence[Evaluation]], made: Selection) -> Replaced:
    before, after, placement = made.incumbent, made.recipe, made.placement
    able = {name for name, found in results.items() if all(placement in each.published for each in found)}
    if before is None or before == after or not {before, after} <= able:
        return Replaced(placement=placement, before=before, after=after)
    published = {name: [each.published[placement] for each in results[name]] for name in (before, after)}
    cold = {name: [each.judged[COLD] for each in results[name] if COLD in each.judged] for name in (before, after)}
    pairs = [*_pair(published, EVERYBODY, ""), *_grouped(published), *_pair(cold, COLD, "")]
    figures = {name: _means(published, name) for name in (COVERAGE, POPULARITY)}
    seconds = [min(each.cost.get(_SECONDS, 0.0) for each in results[name]) for name in (before, after)]
    return Replaced(
        placement=placement,
        before=before,
        after=after,
        pairs=tuple(pairs),
        figures=figures,
        seconds=(seconds[0], seconds[1]),
    )


def _grouped(judged: Mapping[str, Sequence[Judged]]) -> Iterator[Pair]:
    known = pl.concat([each.groups for each in next(iter(judged.values()))])
    for by in (ACTIVITY, SEGMENT):
        for group in known[by].unique().sort():
            within = {name: [_within(each, by, group) for each in found] for name, found in judged.items()}
            yield from _pair(within, by, group)


def _within(judged: Judged, by: str, group: str) -> Judged:
    members = judged.groups.filter(pl.col(by) == group)
    return replace(judged, per_user=judged.per_user.join(members, on=Col.user_id, how="semi"))


def _pair(judged: Mapping[str, Sequence[Judged]], by: str, group: str) -> Iterator[Pair]:
    """None where nobody was judged."""
    panel = Panel.of_judged(judged, METRIC)
    if not panel.scores.size:
        return
    before, after = panel.names
    found = panel.differences(before)[after]
    yield Pair(
        by=by,
        group=group,
        shoppers=len(panel.scores),
        before=panel.means[before],
        after=panel.means[after],
        low=found.low,
        high=found.high,
        p=found.p,
    )


def _means(judged: Mapping[str, Sequence[Judged]], figure: str) -> tuple[float, float]:
    before, after = (float(np.mean([each.summary[figure] for each in found])) for found in judged.values())
    return before, after
