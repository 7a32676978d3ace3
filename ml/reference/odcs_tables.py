"""A table as the Open Data Contract Standard writes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ml.capability import Capability
from ml.landing.schema import Column as LandingColumn
from ml.landing.schema import LandingTable, Type
from ml.tables import Column, Kind, Table

Fields = dict[str, Any]

_KINDS: Final = {
    Kind.TEXT: ("string", "VARCHAR"),
    Kind.TEXTS: ("array", "VARCHAR[]"),
    Kind.COUNT: ("integer", "BIGINT"),
    Kind.RANK: ("integer", "INTEGER"),
    Kind.NUMBER: ("number", "DOUBLE"),
    Kind.DAY: ("date", "DATE"),
    Kind.FLAG: ("boolean", "BOOLEAN"),
    Kind.BYTES: ("string", "BLOB"),
}
"""By kind of a published column: the standard's logical type, and DuckDB's type in the files."""
_TYPES: Final = {
    Type.ID: "string",
    Type.TEXT: "string",
    Type.TIMESTAMP: "timestamp",
    Type.DATE: "date",
    Type.NUMBER: "number",
    Type.INTEGER: "integer",
    Type.BOOLEAN: "boolean",
    Type.RATIO: "number",
}
"""By type of a landing column: the standard's logical type."""


def published_table(capability: Capability, table: Table) -> Fields:
    """A published table: its grain, columns, and that its key is unique."""
    facts = {"owner": table.owner, "columnsVersion": table.version}
    facts |= {"personColumn": table.person} if table.person else {}
    about = _about(table.name, table.description, table.key, [capability.name], facts)
    return about | {"properties": [_published_column(table, column) for column in table.columns]}


def landing_table(table: LandingTable) -> Fields:
    """A landing table: its columns, what each may hold, and which rows are refused."""
    facts = {"repeatedKey": table.repeated}
    about = _about(table.name, table.doc, table.key, ["landing"], facts)
    about["quality"] += [{"type": "text", "description": f"Refused: {rule.reason}."} for rule in table.rules]
    return about | {"properties": [_landing_column(table, column) for column in table.columns]}


def _about(name: str, description: str, key: Sequence[str], tags: list[str], facts: dict[str, str]) -> Fields:
    unique: Fields = {"type": "library", "metric": "duplicateValues", "mustBe": 0, "unit": "rows"}
    return {
        "name": name,
        "physicalName": name,
        "physicalType": "table",
        "logicalType": "object",
        "description": description,
        "tags": tags,
        "customProperties": _custom(facts),
        "quality": [unique | {"arguments": {"properties": list(key)}}],
    }


def _published_column(table: Table, column: Column) -> Fields:
    logical, physical = _KINDS[column.kind]
    fields = _column(column.name, logical, physical, column.description, table.key)
    if column.kind is Kind.TEXTS:
        fields["items"] = {"logicalType": "string", "physicalType": "VARCHAR"}
    if column.name == table.person:
        fields["classification"] = "pseudonymous id of a person"
    return fields | ({"customProperties": _custom({"unit": column.unit})} if column.unit else {})


def _landing_column(table: LandingTable, column: LandingColumn) -> Fields:
    fields = _column(column.name, _TYPES[column.type], column.type.sql, column.doc, table.key)
    fields["required"] = column.required
    if column.one_of:
        valid = {"type": "library", "metric": "invalidValues", "mustBe": 0, "unit": "rows"}
        fields["quality"] = [valid | {"arguments": {"validValues": list(column.one_of)}}]
    return fields | ({"customProperties": _custom({"unit": column.unit})} if column.unit else {})


def _column(name: str, logical: str, physical: str, description: str, key: Sequence[str]) -> Fields:
    fields: Fields = {"name": name, "logicalType": logical, "physicalType": physical, "description": description}
    if name in key:
        fields |= {"primaryKey": True, "primaryKeyPosition": key.index(name) + 1, "required": True}
    return fields


def _custom(facts: dict[str, str]) -> list[dict[str, str]]:
    return [{"property": name, "value": value} for name, value in facts.items()]
