"""How a training of segments looks in MLflow: curves, map, sizes, importances, and what became of those before."""

from __future__ import annotations

import numpy as np

from ml.audiences.segments.bundle import Bundle
from ml.audiences.segments.charts import curves_chart, importance_chart, importances, map_chart
from ml.audiences.segments.learning import Learned
from ml.escape import for_markdown
from ml.registry.tracking import TrainingRun


def log_training(run: TrainingRun, found: Learned) -> None:
    """Add everything to a run."""
    bundle, shares = found.bundle, importances(found)
    sizes = np.bincount(found.labels, minlength=len(bundle.segments)).tolist()
    curves: dict[str, float] = {}
    for each in found.choice.tried:
        curves |= {f"silhouette/k{each.segments}": each.silhouette, f"stability/k{each.segments}": each.stability}
    share = {f"share/{name}": size / len(found.labels) for name, size in zip(bundle.ids, sizes, strict=True)}
    agreement = {} if bundle.agreement is None else {"agreement": bundle.agreement}
    run.log_result(metrics={"segments": float(len(sizes)), **curves, **share, **agreement})
    tables = {
        "k_curves": [
            {
                "k": each.segments,
                "silhouette": each.silhouette,
                "stability": each.stability,
                "stability_low": each.stability_low,
                "smallest": each.smallest,
            }
            for each in found.choice.tried
        ],
        "segments": [
            {
                "segment_id": each.segment_id,
                "name": each.name_en,
                "size": size,
                "change": each.change.value,
                "came_from": ", ".join(each.came_from),
            }
            for each, size in zip(bundle.segments, sizes, strict=True)
        ],
        "importances": [{"feature": name, "share": value} for name, value in shares.items()],
    }
    charts = {"map": map_chart(found)}
    if found.choice.tried:
        charts |= {"k_curves": curves_chart(found), "importances": importance_chart(shares)}
    run.log_pages(tables, charts, _note(bundle, sizes))


def changes_told(bundle: Bundle) -> str:
    """How many segments, why, and what became of those before, in one line."""
    parts = [bundle.why]
    if bundle.agreement is not None:
        parts.append(f"adjusted Rand index with the model before {bundle.agreement:.3f}")
    for each in bundle.segments:
        if bundle.agreement is not None and each.change != "same":
            of = f" (from {', '.join(each.came_from)})" if each.came_from else ""
            parts.append(f"{each.segment_id} {each.change.value}{of}")
    for name, to in bundle.vanished.items():
        into = f" (into {', '.join(to)})" if to else ""
        parts.append(f"{name} vanished{into}")
    return "; ".join(parts)


def _note(bundle: Bundle, sizes: list[int]) -> str:
    lines = ["| segment | name | shoppers | change |", "|---|---|---|---|"]
    for each, size in zip(bundle.segments, sizes, strict=True):
        lines.append(f"| {each.segment_id} | {for_markdown(each.name_en)} | {size} | {each.change.value} |")
    told = for_markdown(changes_told(bundle))
    return "\n".join([*lines, "", told, "", "Artifacts: map, k_curves, importances, segments.json."])
