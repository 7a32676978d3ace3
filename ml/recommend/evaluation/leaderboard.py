"""The leaderboard of a run: accuracy with intervals, beyond-accuracy metrics, cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from ml.recommend.evaluation.comparison import METRIC, Difference, Panel
from ml.recommend.evaluation.groups import GROUP, NDCG, RECALL, SLICE
from ml.recommend.evaluation.judge import Evaluation
from ml.recommend.evaluation.settings import COLD, SETTING, SETTINGS

FIGURES: Final = (
    *("recall_at_10", "precision_at_10", "map_at_10", "mrr_at_10", "ndcg_at_5", "ndcg_at_20"),
    *("coverage_at_10", "novelty_at_10", "popularity_at_10", "gini_at_10", "diversity_at_10", "miscalibration_at_10"),
)
COSTS: Final = ("fit_cpu_seconds", "score_cpu_seconds", "peak_memory_mib", "extra_memory_mib")
RECOMMENDER, ORIGIN = "recommender", "origin"
_COLD_METRIC, _COLD_SHOPPERS = f"{COLD}_{METRIC}", f"{COLD}_shoppers"
"""Of shoppers who had bought nothing by an origin, whatever the setting of the row."""


class Told(NamedTuple):
    """A row of the leaderboard as a person reads it; a figure that was not measured is an empty text."""

    recommender: str
    quality: str
    difference: str
    p: str
    recall: str
    coverage: str
    diversity: str
    cpu_seconds: str
    memory: str
    cold: str


def leaderboard(
    results: Mapping[str, Sequence[Evaluation]], references: Mapping[str, str | None] | None = None
) -> pl.DataFrame:
    """One row per setting and recommender, the best first.

    Columns: setting, recommender, ``METRIC`` with its 95 % interval (low, high); reference, and the paired
    difference to it with interval and adjusted p-value; further figures and costs, on average over the origins.

    Args:
        references: by setting, whom to compare with; the best where none is named, or it was not judged.
    """
    judged = {setting for found in results.values() for each in found for setting in each.judged}
    settings = [setting for setting in SETTINGS if setting in judged]
    rows = [row for setting in settings for row in _rows(results, setting, (references or {}).get(setting))]
    return pl.DataFrame(rows, infer_schema_length=None)


def told(table: pl.DataFrame, setting: str) -> Iterator[Told]:
    """The leaderboard of one setting, the best first."""
    for row in table.filter(pl.col(SETTING) == setting).iter_rows(named=True):
        gain = None
        if row["difference"] is not None:
            gain = Difference(row["difference"], row["difference_low"], row["difference_high"], row["p"])
        yield Told(
            row[RECOMMENDER],
            f"{row[METRIC]:.4f} [{row['low']:.4f}, {row['high']:.4f}]",
            str(gain) if gain else "reference",
            f"{gain.p:.3f}" if gain else "",
            recall=_figure(row["recall_at_10"], ".4f"),
            coverage=_figure(row["coverage_at_10"], ".4f"),
            diversity=_figure(row["diversity_at_10"], ".4f"),
            cpu_seconds=f"{row['fit_cpu_seconds'] + row['score_cpu_seconds']:.1f}",
            memory=_figure(row["extra_memory_mib"], ".0f"),
            cold=_figure(row[_COLD_METRIC], ".4f"),
        )


def all_slices(results: Mapping[str, Sequence[Evaluation]]) -> list[dict[str, Any]]:
    """Every slice of every recommender and origin, recommenders side by side within each group."""
    tables = [
        found.slices.with_columns(pl.lit(name).alias(RECOMMENDER), pl.lit(str(found.as_of)).alias(ORIGIN))
        for name, evaluations in results.items()
        for found in evaluations
    ]
    if not tables:
        return []
    first = (SETTING, SLICE, GROUP, RECOMMENDER, NDCG, RECALL)
    table = pl.concat(tables).sort(SETTING, SLICE, GROUP, ORIGIN, RECOMMENDER)
    return table.select(*first, pl.exclude(first)).to_dicts()


def _figure(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _rows(
    results: Mapping[str, Sequence[Evaluation]], setting: str, reference: str | None
) -> list[dict[str, str | float | int | None]]:
    panel, cold = (Panel.of(results, name, METRIC) for name in (setting, COLD))
    ranked = sorted(panel.names, key=lambda name: (-panel.means[name], name))
    if reference not in panel.names:
        reference = next(iter(ranked), "")
    intervals, differences = panel.intervals(), panel.differences(reference) if ranked else {}
    rows: list[dict[str, str | float | int | None]] = []
    for name in ranked:
        low, high = intervals[name]
        against = differences.get(name)
        rows.append(
            {
                SETTING: setting,
                RECOMMENDER: name,
                METRIC: panel.means[name],
                "low": low,
                "high": high,
                "reference": reference,
                "difference": against.gain if against else None,
                "difference_low": against.low if against else None,
                "difference_high": against.high if against else None,
                "p": against.p if against else None,
                **{figure: _mean(results[name], f"{setting}/{figure}") for figure in FIGURES},
                **{cost: _mean(results[name], cost) for cost in COSTS},
                _COLD_METRIC: cold.means[name] if len(cold.scores) else None,
                _COLD_SHOPPERS: len(cold.scores),
                "origins": len(results[name]),
                "shoppers": len(panel.scores),
            }
        )
    return rows


def _mean(evaluations: Sequence[Evaluation], metric: str) -> float | None:
    values = [each.metrics[metric] for each in evaluations if metric in each.metrics]
    return float(np.mean(values)) if values else None
