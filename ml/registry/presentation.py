"""How experiments look in MLflow's pages: as model training, described, with a saved view that compares at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from ml.registry.client import EVALUATIONS, EXPERIMENT, TUNING, connect, may_have_models
from ml.registry.runs import NOTE, ORIGIN, RECOMMENDER
from ml.settings import Settings

if TYPE_CHECKING:
    from mlflow import MlflowClient

_KIND: Final = ("mlflow.experimentKind", "custom_model_development")
_VIEW: Final = "shelduck-recommenders"
_VIEW_TAG: Final = f"mlflow.sharedViewState.{_VIEW}"
_SECTION: Final = f"{_VIEW} compared"
LAPTOP: Final = "http://localhost:5000"
"""Where ``shelduck up`` starts MLflow."""
_FIRST: Final = "all/ndcg_at_10"
_COMPARED: Final = (_FIRST, "new/ndcg_at_10", "all/recall_at_10", "new/recall_at_10", "seconds")
_MODE: Final = "workflowType=machine_learning"
"""Without it the pages open in the mode for language models, whatever an experiment is tagged as (MLflow 3.17)."""
_NOTES: Final = {
    EXPERIMENT: "A run per training, with a run below it for each recommender and evaluation window. The training's own"
    " figures are those of the best recommender; its page says who won, by how much, and what was promoted.",
    EVALUATIONS: "A run per evaluation (`shelduck evaluate --help`), with a run below it for each recommender and"
    " evaluation window. Registers nothing.",
    TUNING: "A run per search (`shelduck tune --help`), with a run below it for each set of parameters that was tried."
    " The tag `adopt` of the upper run is the setting to use. Registers nothing.",
}


def present(client: MlflowClient, experiment_id: str, name: str) -> None:
    """Tag an experiment for MLflow's pages; a description that somebody wrote stays."""
    found = client.get_experiment(experiment_id)
    view = f"[Compare the recommenders]({_view_path(experiment_id)})"
    wanted = {_KIND[0]: _KIND[1], _VIEW_TAG: _saved_view(int(found.creation_time or 0))}
    if NOTE not in found.tags:
        wanted[NOTE] = f"{_NOTES.get(name, '')}\n\n{view}".strip()
    for tag, value in wanted.items():
        if found.tags.get(tag) != value:
            client.set_experiment_tag(experiment_id, tag, value)


def front_page(settings: Settings, server: str) -> str:
    """Where to begin: the comparison of the recommenders, or the list of experiments while none was trained."""
    if may_have_models(settings):
        client = connect(settings)
        found = client.get_experiment_by_name(EXPERIMENT)
        if found is not None:
            present(client, str(found.experiment_id), EXPERIMENT)
            return f"{server.rstrip('/')}/{_view_path(found.experiment_id)}"
    return f"{server.rstrip('/')}/#/experiments?{_MODE}"


def run_page(server: str, experiment_id: str, run_id: str) -> str:
    """The address of a run's page."""
    return f"{server.rstrip('/')}/#/experiments/{experiment_id}/runs/{run_id}?{_MODE}"


def training_page(settings: Settings, run_id: str) -> str:
    """The same, of a run of this home's MLflow: its server, or the one that ``shelduck up`` starts; no password."""
    experiment_id = connect(settings).get_run(run_id).info.experiment_id
    parts = urlsplit(settings.tracking_uri)
    is_server = parts.scheme.startswith("http")
    server = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if is_server else LAPTOP
    return run_page(server, experiment_id, run_id)


def best_figures(leaderboard: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Of each setting the compared figures of the best recommender, by the names that its own run has."""
    best: dict[str, Mapping[str, Any]] = {}
    for row in leaderboard:
        best.setdefault(str(row["setting"]), row)  # the best comes first
    return {
        f"{setting}/{metric}": float(row[metric])
        for setting, row in best.items()
        for metric in sorted({name.partition("/")[2] for name in _COMPARED if "/" in name})
        if row.get(metric) is not None
    }


def _view_path(experiment_id: str) -> str:
    return f"#/experiments/{experiment_id}/runs?{_MODE}&viewStateShareKey={_VIEW}"


def _chart(metric: str) -> dict[str, Any]:
    chart = {"uuid": f"{_VIEW} {metric}", "metricSectionId": _SECTION, "type": "BAR", "metricKey": metric}
    return {**chart, "runsCountToCompare": 20, "deleted": False, "isGenerated": False}


def _saved_view(created: int) -> str:
    """As MLflow's page saves one: the recommenders' runs, the best first, with the figures that compare them."""
    state = {
        "searchFilter": f"tags.{ORIGIN} LIKE '%'",
        "orderByKey": f"metrics.`{_FIRST}`",
        "orderByAsc": False,
        "selectedColumns": [
            *(f"metrics.`{metric}`" for metric in _COMPARED),
            *(f"tags.`{tag}`" for tag in (RECOMMENDER, ORIGIN)),
        ],
        "runsHiddenMode": "FIRST_20_RUNS",
        "hideEmptyCharts": True,
        "isAccordionReordered": True,
        "compareRunSections": [
            {"uuid": _SECTION, "name": "Compared", "display": True, "isReordered": True, "isGenerated": False}
        ],
        "compareRunCharts": [_chart(metric) for metric in _COMPARED],
    }
    envelope = {"name": "Recommenders", "createdAt": created, "updatedAt": created, "state": json.dumps(state)}
    return json.dumps(envelope, sort_keys=True)
