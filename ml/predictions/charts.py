"""What a person looks at before trusting predictions: reliability, gains and lift, and what decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ml.predictions.customers import Reals
from ml.predictions.judge import Judged
from ml.predictions.measures import calibration_error, gains, reliability

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SHOWN = 20


def target_charts(judged: Judged, contender: str) -> Figure:
    """Three panels of the one that serves: promised against observed, gains, and lift over everybody."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13.5, 4.2), layout="constrained")
    predicted, outcome = judged.predicted[contender], judged.outcome
    figure.suptitle(f"{judged.target.name} by {contender}, predicted from {', '.join(judged.days)}")
    _reliability(figure.add_subplot(1, 3, 1), judged, predicted)
    shares, held = gains(predicted, outcome)
    axes = figure.add_subplot(1, 3, 2)
    axes.plot(shares, held)
    axes.plot([0, 1], [0, 1], linestyle="--", color="grey")
    axes.set(title="gains", xlabel="share of customers, highest first", ylabel="share of the outcome")
    axes = figure.add_subplot(1, 3, 3)
    axes.plot(shares[1:], held[1:] / shares[1:])
    axes.axhline(1.0, linestyle="--", color="grey")
    axes.set(title="lift", xlabel="share of customers, highest first", ylabel="times the mean")
    return figure


def importance_chart(importances: Mapping[str, float], title: str) -> Figure:
    """The features with the largest shares."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 6.0), layout="constrained")
    axes = figure.add_subplot(1, 1, 1)
    largest = sorted(importances.items(), key=lambda share: share[1])[-_SHOWN:]
    axes.barh([name for name, _ in largest], [share for _, share in largest])
    axes.set_title(title)
    return figure


def _reliability(axes: Axes, judged: Judged, predicted: Reals) -> None:
    promised, observed, _ = reliability(predicted, judged.outcome)
    axes.plot(promised, observed, marker="o")
    most = max(float(promised.max()), float(observed.max()), 1e-9)
    axes.plot([0, most], [0, most], linestyle="--", color="grey")
    title = "promised and observed, tenths of customers"
    if judged.target.kind.is_probability:
        title = f"calibration error {calibration_error(predicted, judged.outcome):.4f}"
    axes.set(title=title, xlabel="predicted", ylabel="observed")
