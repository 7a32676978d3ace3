"""The first days of a policy are linked to the model that it serves, in MLflow's pages."""

from __future__ import annotations

from typing import Final

from ml.publish.readers import manifest, versions
from ml.recommend.capability import RECOMMEND
from ml.recommend.model import MODEL
from ml.settings import Settings

_LOOKED_AT: Final = 3


def link_published(settings: Settings, version_id: str) -> None:
    """Tag the model version behind a published version with its policy, unless the newest days had that one already.

    So MLflow is imported and asked when a policy is new, not every day.
    """
    told = manifest(settings, RECOMMEND, version_id)
    model = told.policy.get("model_version")
    others = sorted(
        (each for each in versions(settings, RECOMMEND) if each.id != version_id), key=lambda each: each.as_of
    )
    if not isinstance(model, int) or any(
        manifest(settings, RECOMMEND, each.id).policy["policy_id"] == told.policy["policy_id"]
        for each in others[-_LOOKED_AT:]
    ):
        return
    from ml.registry.links import link_policy

    link_policy(settings, MODEL, model, str(told.policy["policy_id"]), told.as_of_date)
