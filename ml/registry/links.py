"""Links between a training's run, the version that it registered and the policies that serve it, for MLflow's pages.

Nothing is decided by them: the ledger and the published manifests hold the same.
"""

from __future__ import annotations

import logging
from datetime import date

from ml.errors import ModelMissing
from ml.registry.client import connect
from ml.registry.ledger import Promotion
from ml.registry.runs import NOTE
from ml.registry.versions import version_info
from ml.settings import Settings

_log = logging.getLogger(__name__)
POLICY = "policy."
"""Of a tag on a version and its run, before the policy's id; its value is the first day that was published with it."""


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

    line = f"[Pages of the newest day]({address})"
    try:
        client, run_id = connect(settings), version_info(settings, model, version).run_id
        note = client.get_run(run_id).data.tags.get(NOTE, "")
        if line not in note:
            client.set_tag(run_id, NOTE, f"{note}\n\n{line}".strip())
    except (MlflowException, ModelMissing, OSError) as unreachable:
        _log.warning("the site was not linked from version %d of %s: %s", version, model, type(unreachable).__name__)
