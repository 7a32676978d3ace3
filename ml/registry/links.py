"""Links between a training's run, the version that it registered and the policies that serve it, for MLflow's pages.

Nothing is decided by them: the ledger and the published manifests hold the same.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from ml.errors import ModelMissing
from ml.registry.client import connect, may_have_models
from ml.registry.ledger import Promotion
from ml.registry.runs import NOTE
from ml.registry.versions import version_info
from ml.settings import Settings

_log = logging.getLogger(__name__)
_PAGES = "[Pages of the newest day]"
DAG_RUN: Final = "dag_run_id"
"""Tag of a training's run, and of what a manifest says of its provenance."""
POLICY = "policy."
"""Of a tag on a version and its run, before the policy's id; its value is the first day that was published with it."""


@dataclass(frozen=True)
class TrainingRun:
    """Where a model version comes from.

    Attributes:
        run_id, experiment_id: of the MLflow run; its page is ``#/experiments/<experiment>/runs/<run>``.
        dag_run_id: of the DAG run that trained; empty where none did.
        artifacts: the folder of the run's files, where it is a folder of this machine.
    """

    run_id: str
    experiment_id: str
    dag_run_id: str
    artifacts: Path | None


def training_run(settings: Settings, model: str, version: int) -> TrainingRun | None:
    """The run that registered a version; None where there is none (any more), or the registry is out of reach."""
    if not may_have_models(settings):
        return None
    from mlflow.exceptions import MlflowException

    try:
        client, info = connect(settings), version_info(settings, model, version)
        run = client.get_run(info.run_id)
    except (MlflowException, ModelMissing, OSError) as unreachable:
        _log.warning("the run of version %d of %s is unknown: %s", version, model, type(unreachable).__name__)
        return None
    address = urlsplit(run.info.artifact_uri)
    folder = Path(unquote(address.path)) if address.scheme in ("", "file") else None
    return TrainingRun(info.run_id, run.info.experiment_id, run.data.tags.get(DAG_RUN, ""), folder)


def link_promotion(settings: Settings, model: str, row: Promotion) -> None:
    """Say on the run and the version from which day on the model decides, and why."""
    client, info = connect(settings), version_info(settings, model, row.version)
    told = f"Decides from {row.effective_from}: {row.why}"
    note = client.get_run(info.run_id).data.tags.get(NOTE, "")
    tags = {"model_version": str(row.version), "decides_from": str(row.effective_from)}
    if told not in note:
        tags[NOTE] = f"**Version {row.version} of {model}.** {told}\n\n{note}".strip()
    for name, value in tags.items():
        client.set_tag(info.run_id, name, value)
    description = str(client.get_model_version(model, str(row.version)).description or "")
    if told not in description:
        client.update_model_version(model, str(row.version), f"{description}\n\n{told}".strip())


def link_policy(settings: Settings, model: str, version: int, policy_id: str, day: date) -> None:
    """Tag the version and its run with a policy that a published day was scored by; a registry out of reach is told."""
    from mlflow.exceptions import MlflowException

    name = f"{POLICY}{policy_id}"
    try:
        info = version_info(settings, model, version)
        first = min(info.tags.get(name, day.isoformat()), day.isoformat())
        client = connect(settings)
        client.set_model_version_tag(model, str(version), name, first)
        client.set_tag(info.run_id, name, first)
    except (MlflowException, ModelMissing, OSError) as unreachable:
        _log.warning(
            "policy %s was not linked to version %d of %s: %s", policy_id, version, model, type(unreachable).__name__
        )


def link_site(settings: Settings, model: str, version: int, address: str) -> None:
    """Link the pages of the newest day from the description of a version's run; a registry out of reach is told."""
    from mlflow.exceptions import MlflowException

    try:
        client, run_id = connect(settings), version_info(settings, model, version).run_id
        before = client.get_run(run_id).data.tags.get(NOTE, "")
        kept = "\n".join(line for line in before.splitlines() if not line.startswith(_PAGES))  # another address
        note = f"{kept.strip()}\n\n{_PAGES}({address})".strip()
        if note != before:
            client.set_tag(run_id, NOTE, note)
    except (MlflowException, ModelMissing, OSError) as unreachable:
        _log.warning("the site was not linked from version %d of %s: %s", version, model, type(unreachable).__name__)
