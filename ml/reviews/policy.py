"""What reads a day's reviews: the model effective on it, or their ratings."""

from __future__ import annotations

from pydantic import JsonValue

from ml.day import Day
from ml.registry.deciding import Policy, policy_of_version
from ml.registry.ledger import policy_effective
from ml.reviews.bundle import Bundle, read_bundle
from ml.reviews.code import reviews_revision
from ml.reviews.model import MODEL


def effective(day: Day) -> Policy[Bundle]:
    """The policy of a day.

    Raises:
        ModelMissing: the registry does not hold the version that was promoted.
    """
    decides = day.decided_by[MODEL] if MODEL in day.decided_by else policy_effective(day.settings, MODEL, day.as_of)
    return policy_of_version(day.settings, MODEL, decides, read_bundle, reviews_revision())


def told(policy: Policy[Bundle], command: str) -> dict[str, JsonValue]:
    """For the manifest.

    Args:
        command: that trains a model, told where there is none.
    """
    if policy.bundle is None:
        return policy.told | {"untrained": f"no model decides yet: ratings do, and there are no topics. Run: {command}"}
    clear: dict[str, JsonValue] = {name: each.least for name, each in policy.bundle.classifiers.items()}
    return policy.told | {"recipes": dict(policy.bundle.recipes), "clear_from": clear}
