"""One day in a few facts: for the page beside its run, the asset event and whoever asks."""

from __future__ import annotations

from pydantic import JsonValue

from ml.capability import Capability
from ml.publish.manifest import Manifest
from ml.publish.readers import current_version, manifest
from ml.settings import Settings


def summary(settings: Settings, capability: Capability, version_id: str) -> dict[str, JsonValue]:
    """What a version holds, from what and by which policy: counts and hashes, nothing about a person."""
    told = manifest(settings, capability, version_id)
    current = current_version(settings, capability)
    return {
        "day": told.as_of_date.isoformat(),
        "version": told.version,
        "content hash": told.content_hash[:12],
        "readers get": "this version" if current.id == told.version else f"the day {current.as_of}",
        **({"policy": _policy(told)} if told.policy else {}),
        **(
            {"reads": ", ".join(f"{name} {version}" for name, version in told.upstream.items())}
            if told.upstream
            else {}
        ),
        "rows": {name: table.rows for name, table in sorted(told.tables.items())},
        "inputs": f"{len(told.inputs)} landing partitions, {sum(each.rows for each in told.inputs):,} rows",
        "arrived that day": {each.table: each.rows for each in told.inputs if each.arrival_date == told.as_of_date},
        "code": told.code_revision[:12],
    }


def _policy(told: Manifest) -> str:
    version = told.policy.get("model_version")
    return f"{told.policy['policy_id']}, " + (f"model shelf version {version}" if version else "rules without a model")
