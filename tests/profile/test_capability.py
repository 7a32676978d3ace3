"""What ``profile`` declares is what dbt makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ml.capabilities import named
from ml.profile.columns import Profile, Stage
from ml.profile.outputs import CUSTOMER_PROFILE
from ml.tables import Kind

ROOT = Path(__file__).parents[2]
KINDS = {
    "date": Kind.DAY,
    "varchar": Kind.TEXT,
    "integer": Kind.COUNT,
    "bigint": Kind.COUNT,
    "double": Kind.NUMBER,
    "decimal(18, 4)": Kind.NUMBER,
}


@pytest.fixture(scope="module")
def contract() -> list[dict[str, Any]]:
    """The columns of the dbt model."""
    path = ROOT / "dbt_project" / "models" / "marts" / "profile" / "customer_profile.yml"
    (model,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    columns: list[dict[str, Any]] = model["columns"]
    return columns


def test_every_column_of_the_contract_is_published_with_its_type_and_described_by_its_declaration(
    contract: list[dict[str, Any]],
) -> None:
    declared = {column.name: column.kind for column in CUSTOMER_PROFILE.columns}
    made = {column["name"]: KINDS[column["data_type"]] for column in contract}
    described = {column["name"]: column["description"] for column in contract}

    assert len(made) > 60
    assert declared == made
    assert described == {name: f"{{{{ doc('customer_profile__{name}') }}}}" for name in declared}


def test_the_stages_are_those_that_dbt_accepts(contract: list[dict[str, Any]]) -> None:
    (stage,) = (column for column in contract if column["name"] == Profile.lifecycle_stage)
    (test,) = stage["data_tests"]
    assert sorted(test["accepted_values"]["arguments"]["values"]) == sorted(Stage)


def test_every_name_is_a_column_of_the_table() -> None:
    names = {value for name, value in vars(Profile).items() if not name.startswith("_")}
    assert len(names) > 50
    assert names <= {column.name for column in CUSTOMER_PROFILE.columns}


def test_profile_is_installed_and_its_rows_are_about_people() -> None:
    capability = named("profile")
    assert capability.tables == {CUSTOMER_PROFILE.name: CUSTOMER_PROFILE}
    assert CUSTOMER_PROFILE.person == "user_id"
    assert capability.models == () and capability.training is None
