"""What a training found about one target."""

from __future__ import annotations

from dataclasses import dataclass

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
