"""The contract is written once; what is printed and documented comes from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ml.landing.contract import CONTRACT, contract_hash, contract_markdown
from ml.landing.forms import FORMS
from ml.landing.schema import Kind, LandingTable, Rule, Type

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "landing.md"


@pytest.mark.parametrize("table", CONTRACT.values(), ids=lambda table: table.name)
def test_a_tables_key_and_rules_name_columns_of_its_own(table: LandingTable) -> None:
    assert set(table.key) <= set(table.names)
    assert {rule.column for rule in table.rules} <= set(table.names)
    assert len(set(table.names)) == len(table.names)
    assert table.required and table.doc and all(column.doc for column in table.columns)


@pytest.mark.parametrize("table", CONTRACT.values(), ids=lambda table: table.name)
def test_an_events_key_is_required(table: LandingTable) -> None:
    if table.kind is Kind.EVENT:
        assert set(table.key) <= set(table.required)


def test_the_docs_hold_the_contract_as_it_is() -> None:
    assert contract_markdown() in DOCS.read_text(encoding="utf-8")


def test_a_setting_or_another_form_changes_the_contracts_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = contract_hash(CONTRACT["users"], "UTC", "refuse")
    assert (
        refusing
        == contract_hash(CONTRACT["users"], "UTC", "refuse")
        != contract_hash(CONTRACT["users"], "UTC", "accept")
    )
    monkeypatch.setitem(FORMS, Type.DATE, FORMS[Type.NUMBER])
    assert contract_hash(CONTRACT["users"], "UTC", "refuse") != refusing


def test_what_a_column_means_and_its_unit_decide_no_row() -> None:
    items = CONTRACT["items"]
    retold = tuple(replace(column, doc="other words", unit="other units") for column in items.columns)
    assert contract_hash(replace(items, columns=retold), "UTC") == contract_hash(items, "UTC")


def test_other_rules_or_another_time_zone_change_the_contracts_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    berlin = contract_hash(CONTRACT["users"], "Europe/Berlin")
    assert berlin == contract_hash(CONTRACT["users"], "Europe/Berlin") != contract_hash(CONTRACT["users"], "UTC")
    users = CONTRACT["users"]
    stricter = LandingTable(
        users.name, users.kind, users.key, users.columns, users.doc, (Rule("country", "country = ''", "", ""),)
    )
    described = replace(users, doc="other words", columns=tuple(replace(each, doc="") for each in users.columns))
    monkeypatch.setitem(CONTRACT, "items", replace(CONTRACT["items"], key=("item_name",)))
    assert contract_hash(described, "Europe/Berlin") == berlin, "neither words nor another table"
    monkeypatch.setitem(CONTRACT, "users", stricter)
    assert contract_hash(CONTRACT["users"], "Europe/Berlin") != berlin
