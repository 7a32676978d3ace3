"""The picture that compares the recommenders of one training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_METRIC: Final = "ndcg_at_10"
_COSTS: Final = ("fit_cpu_seconds", "score_cpu_seconds")
_QUIET, _BEST = "#7a8793", "#1b6e5a"


def comparison_plot(leaderboard: Sequence[Mapping[str, object]]) -> Figure:
    """NDCG@10 with its interval per setting, the best at the top, and what each recommender costs.

    Args:
        leaderboard: a row per setting and recommender: setting, recommender, ndcg_at_10, low, high and, where they
            were measured, fit_cpu_seconds and score_cpu_seconds.
    """
    from matplotlib.figure import Figure

    settings = list(dict.fromkeys(str(row["setting"]) for row in leaderboard))
    height = 1.6 + 0.36 * len(leaderboard) / max(len(settings), 1)
    figure = Figure(figsize=(4.1 * (len(settings) + 1), height), layout="constrained")
    panels = figure.subplots(1, len(settings) + 1, squeeze=False)[0]
    for axes, setting in zip(panels, settings, strict=False):
        _quality(axes, setting, [row for row in leaderboard if row["setting"] == setting])
    _cost(panels[-1], [row for row in leaderboard if row["setting"] == settings[0]])
    for axes in panels:
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color="#e3e7ea")
        axes.set_axisbelow(True)
    return figure


def _quality(axes: Axes, setting: str, rows: Sequence[Mapping[str, object]]) -> None:
    best = max(rows, key=lambda row: _number(row, _METRIC))
    for place, row in enumerate(sorted(rows, key=lambda row: _number(row, _METRIC))):
        mean, low, high = (_number(row, name) for name in (_METRIC, "low", "high"))
        color = _BEST if row is best else _QUIET
        axes.errorbar(
            mean, place, xerr=[[max(mean - low, 0.0)], [max(high - mean, 0.0)]], fmt="o", color=color, capsize=3
        )
        axes.annotate(f"{mean:.4f}", (high, place), (6, 0), textcoords="offset points", va="center", fontsize=9)
    names = [str(row["recommender"]) for row in sorted(rows, key=lambda row: _number(row, _METRIC))]
    axes.set_yticks(range(len(names)), names)
    axes.set_xlim(0, 1.18 * max(_number(row, "high") for row in rows) or 1.0)  # room for the figures
    axes.set_title(f"NDCG@10, {setting}", loc="left")


def _cost(axes: Axes, rows: Sequence[Mapping[str, object]]) -> None:
    ranked = sorted(rows, key=lambda row: -sum(_number(row, cost) for cost in _COSTS))
    names, left = [str(row["recommender"]) for row in ranked], [0.0] * len(ranked)
    for cost, color in zip(_COSTS, (_BEST, "#a9c9bf"), strict=True):
        seconds = [_number(row, cost) for row in ranked]
        axes.barh(names, seconds, left=left, color=color, label=cost.removesuffix("_cpu_seconds"))
        left = [start + more for start, more in zip(left, seconds, strict=True)]
    for place, total in enumerate(left):
        axes.annotate(f"{total:.1f}", (total, place), (6, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_xlim(0, 1.18 * max(left, default=0.0) or 1.0)
    axes.legend(loc="upper right", frameon=False)
    axes.set_title("processor seconds", loc="left")


def _number(row: Mapping[str, object], name: str) -> float:
    value = row.get(name)
    return float(value) if isinstance(value, int | float) else 0.0
