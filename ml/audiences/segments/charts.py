"""What a person looks at before trusting segments: the map, the curves behind their number, what tells them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ml.audiences.segments.learning import Learned
from ml.audiences.segments.scaling import UNIT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHOWN: Final = 4_000
"""Shoppers on the map."""


def map_chart(found: Learned) -> Figure:
    """Shoppers on the two principal axes, coloured by segment, each segment's name at its centroid."""
    from matplotlib.figure import Figure

    bundle = found.bundle
    axes_of_map = bundle.map_axes / UNIT**2
    place, centres = found.points[:_SHOWN] @ axes_of_map, bundle.centroids @ axes_of_map
    figure = Figure(figsize=(8.5, 6.5), layout="constrained")
    axes = figure.add_subplot(1, 1, 1)
    for number, segment in enumerate(bundle.segments):
        own = place[found.labels[:_SHOWN] == number]
        axes.scatter(own[:, 0], own[:, 1], s=6, alpha=0.5, label=f"{segment.segment_id} {segment.name_en}")
    for number, segment in enumerate(bundle.segments):
        axes.annotate(segment.segment_id, centres[number], weight="bold")
    axes.legend(fontsize=8)
    axes.set(title="behavioural segments", xlabel="first principal axis", ylabel="second principal axis")
    return figure


def curves_chart(found: Learned) -> Figure:
    """Silhouette and stability by number of segments; the chosen number is marked."""
    from matplotlib.figure import Figure

    tried = found.choice.tried
    numbers = [each.segments for each in tried]
    figure = Figure(figsize=(9.0, 3.8), layout="constrained")
    for place, (name, values) in enumerate(
        (("silhouette", [each.silhouette for each in tried]), ("stability (ARI)", [each.stability for each in tried])),
        start=1,
    ):
        axes = figure.add_subplot(1, 2, place)
        axes.plot(numbers, values, marker="o")
        axes.axvline(len(found.bundle.segments), linestyle="--", color="grey")
        axes.set(title=name, xlabel="segments")
    return figure


def importances(found: Learned) -> dict[str, float]:
    """By feature the share of the differences between segments that it makes: its part of their squared distances."""
    sizes = np.bincount(found.labels, minlength=len(found.bundle.segments))
    part = (sizes[:, None] * found.bundle.centroids**2).sum(axis=0)
    return dict(zip(found.bundle.columns, (part / max(part.sum(), 1.0)).tolist(), strict=True))


def importance_chart(shares: dict[str, float]) -> Figure:
    """The features, the largest share at the top."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 3.8), layout="constrained")
    axes = figure.add_subplot(1, 1, 1)
    rows = sorted(shares.items(), key=lambda share: share[1])
    axes.barh([name for name, _ in rows], [share for _, share in rows])
    axes.set_title("share of what tells segments apart")
    return figure
