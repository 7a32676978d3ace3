"""What segments a day: the model of behavioural segments that is effective on it, if any."""

from __future__ import annotations

from pydantic import JsonValue

from ml.audiences.segments.bundle import Bundle, read_bundle
from ml.audiences.segments.code import audiences_revision
from ml.audiences.segments.model import MODEL
from ml.day import Day
from ml.registry.deciding import Policy, policy_of_version
from ml.registry.ledger import policy_effective


def effective(day: Day) -> Policy[Bundle]:
    """The policy of a day.

    Raises:
        ModelMissing: the registry does not hold the version that was promoted.
    """
    decides = day.decided_by[MODEL] if MODEL in day.decided_by else policy_effective(day.settings, MODEL, day.as_of)
    return policy_of_version(day.settings, MODEL, decides, read_bundle, audiences_revision())


def told(policy: Policy[Bundle], command: str) -> dict[str, JsonValue]:
    """For the manifest.

    Args:
        command: that trains a model, told where there is none.
    """
    if policy.bundle is None:
        return policy.told | {"untrained": f"no model of behavioural segments decides yet. Run: {command}"}
    changes: dict[str, JsonValue] = {each.segment_id: each.change.value for each in policy.bundle.segments}
    gone: dict[str, JsonValue] = {name: list(to) for name, to in policy.bundle.vanished.items()}
    agreement = {"agreement": policy.bundle.agreement}
    return policy.told | {"segments": changes, "vanished": gone, "why": policy.bundle.why, **agreement}
