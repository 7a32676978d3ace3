"""The picture that compares the recommenders of one training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ml.registry.tracking import Trial

_SHOWN = "ndcg_at_10"


def comparison_plot(trials: Sequence[Trial]) -> Figure:
    """Bars of NDCG@10 per setting, best at the top; of every metric when none is called so."""
    from matplotlib.figure import Figure

    names = sorted({name for trial in trials for name in trial.metrics})
    names = [name for name in names if name.endswith(_SHOWN)] or names
    figure = Figure(figsize=(5.0 * max(len(names), 1), 1.2 + 0.4 * len(trials)), layout="constrained")
    for place, name in enumerate(names, start=1):
        axes = figure.add_subplot(1, len(names), place)
        ranked = sorted(trials, key=lambda trial: trial.metrics.get(name, 0.0))
        bars = axes.barh([trial.name for trial in ranked], [trial.metrics.get(name, 0.0) for trial in ranked])
        axes.bar_label(bars, fmt="%.4f", padding=3)
        best = max((trial.metrics.get(name, 0.0) for trial in trials), default=0.0)
        axes.set_xlim(0, 1.2 * best or 1.0)  # room for the labels
        axes.set_title(name)
    return figure
