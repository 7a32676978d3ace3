"""What an experiment holds: parent runs with their children, the models that they logged, and where all of it lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import LoggedModel, Run

KEY: Final = "training_key"
NOTE: Final = "mlflow.note.content"
"""What MLflow's pages show as the description of a run or an experiment, Markdown."""
PARENT: Final = "mlflow.parentRunId"
RECOMMENDER: Final = "recommender"
ORIGIN: Final = "origin"


@dataclass
class RunTree:
    """A parent run, its children and the models that it logged.

    Attributes:
        started: when the last of its runs started, in seconds since 1970.
        runs: in no order; the parent is missing where somebody deleted it.
    """

    run_id: str
    started: float = 0.0
    runs: list[Run] = field(default_factory=list)
    models: list[LoggedModel] = field(default_factory=list)

    @property
    def is_own(self) -> bool:
        """Whether Shelduck logged all of it; a run that somebody added by hand makes it theirs."""
        return all(KEY in run.data.tags or {PARENT, RECOMMENDER} <= set(run.data.tags) for run in self.runs)

    @property
    def places(self) -> list[str]:
        """The addresses of its files."""
        return [run.info.artifact_uri for run in self.runs] + [model.artifact_location for model in self.models]

    @property
    def names(self) -> list[str]:
        """Ids and addresses by which something else may refer to it."""
        return [run.info.run_id for run in self.runs] + [model.model_id for model in self.models] + self.places


def run_trees(client: MlflowClient, experiment: str) -> list[RunTree]:
    """All parent runs of an experiment; none when there is no such experiment."""
    found = client.get_experiment_by_name(experiment)
    if found is None:
        return []
    place = [str(found.experiment_id)]
    trees: dict[str, RunTree] = {}
    for run in _all(lambda token: client.search_runs(place, max_results=1000, page_token=token)):
        root = run.data.tags.get(PARENT, run.info.run_id)
        tree = trees.setdefault(root, RunTree(root))
        tree.runs.append(run)
        tree.started = max(tree.started, run.info.start_time / 1000)
    for model in _all(lambda token: client.search_logged_models(place, page_token=token)):
        if model.source_run_id in trees:
            trees[model.source_run_id].models.append(model)
    return list(trees.values())


def _all(page: Callable[[str | None], Any]) -> list[Any]:
    found: list[Any] = []
    token: str | None = None
    while True:
        some = page(token)
        found.extend(some)
        token = some.token
        if not token:
            return found
