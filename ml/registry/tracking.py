"""A training as MLflow shows it: a parent run, a child per recommender and origin, and a comparison of them."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import JsonValue

from ml.registry.client import EXPERIMENT, connect, experiment
from ml.registry.logged_files import logged_file
from ml.registry.presentation import best_figures, present
from ml.registry.runs import KEY, NOTE, ORIGIN, PARENT, RECOMMENDER
from ml.settings import Settings

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from mlflow import MlflowClient
    from mlflow.entities import Run

    from ml.registry.diagnosis import Curve

COMPARISON: Final = "comparison.json"
SLICES: Final = "slices.json"
IMPORTANCES: Final = "importances.json"
"""Tables that trainings log; the last one in a folder of its recommender."""
Value = str | int | float | bool | None
Rows = Sequence[Mapping[str, Value]]
"""A table, row by row; all rows have the same columns."""


@dataclass(frozen=True)
class Dataset:
    """A slice that a training read: its folder relative to the data home, its inputs' hash, its rows."""

    slice: str
    inputs_hash: str
    rows: int
    context: str  # "training", "evaluation" or "refit"


@dataclass(frozen=True)
class Training:
    """What is known before a training, or another experiment, starts. ``key`` comes from ``training_key``."""

    name: str
    key: str
    code_revision: str
    datasets: tuple[Dataset, ...]
    params: Mapping[str, Value] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    experiment: str = EXPERIMENT


@dataclass(frozen=True)
class Trial:
    """One recommender's result at one origin: metrics are named ``<setting>/<metric>``, such as ``all/ndcg_at_10``,
    which MLflow's charts group by setting; ``slices`` becomes a table beside them."""

    name: str
    params: Mapping[str, Value]
    metrics: Mapping[str, float]
    seconds: float
    tags: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""
    slices: Rows = ()


class TrainingRun:
    """An open parent run; trials become finished child runs at once."""

    def __init__(self, client: MlflowClient, parent: Run, training: Training) -> None:
        self.run_id: str = parent.info.run_id
        self._client, self._experiment, self._training = client, parent.info.experiment_id, training

    def log_trial(self, trial: Trial) -> str:
        """Log one recommender's parameters, metrics, duration and data; returns the child's run id."""
        ended = round(time.time() * 1000)
        child = self._client.create_run(
            self._experiment,
            start_time=ended - round(trial.seconds * 1000),
            run_name=f"{trial.name} {trial.origin}".strip(),
            tags={
                PARENT: self.run_id,
                RECOMMENDER: trial.name,
                ORIGIN: trial.origin,
                "code_revision": self._training.code_revision,
                **trial.tags,
            },
        )
        run_id: str = child.info.run_id
        _log(self._client, run_id, trial.params, {**trial.metrics, "seconds": trial.seconds})
        _log_datasets(self._client, run_id, self._training.datasets)
        _log_table(self._client, run_id, trial.slices, SLICES)
        self._client.set_terminated(run_id, "FINISHED", ended)
        return run_id

    def log_result(self, *, metrics: Mapping[str, float] | None = None, tags: Mapping[str, str] | None = None) -> None:
        """Add what the training decided to the parent run."""
        _log(self._client, self.run_id, {}, metrics or {})
        for name, value in (tags or {}).items():
            self._client.set_tag(self.run_id, name, value)

    def log_json(self, file: str, value: JsonValue) -> None:
        """Add a document to the parent run that ``artifact_json`` reads again."""
        self._client.log_dict(self.run_id, value, file)

    def log_diagnosis(
        self, recipe: str, importances: Mapping[str, Mapping[str, float]], curves: Mapping[str, Curve]
    ) -> None:
        """Add what a learned ranker looks at, and how far its probabilities held, by objective: figures, table, plots.

        Args:
            importances: each feature's share of the gain.
        """
        from ml.registry.diagnosis import calibration_plot, importance_plot

        errors = {f"{recipe}/{objective}/calibration_error": curve.error for objective, curve in curves.items()}
        _log(self._client, self.run_id, {}, errors)
        rows = [(objective, *share) for objective, shares in importances.items() for share in shares.items()]
        columns = ("objective", "feature", "share_of_gain")
        table = dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))
        self._client.log_table(self.run_id, data=table, artifact_file=f"{recipe}/{IMPORTANCES}")
        self._client.log_figure(self.run_id, importance_plot(importances), f"{recipe}/importances.png")
        self._client.log_figure(self.run_id, calibration_plot(curves), f"{recipe}/calibration.png")

    def log_pages(self, tables: Mapping[str, Rows], figures: Mapping[str, Figure], note: str = "") -> None:
        """Add tables (JSON) and figures (PNG) by file name, without its ending, and a note (Markdown) on the page."""
        for name, rows in tables.items():
            _log_table(self._client, self.run_id, rows, f"{name}.json")
        for name, figure in figures.items():
            self._client.log_figure(self.run_id, figure, f"{name}.png")
        if note:
            self._client.set_tag(self.run_id, NOTE, note)

    def log_comparison(self, leaderboard: Rows, slices: Rows = (), note: str = "") -> None:
        """Add to the parent run what a person reads: figures, tables, a plot, and a note (Markdown) on its page.

        Args:
            leaderboard: a row per setting and recommender, the best first, as ``comparison_plot`` takes them.
        """
        from ml.registry.plot import comparison_plot

        _log(self._client, self.run_id, {}, best_figures(leaderboard))
        _log_table(self._client, self.run_id, leaderboard, COMPARISON)
        _log_table(self._client, self.run_id, slices, SLICES)
        if leaderboard:
            self._client.log_figure(self.run_id, comparison_plot(leaderboard), "comparison.png")
        if note:
            self._client.set_tag(self.run_id, NOTE, note)


@contextmanager
def training_run(settings: Settings, training: Training) -> Iterator[TrainingRun]:
    """Open a parent run; it ends FINISHED, or FAILED with the error."""
    client = connect(settings)
    experiment_id = experiment(settings, client, training.experiment)
    present(client, experiment_id, training.experiment)
    _close_abandoned(client, experiment_id, training.key)
    tags = {KEY: training.key, "code_revision": training.code_revision, **training.tags}
    parent = client.create_run(experiment_id, run_name=training.name, tags=tags)
    run = TrainingRun(client, parent, training)
    try:
        _log(client, run.run_id, training.params, {})
        _log_datasets(client, run.run_id, training.datasets)
        yield run
        client.set_terminated(run.run_id, "FINISHED")
    except BaseException as failure:
        client.set_tag(run.run_id, "error", f"{type(failure).__name__}: {failure}"[:500])
        client.set_terminated(run.run_id, "FAILED" if isinstance(failure, Exception) else "KILLED")
        raise


def _log(client: MlflowClient, run_id: str, params: Mapping[str, Value], metrics: Mapping[str, float]) -> None:
    from mlflow.entities import Metric, Param

    now = round(time.time() * 1000)
    client.log_batch(
        run_id,
        metrics=[Metric(name, float(value), now, 0) for name, value in metrics.items()],
        params=[Param(name, str(value)) for name, value in params.items()],
    )


def _log_table(client: MlflowClient, run_id: str, rows: Rows, file: str) -> None:
    """Six digits: it is read by people, and metrics hold the rest."""
    if rows:
        data = {name: [_rounded(row[name]) for row in rows] for name in rows[0]}
        client.log_table(run_id, data=data, artifact_file=file)


def _rounded(value: Value) -> Value:
    return round(value, 6) if isinstance(value, float) else value


def _log_datasets(client: MlflowClient, run_id: str, datasets: tuple[Dataset, ...]) -> None:
    """As lineage without data: the source is the slice's folder in the data home, whatever machine that is on."""
    from mlflow.entities import Dataset as Entity
    from mlflow.entities import DatasetInput, InputTag

    inputs = []
    for data in datasets:
        source = json.dumps({"uri": data.slice, "inputs_hash": data.inputs_hash})
        profile = json.dumps({"num_rows": data.rows})
        entity = Entity(data.slice.rpartition("/")[2], data.inputs_hash[:36], "shelduck_slice", source, None, profile)
        inputs.append(DatasetInput(entity, [InputTag("mlflow.data.context", data.context)]))
    if inputs:
        client.log_inputs(run_id, inputs)


def _close_abandoned(client: MlflowClient, experiment_id: str, key: str) -> None:
    """A killed training leaves its run RUNNING for ever; the one that repeats it ends it."""
    running = f"tags.{KEY} = '{key}' and attributes.status = 'RUNNING'"
    for run in client.search_runs([experiment_id], running):
        client.set_terminated(run.info.run_id, "KILLED")


def artifact_json(settings: Settings, run_id: str, file: str) -> JsonValue:
    """What ``log_json`` left; None where it left nothing or somebody broke it, or the files were removed."""
    with tempfile.TemporaryDirectory() as scratch:
        found = logged_file(settings, run_id, file, Path(scratch))
        try:
            read: JsonValue = json.loads(found.read_text(encoding="utf-8")) if found else None
        except ValueError:
            return None
    return read


def run_tags(settings: Settings, run_id: str) -> dict[str, str]:
    """The tags of a run, as ``log_result`` left them."""
    return dict(connect(settings).get_run(run_id).data.tags)
