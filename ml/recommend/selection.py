"""Selects a recipe per placement: the incumbent, unless another is significantly better, or as good and much cheaper.

Before the first training the incumbent is what policy 0 serves the placement with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ml.errors import ObjectiveRefused
from ml.placements import Placement
from ml.recommend.evaluation.comparison import METRIC, Difference, Panel
from ml.recommend.evaluation.judge import Evaluation
from ml.recommend.policy import rule_based_recipe

CHOSEN_FOR: Final = "placements"
"""Tag of a training's run: the placements that it chose a recipe for, as JSON."""
MARGIN: Final = 0.01
"""As good: worse than the incumbent by at most this share of its score, at the lower end of the 95 % interval."""
CHEAP: Final = 0.5
"""Much cheaper: at most this share of the incumbent's processor seconds to fit and score…"""
NOISE: Final = 2.0
"""…even if other work on the machine made the incumbent's figure so many times what it is…"""
WORTHWHILE: Final = 5.0
"""…and at least so many seconds less: smaller savings are within the measurement error."""


@dataclass(frozen=True)
class Selection:
    """A placement's recipe, and the evidence for it.

    Attributes:
        gain: mean paired difference of NDCG@10 to the incumbent, per shopper, of the recipe or, when the incumbent
            stays, of its best challenger; None without an incumbent or a challenger.
        low, high: its 95 % bootstrap interval.
        p: of the paired test, adjusted for the number of challengers.
        challenger: the recipe that ``gain`` belongs to.
        cost_share: the challenger's processor seconds as a share of the incumbent's.
        cheaper: whether the recipe won by its cost.
        is_refreshed: whether the incumbent was the champion's; else it is policy 0's.
    """

    placement: str
    recipe: str
    score: float
    incumbent: str | None = None
    gain: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    challenger: str | None = None
    cost_share: float | None = None
    cheaper: bool = False
    is_refreshed: bool = True

    @property
    def evidence(self) -> str:
        """The same as JSON, for a tag on the model version."""
        return json.dumps(self.__dict__, sort_keys=True)

    @classmethod
    def of(cls, evidence: str) -> Selection:
        """The choice that ``evidence`` tells of."""
        return cls(**json.loads(evidence))

    @property
    def why(self) -> str:
        """One phrase for the promotion ledger."""
        if self.incumbent is None:
            return f"{self.placement}: {self.recipe}, best of all ({METRIC} {self.score:.4f}), no incumbent"
        if self.recipe == self.incumbent:
            kept = "refreshed" if self.is_refreshed else f"serves: no recipe is significantly better ({METRIC})"
            return f"{self.placement}: {self.recipe} {kept}"
        if self.gain is None:
            return f"{self.placement}: {self.recipe}, best of all ({METRIC} {self.score:.4f}), {self.incumbent} is gone"
        margin = f"{self.gain:.4f} [{self.low:.4f}, {self.high:.4f}]"
        if self.cheaper:
            cost = f"{self.cost_share:.0%} of its cost"
            return f"{self.placement}: {self.recipe} is as good as {self.incumbent} ({margin}) at {cost}"
        return f"{self.placement}: {self.recipe} beats {self.incumbent} by {margin}, p = {self.p:.3f}"

    def metrics(self) -> Iterator[tuple[str, float]]:
        """The figures by name, for the training's run."""
        yield METRIC, self.score
        for name in ("gain", "low", "high", "p"):
            value = getattr(self, name)
            if value is not None:
                yield name, value


def select(placement: Placement, results: Mapping[str, Sequence[Evaluation]], incumbent: str | None) -> Selection:
    """The recipe with the best NDCG@10 of the placement's lists as they are published, over all origins.

    An incumbent gives way only to a significantly better one or, where there is none, to one that is as good (not
    worse by more than ``MARGIN``) and much cheaper (``CHEAP``, ``NOISE``, ``WORTHWHILE``).

    Args:
        results: by recipe, its evaluation at each origin; one that cannot serve the placement is passed over.
        incumbent: the champion's recipe; without one, that of policy 0 takes its place if it was judged.

    Raises:
        ObjectiveRefused: no recipe can serve the placement.
    """
    panel = Panel.as_published(results, placement.name, METRIC)
    if not panel.names:
        raise _nobody(placement, results)
    ranked = sorted(panel.names, key=lambda name: (-panel.means[name], name))
    is_refreshed = incumbent is not None
    if not is_refreshed and rule_based_recipe(placement) in panel.names:
        incumbent = rule_based_recipe(placement)
    if incumbent is None or incumbent not in panel.names:
        return Selection(placement.name, ranked[0], panel.means[ranked[0]], incumbent)
    challengers = [name for name in ranked if name != incumbent]
    if not challengers:
        return Selection(placement.name, incumbent, panel.means[incumbent], incumbent, is_refreshed=is_refreshed)
    differences = panel.differences(incumbent)
    better = [name for name in challengers if differences[name].is_better]
    margin = MARGIN * panel.means[incumbent]
    saving = [name for name in challengers if _saves(results[name], results[incumbent])]
    as_good = [name for name in saving if differences[name].low >= -margin]
    challenger = next(iter(better + as_good), challengers[0])
    recipe = challenger if better or as_good else incumbent
    found: Difference = differences[challenger]
    return Selection(
        placement.name,
        recipe,
        panel.means[recipe],
        incumbent,
        *(found.gain, found.low, found.high, found.p),
        challenger=challenger,
        cost_share=round(cpu_seconds(results[challenger]) / max(cpu_seconds(results[incumbent]), 1e-9), 3),
        cheaper=bool(as_good and not better),
        is_refreshed=is_refreshed,
    )


def cpu_seconds(evaluations: Sequence[Evaluation]) -> float:
    """To fit and score once, at the origin that took least: other work on the machine only ever adds."""
    parts = ("fit_cpu_seconds", "score_cpu_seconds")
    return min(sum(each.cost.get(part, 0.0) for part in parts) for each in evaluations)


def _saves(challenger: Sequence[Evaluation], incumbent: Sequence[Evaluation]) -> bool:
    ours, theirs = cpu_seconds(challenger), cpu_seconds(incumbent)
    return ours <= CHEAP * theirs / NOISE and theirs - ours >= WORTHWHILE


def _nobody(placement: Placement, results: Mapping[str, Sequence[Evaluation]]) -> ObjectiveRefused:
    return ObjectiveRefused(
        f"placement {placement.name}",
        expected="a recipe that can rank for its objective",
        found=f"none of {', '.join(results) or 'no recipe'}",
        remedy="Add one to SHELDUCK_RECIPES (docs/rules.md), or take the placement out of SHELDUCK_OBJECTIVES",
    )
