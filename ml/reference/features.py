"""The reference of a snapshot's tables, read from the YAML beside each dbt model; dbt is not imported."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from ml.capabilities import capabilities, snapshot_tables
from ml.code.sources import read_project
from ml.reference import markdown
from ml.reference.markdown import codes
from ml.tables import Col
from ml.warehouse.lineage import PROJECT, key_columns

_HEADINGS: Final = ("column", "type", "unit", "ranker", "meaning")


def names() -> tuple[str, ...]:
    """The tables of a snapshot but those that are published as they are."""
    published = {name for each in capabilities() for name in each.tables}
    return tuple(name for name in snapshot_tables() if name not in published)


def meanings(name: str) -> dict[str, str]:
    """By column of a snapshot's table its description and unit; of the table itself under the empty name."""
    model = _models()[name]
    return {"": _said(model), **{column["name"]: _meaning(column) for column in model["columns"]}}


def page() -> str:
    """Every table of ``names``: key, columns, type, meaning."""
    return markdown.page(
        [
            markdown.head("Tables of a day's snapshot", "the YAML beside each model in dbt_project/models"),
            "What published tables are computed from ([features.md](../features.md) says how, and which events count). "
            f"Each holds the rows of one day: `{Col.as_of_date}` is the same in all of them. Money and quantities, "
            "decimals in the warehouse, are 64-bit floats in a snapshot's files; a column marked `yes` is learned from "
            "by the ranker.",
            *(part for name in names() for part in _table(name, _models()[name])),
        ]
    )


def _table(name: str, model: Mapping[str, Any]) -> list[str]:
    columns = [column for column in model["columns"] if column["name"] != Col.as_of_date]
    key = key_columns(name)
    rows = [
        (
            f"**{column['name']}**" if column["name"] in key else column["name"],
            column["data_type"],
            _meta(column).get("unit", ""),
            "yes" if _meta(column).get("ranker") else "",
            column["description"],
        )
        for column in columns
    ]
    return [f"## {name}", _said(model), f"Key on a day: {codes(key)}.", markdown.table(_HEADINGS, rows)]


def _meaning(column: Mapping[str, Any]) -> str:
    unit = _meta(column).get("unit")
    return f"{column['description']} [{unit}]" if unit else str(column["description"])


def _meta(column: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = column.get("config", {}).get("meta", {})
    return found


def _said(model: Mapping[str, Any]) -> str:
    return " ".join(model["description"].split())


@cache
def _models() -> dict[str, Any]:
    """The entry of each model in the project's property files."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    files = [text for path, text in read_project(PROJECT).items() if path.endswith((".yml", ".yaml"))]
    listed = [(yaml.load(text, loader) or {}).get("models", []) for text in files]
    return {entry["name"]: entry for entries in listed if isinstance(entries, list) for entry in entries}
