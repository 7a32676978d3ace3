"""dbt's exposures, generated from what capabilities declare: ``python -m ml.warehouse.exposures`` writes them."""

from __future__ import annotations

from pathlib import Path

import yaml

from ml.capabilities import capabilities
from ml.capability import Capability
from ml.warehouse.lineage import PROJECT

_HEAD = "# Generated from ml/{name}/capability.py by: python -m ml.warehouse.exposures\n"


def exposures_file(capability: Capability) -> Path:
    """Where the exposure of a capability stands."""
    return PROJECT / "models" / "marts" / capability.name / f"_{capability.name}__exposures.yml"


def exposures_text(capability: Capability) -> str:
    """The exposure: what the capability publishes, and every model that its code opens."""
    exposure = {
        "name": capability.name,
        "label": capability.name.capitalize(),
        "type": "ml" if capability.training else "application",
        "maturity": "high",
        "description": f"{capability.description}. Publishes {', '.join(capability.tables)}.",
        "owner": {"name": "Shelduck", "email": "shelduck@localhost"},
        "depends_on": [f"ref('{model}')" for model in sorted(capability.reads)],
    }
    text = yaml.safe_dump({"exposures": [exposure]}, sort_keys=False, width=110, allow_unicode=True)
    return _HEAD.format(name=capability.name) + text


def write_exposures() -> None:
    """Write the file of every capability."""
    for capability in capabilities():
        path = exposures_file(capability)
        path.parent.mkdir(exist_ok=True)
        path.write_text(exposures_text(capability), encoding="utf-8")


if __name__ == "__main__":
    write_exposures()
