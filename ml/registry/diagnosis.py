"""The pictures of what a ranker looks at and how far its probabilities can be believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHOWN = 25


@dataclass(frozen=True)
class Curve:
    """Promised and observed shares per bin, rising, and the mean distance of the two (the calibration error)."""

    promised: Sequence[float]
    observed: Sequence[float]
    error: float


def calibration_plot(curves: Mapping[str, Curve]) -> Figure:
    """Observed over promised probability, both on a logarithmic scale; a panel per objective."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.0 * max(len(curves), 1), 4.5), layout="constrained")
    for place, (name, curve) in enumerate(curves.items(), start=1):
        axes = figure.add_subplot(1, len(curves), place)
        drawn = [(p, o) for p, o in zip(curve.promised, curve.observed, strict=True) if p > 0 and o > 0]
        axes.plot([p for p, _ in drawn], [o for _, o in drawn], marker="o")
        ends = [min((min(pair) for pair in drawn), default=0.01), 1.0]
        axes.plot(ends, ends, linestyle="--", color="grey")
        axes.set(xscale="log", yscale="log", xlabel="promised", ylabel="bought")
        axes.set_title(f"{name}: calibration error {curve.error:.4f}")
    return figure


def importance_plot(importances: Mapping[str, Mapping[str, float]]) -> Figure:
    """The features with the largest shares of the total gain; a panel per objective."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.0 * max(len(importances), 1), 7.0), layout="constrained")
    for place, (name, shares) in enumerate(importances.items(), start=1):
        axes = figure.add_subplot(1, len(importances), place)
        largest = sorted(shares.items(), key=lambda share: share[1])[-_SHOWN:]
        axes.barh([feature for feature, _ in largest], [share for _, share in largest])
        axes.set_title(f"{name}: share of gain")
    return figure
