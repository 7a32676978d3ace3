"""Curves of the contender that serves a target, as tables: how far promises held, and who is found first."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ml.predictions.columns import Measured
from ml.predictions.learned import Learned
from ml.predictions.measures import gains, tenths

_SHARES: Final = tuple(round(0.05 * step, 2) for step in range(21))


def reliability_rows(learned: Learned) -> list[dict[str, Any]]:
    """A row per tenth of customers by prediction: what was promised, and what came; none where nothing was judged."""
    if learned.judged is None:
        return []
    predicted, outcome = learned.judged.predicted[learned.choice.contender], learned.judged.outcome
    return [
        {
            Measured.target: learned.target.name,
            Measured.lowest: float(predicted[part].min()),
            Measured.highest: float(predicted[part].max()),
            Measured.predicted: float(predicted[part].mean()),
            Measured.observed: float(outcome[part].mean()),
            Measured.customers: len(part),
        }
        for part in tenths(predicted)
    ]


def gains_rows(learned: Learned) -> list[dict[str, Any]]:
    """A row per twentieth of customers, those predicted highest first: the share of the whole outcome they have."""
    if learned.judged is None:
        return []
    shares, held = gains(learned.judged.predicted[learned.choice.contender], learned.judged.outcome)
    found = np.interp(_SHARES, shares, held)
    return [
        {Measured.target: learned.target.name, Measured.share: share, Measured.held: float(value)}
        for share, value in zip(_SHARES, found, strict=True)
    ]
