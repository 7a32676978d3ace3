"""A published table's columns change together with its version: what readers rely on is recorded per capability."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ml.capabilities import capabilities
from ml.capability import Capability
from ml.tables import Table

EACH = [(capability, table) for capability in capabilities() for table in capability.outputs]


def _recorded(capability: Capability) -> dict[str, Any]:
    """``tests/<capability>/columns.json``: by table its version, and what each column holds."""
    found: dict[str, Any] = json.loads((Path(__file__).parent / capability.name / "columns.json").read_text())
    return found


@pytest.mark.parametrize(("capability", "table"), EACH, ids=lambda each: each.name)
def test_columns_that_change_raise_the_version(capability: Capability, table: Table) -> None:
    recorded = _recorded(capability)[table.name]
    now = {column.name: column.kind.value for column in table.columns}
    lost = {name for name, kind in recorded["columns"].items() if now.get(name) != kind}
    major = table.version.partition(".")[0]
    assert not lost or int(major) > int(recorded["version"].partition(".")[0]), f"a new major version: {sorted(lost)}"
    assert now == recorded["columns"] or table.version != recorded["version"], "a new minor version"
    assert (now, table.version) == (recorded["columns"], recorded["version"]), "then record it in columns.json"


@pytest.mark.parametrize("capability", capabilities(), ids=lambda each: each.name)
def test_no_table_is_recorded_that_is_not_published(capability: Capability) -> None:
    assert set(_recorded(capability)) == set(capability.tables)
