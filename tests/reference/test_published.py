"""Every published table and column has description, unit and owner, and the reference shows them."""

from __future__ import annotations

import pytest

from ml.capabilities import capabilities
from ml.capability import Capability
from ml.reference import published
from ml.tables import Kind, Table

TABLES = [pytest.param(each, table, id=table.name) for each in capabilities() for table in each.outputs]
NUMBERS = (Kind.COUNT, Kind.RANK, Kind.NUMBER)


@pytest.mark.parametrize(("capability", "table"), TABLES)
def test_a_table_says_its_grain_and_its_owner_is_a_role(capability: Capability, table: Table) -> None:
    assert table.description.startswith("One row per ") and table.description.endswith(".")
    assert table.owner and table.owner == table.owner.lower() and "@" not in table.owner


@pytest.mark.parametrize(("capability", "table"), TABLES)
def test_a_column_is_described_in_a_sentence_and_a_number_has_a_unit(capability: Capability, table: Table) -> None:
    described = {column.name: column.description for column in table.columns}
    assert [name for name, text in described.items() if len(text.split()) < 3 or text[-1] not in ".)"] == []
    assert [name for name, text in described.items() if "\n" in text or "  " in text] == []
    assert [column.name for column in table.columns if column.kind in NUMBERS and not column.unit] == []
    assert [column.name for column in table.columns if column.kind not in NUMBERS and column.unit] == []


def test_a_column_that_several_tables_have_is_described_alike_where_it_means_the_same() -> None:
    tables = [table for each in capabilities() for table in each.outputs]
    for name in ("item_id", "as_of_date", "placement", "recommendation_id"):
        told = {table.column(name).meaning for table in tables if name in table.schema}
        assert len(told) == 1, name


@pytest.mark.parametrize(("capability", "table"), TABLES)
def test_the_page_of_a_capability_shows_the_whole_declaration(capability: Capability, table: Table) -> None:
    section = published.page(capability).partition(f"\n## {table.name}\n")[2].partition("\n## ")[0]
    assert table.description in section
    assert f"Owner: {table.owner}" in section and f"Version of the columns: {table.version}" in section
    assert f"Key: {', '.join(f'`{name}`' for name in table.key)}" in section
    assert f"Kept: {published.retention(table)}" in section
    assert (f"a shopper, in `{table.person}`" if table.person else "about: nobody") in section
    lines = [line for line in section.splitlines() if line.startswith("| ")][2:]
    assert len(lines) == len(table.columns)
    for line, column in zip(lines, table.columns, strict=True):
        name, kind, unit, _ = (cell.strip() for cell in line.strip("|").split(" | "))
        assert name.strip("*") == column.name and name.startswith("**") == (column.name in table.key)
        assert (kind, unit) == (column.kind.value, column.unit)


def test_the_index_lists_every_table_with_a_link_to_its_section() -> None:
    index = published.index()
    for each in capabilities():
        assert all(f"[{table.name}]({each.name}.md#{table.name})" in index for table in each.outputs)
