"""What a training found, read again from MLflow."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ml.registry.client import EXPERIMENT, connect
from ml.registry.logged_files import logged_file
from ml.registry.runs import KEY, PARENT, RECOMMENDER
from ml.registry.tracking import COMPARISON, Trial
from ml.settings import Settings

if TYPE_CHECKING:
    from mlflow.entities import Run

_SECONDS: Final = "seconds"
_LOOKED_AT: Final = 100  # trainings


def latest_comparison(settings: Settings) -> list[Trial]:
    """Of the last finished training of recommenders, a trial per recommender, on average over the origins; maybe none.

    Trainings of other models lie in the same experiment, without trials.
    """
    client = connect(settings)
    found = client.get_experiment_by_name(EXPERIMENT)
    place = [found.experiment_id] if found else []
    finished = f"tags.{KEY} != '' and attributes.status = 'FINISHED'"
    order = ["attributes.end_time DESC"]
    parents = client.search_runs(place, finished, order_by=order, max_results=_LOOKED_AT) if place else []
    for parent in parents:
        by_name: dict[str, list[Run]] = defaultdict(list)
        for child in client.search_runs(place, f"tags.`{PARENT}` = '{parent.info.run_id}'"):
            if RECOMMENDER in child.data.tags and _SECONDS in child.data.metrics:  # not one that a person added
                by_name[child.data.tags[RECOMMENDER]].append(child)
        if by_name:
            return [_averaged(name, children) for name, children in by_name.items()]
    return []


def leaderboard_of(settings: Settings, run_id: str) -> list[dict[str, Any]]:
    """The leaderboard that a training or evaluation left, row by row; none when its files were removed."""
    return logged_table(settings, run_id, COMPARISON)


def logged_table(settings: Settings, run_id: str, file: str) -> list[dict[str, Any]]:
    """A table that a run logged, row by row; none when it logged no such table, or its files were removed."""
    with tempfile.TemporaryDirectory() as scratch:
        found = logged_file(settings, run_id, file, Path(scratch))
        if found is None:
            return []
        table = json.loads(found.read_text(encoding="utf-8"))
    return [dict(zip(table["columns"], row, strict=True)) for row in table["data"]]


def _averaged(name: str, children: Sequence[Run]) -> Trial:
    names = set.intersection(*(set(child.data.metrics) for child in children))
    metrics = {each: sum(child.data.metrics[each] for child in children) / len(children) for each in sorted(names)}
    return Trial(name, dict(children[0].data.params), metrics, metrics[_SECONDS])
