"""Data contracts are valid documents of the Open Data Contract Standard and say what the code declares."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import polars as pl
import pytest
import yaml
from jsonschema.validators import validator_for
from open_data_contract_standard.model import OpenDataContractStandard
from rich.console import Console
from typer.testing import CliRunner

from ml.capabilities import capabilities, names
from ml.cli import app
from ml.errors import ReferenceUnknown
from ml.landing.contract import CONTRACT
from ml.landing.forms import FORMS
from ml.reference.contracts import contract, contract_text, render_contract
from ml.reference.names import LANDING, PUBLISHED
from ml.tables import Kind

CONTRACTS = (PUBLISHED, LANDING, *names())


@pytest.mark.parametrize("name", CONTRACTS)
def test_the_standards_schema_accepts_the_contract(name: str) -> None:
    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8"))
    validator = validator_for(schema)(schema)
    document = yaml.safe_load(contract_text(name))
    assert [error.message for error in validator.iter_errors(document)] == []
    assert list(validator.iter_errors(document | {"schema": [{"properties": []}]})), "the schema refuses something"


@pytest.mark.parametrize("name", CONTRACTS)
def test_the_standards_own_reader_finds_every_table_and_column(name: str) -> None:
    read = OpenDataContractStandard.from_string(contract_text(name))
    found = {table.name: [column.name for column in table.properties or ()] for table in read.schema_ or ()}
    landed = {table.name: list(table.names) for table in CONTRACT.values()}
    published = {each.name: {table.name: list(table.schema) for table in each.outputs} for each in capabilities()}
    everything = {table: columns for tables in published.values() for table, columns in tables.items()}
    assert found == {LANDING: landed, PUBLISHED: everything, **published}[name]


def test_a_published_column_has_its_type_key_unit_and_meaning() -> None:
    duckdb = {
        pl.String(): "VARCHAR",
        pl.List(pl.String()): "VARCHAR[]",
        pl.Int64(): "BIGINT",
        pl.Int32(): "INTEGER",
        pl.Float64(): "DOUBLE",
        pl.Date(): "DATE",
        pl.Binary(): "BLOB",
        pl.Boolean(): "BOOLEAN",
    }
    for each in capabilities():
        for declared, table in zip(each.outputs, contract(each.name)["schema"], strict=True):
            columns = {column["name"]: column for column in table["properties"]}
            keys = sorted(
                (column["primaryKeyPosition"], name) for name, column in columns.items() if "primaryKey" in column
            )
            assert tuple(name for _, name in keys) == declared.key
            assert table["quality"][0]["arguments"]["properties"] == list(declared.key)
            assert _facts(table)["owner"] == declared.owner
            assert {name: column["physicalType"] for name, column in columns.items()} == {
                name: duckdb[kind] for name, kind in declared.schema.items()
            }
            for column in declared.columns:
                assert columns[column.name]["description"] == column.description
                assert _facts(columns[column.name]).get("unit", "") == column.unit
                assert ("items" in columns[column.name]) == (column.kind is Kind.TEXTS)
            assert [name for name, column in columns.items() if "classification" in column] == [
                *([declared.person] if declared.person else [])
            ]


def test_retention_and_refusals_are_part_of_the_contract() -> None:
    kept = {each["element"]: each["value"] for each in contract(PUBLISHED)["slaProperties"] if "element" in each}
    assert kept == {"purchase_probability": 7}
    for declared, table in zip(CONTRACT.values(), contract(LANDING)["schema"], strict=True):
        told = [rule["description"] for rule in table["quality"] if rule["type"] == "text"]
        assert told == [f"Refused: {rule.reason}." for rule in declared.rules]
        required = {column["name"] for column in table["properties"] if column["required"]}
        assert required == set(declared.required)


def test_the_command_prints_the_published_tables_as_a_standard_document() -> None:
    assert _printed("--format", "odcs") == contract_text(PUBLISHED)
    assert _printed("landing", "--format", "odcs") == contract_text(LANDING)
    assert _printed("profile", "--format", "odcs") == contract_text("profile")


def test_the_command_prints_the_landing_contract_as_text_and_a_capabilitys_tables() -> None:
    assert "Landing contract" in _printed()
    assert "customer_profile" in _printed("profile") and "lifecycle_stage" in _printed("published")
    with pytest.raises(ReferenceUnknown, match="contract nothing: expected one of landing, published, recommend"):
        contract("nothing")


def test_the_printed_contract_names_every_table_column_and_form() -> None:
    printed = _rendered(LANDING)
    for table in CONTRACT.values():
        assert table.name in printed and all(name in printed for name in table.names)
    for forms in FORMS.values():
        assert all(form.what in printed for form in forms.accepted)
        assert all(form.kind in printed and form.remedy in printed for form in forms.refused)


def _facts(described: dict[str, Any]) -> dict[str, str]:
    return {each["property"]: each["value"] for each in described.get("customProperties", [])}


def _printed(*words: str) -> str:
    result = CliRunner().invoke(app, ["contract", *words])
    assert result.exit_code == 0, result.output
    return result.output


def _rendered(name: str) -> str:
    console = Console(width=400)
    with console.capture() as captured:
        console.print(render_contract(name))
    return " ".join(captured.get().split())
