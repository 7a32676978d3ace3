"""Evidence of a training whose truth is known: two contenders per target, of which one knows what will come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from ml.predictions.contenders.last_quarter import GoesOn
from ml.predictions.curves import gains_rows, reliability_rows
from ml.predictions.evidence import Evidence
from ml.predictions.judge import Choice, Judged
from ml.predictions.learned import Learned
from ml.predictions.shown import leaderboard
from ml.predictions.targets import TARGETS, Target

SIMPLE, BETTER = "last_90_days", "boosted"
ROWS: Final = 1_500
"""Per origin; there are three."""
Changed = Callable[[Judged], Judged]


def learned(target: Target, won: str = BETTER, changed: Changed = lambda judged: judged) -> Learned:
    """A target on three origins: ``boosted`` predicts the mean of what is drawn, ``last_90_days`` noise around it."""
    draw = np.random.default_rng(2)
    count = 3 * ROWS
    mean = draw.uniform(0.05, 0.95, count) if target.kind.is_probability else draw.gamma(2.0, 20.0, count) + 5
    is_chance = target.kind.is_probability
    outcome = (draw.random(count) < mean).astype(float) if is_chance else mean * draw.gamma(6.0, 1 / 6, count)
    noise = np.clip(mean + draw.normal(0, 0.3, count), 0, 1) if is_chance else mean * draw.uniform(0.2, 1.8, count)
    origins, shoppers = np.repeat(np.arange(3), ROWS), np.tile(np.arange(ROWS), 3)
    judged = changed(Judged(target, origins, shoppers, outcome, {SIMPLE: noise, BETTER: mean}, ("a", "b", "c")))
    return Learned(target, judged, Choice(won, f"{target.name}: {won}, because"), GoesOn(target.kind))


def evidence(*found: Learned) -> Evidence:
    """As a training leaves it; ``found`` replaces what there is of their targets."""
    by_name = {target.name: learned(target) for target in TARGETS} | {each.target.name: each for each in found}
    return Evidence(
        [row for each in by_name.values() for row in leaderboard(each)],
        [row for each in by_name.values() for row in reliability_rows(each)],
        [row for each in by_name.values() for row in gains_rows(each)],
        [],
        {name: (each.choice.contender, each.choice.why) for name, each in by_name.items()},
    )


def unjudged(target: Target) -> Learned:
    """Of a shop whose past cannot be judged yet."""
    return replace(learned(target, SIMPLE), judged=None)
