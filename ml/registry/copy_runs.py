"""What was asked of a language model, as MLflow shows it: a run per day and attempt in the experiment ``copy``."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from ml.registry.client import COPY, connect, experiment
from ml.registry.runs import KEY, NOTE
from ml.settings import Settings

_ABOUT = (
    "A run each time that a language model was asked to write copy: calls, tokens, cost, latency, and how many texts"
    " the validator refused, by rule. No text is here: those that were written lie in the landing table `copy_texts`."
)


@dataclass(frozen=True)
class CopyRun:
    """What is logged; ``key`` marks it as Shelduck's own, so that it is tidied when it is old."""

    name: str
    key: str
    code_revision: str
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str] = field(default_factory=dict)


def log_copy_run(settings: Settings, run: CopyRun) -> str:
    """Log a finished run; returns its id."""
    from mlflow.entities import Metric, Param

    client = connect(settings)
    place, now = experiment(settings, client, COPY), round(time.time() * 1000)
    if NOTE not in client.get_experiment(place).tags:
        client.set_experiment_tag(place, NOTE, _ABOUT)
    tags = {KEY: run.key, "code_revision": run.code_revision, **run.tags}
    run_id: str = client.create_run(place, run_name=run.name, tags=tags).info.run_id
    metrics = [Metric(name, float(value), now, 0) for name, value in run.metrics.items()]
    client.log_batch(run_id, metrics=metrics, params=[Param(*each) for each in run.params.items()])
    client.set_terminated(run_id, "FINISHED")
    return run_id
