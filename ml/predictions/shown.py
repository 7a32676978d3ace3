"""How a training looks in MLflow: figures per target and contender, charts of those that serve, and a note."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ml.escape import for_markdown
from ml.predictions.charts import importance_chart, target_charts
from ml.predictions.columns import Measured
from ml.predictions.curves import gains_rows, reliability_rows
from ml.predictions.evidence import CONTENDERS, GAINS, IMPORTANCES, RELIABILITY
from ml.predictions.learned import Learned
from ml.registry.tracking import TrainingRun

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def log_training(run: TrainingRun, results: Sequence[Learned]) -> None:
    """Add everything to a run."""
    rows = [row for each in results for row in leaderboard(each)]
    figures: dict[str, Figure] = {}
    importances: list[dict[str, Any]] = []
    for each in results:
        name, won = each.target.name, each.choice.contender
        if each.judged is not None:
            figures[f"{name}/charts"] = target_charts(each.judged, won)
        if shares := each.fitted.importances:
            figures[f"{name}/importances"] = importance_chart(shares, f"{name} by {won}: share of what decides")
            names = (Measured.target, Measured.feature, Measured.share)
            importances += [dict(zip(names, (name, *share), strict=True)) for share in shares.items()]
    metrics = {
        f"{row[Measured.target]}/{row[Measured.contender]}/{name}": value
        for row in rows
        for name, value in row.items()
        if isinstance(value, float)
    }
    run.log_result(metrics=metrics)
    tables = {
        CONTENDERS: _even(rows),
        IMPORTANCES: importances,
        RELIABILITY: [row for each in results for row in reliability_rows(each)],
        GAINS: [row for each in results for row in gains_rows(each)],
    }
    run.log_pages(tables, figures, _note(results))


def leaderboard(learned: Learned) -> list[dict[str, Any]]:
    """A row per contender of a target, the simplest first; none where nothing was judged."""
    judged, won = learned.judged, learned.choice.contender
    if judged is None:
        return []
    rows = []
    for name in judged.predicted:
        row: dict[str, Any] = {Measured.target: learned.target.name, Measured.contender: name, **judged.figures(name)}
        row[Measured.rows] = len(judged.outcome)
        if name != won:
            found = judged.against(name, won)
            row |= {Measured.behind: found.mean, Measured.behind_low: found.low, Measured.behind_high: found.high}
        elif learned.coverage is not None:
            row[Measured.coverage] = learned.coverage
        rows.append(row)
    return rows


def _even(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """All rows with the same columns."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [{name: row.get(name) for name in names} for row in rows]


def _note(results: Sequence[Learned]) -> str:
    lines = ["| target | served by | why |", "|---|---|---|"]
    for each in results:
        why = for_markdown(each.choice.why.partition(": ")[2])
        lines.append(f"| {each.target.name} | {for_markdown(each.choice.contender)} | {why} |")
    whom = "Contenders that learn from single shoppers were judged on shoppers that they had not learned from."
    files = "Artifacts: contenders.json (every figure), curves as tables, charts and importances."
    return "\n".join([*lines, "", whom, "", files])
