"""What a training found about one target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.predictions.contenders.base import Fitted
from ml.predictions.intervals import Intervals, learned
from ml.predictions.judge import Choice, Judged
from ml.predictions.targets import Kind, Target


@dataclass(frozen=True, eq=False)
class Learned:
    """What came of a target.

    Attributes:
        judged: None while no past day could be judged.
        fitted: the chosen contender, refitted on all that is known.
    """

    target: Target
    judged: Judged | None
    choice: Choice
    fitted: Fitted

    @property
    def intervals(self) -> Intervals | None:
        """Of amounts, from how far the chosen contender was off on the origins."""
        if self.judged is None or self.target.kind != Kind.SPEND:
            return None
        return learned(self.judged.predicted[self.choice.contender], self.judged.outcome)

    @property
    def coverage(self) -> float | None:
        """The share of outcomes inside intervals made from earlier origins only; None where there are none of those."""
        if self.judged is None or self.target.kind != Kind.SPEND:
            return None
        predicted, outcome, origin = (
            self.judged.predicted[self.choice.contender],
            self.judged.outcome,
            self.judged.origin,
        )
        inside = []
        for number in range(1, int(origin.max()) + 1):
            before, then = origin < number, origin == number
            made = learned(predicted[before], outcome[before])
            if made is not None:
                low, high = made.around(predicted[then])
                inside.append((low <= outcome[then]) & (outcome[then] <= high))
        return float(np.concatenate(inside).mean()) if inside else None
