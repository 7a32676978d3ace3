"""Data contracts, as text and in the Open Data Contract Standard: of what is published, and of what a shop lands.

A contract is called ``published``, ``landing``, or as the capability whose tables it is of.

The standard is https://bitol-io.github.io/open-data-contract-standard, version 3.1. What it has no field for (unit,
owner of a table, the column with a person's id) stands in ``customProperties``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import yaml

from ml.capabilities import capabilities, named
from ml.capabilities import names as installed
from ml.capability import Capability
from ml.errors import ReferenceUnknown
from ml.landing.contract import CONTRACT
from ml.reference import landing, published
from ml.reference.names import LANDING, PUBLISHED
from ml.reference.odcs_tables import Fields, landing_table, published_table
from ml.tables import DEFAULT_OWNER

if TYPE_CHECKING:
    from rich.markdown import Markdown

API_VERSION: Final = "v3.1.0"
_PURPOSE: Final = {
    PUBLISHED: "What Shelduck publishes every day: one version of each table, replaced as a whole.",
    LANDING: "What a shop drops into the landing folder: one partition per table and arrival day.",
}


def render_contract(name: str) -> Markdown:
    """The contract of that name for a terminal: its pages of the reference.

    Raises:
        ReferenceUnknown: there is none.
    """
    from rich.markdown import Markdown

    if name == LANDING:
        return Markdown(landing.page())
    return Markdown("\n".join(map(published.page, _chosen(name))))


def contract_text(name: str) -> str:
    """The contract of that name as YAML.

    Raises:
        ReferenceUnknown: there is none.
    """
    return yaml.safe_dump(contract(name), sort_keys=False, width=110, allow_unicode=True)


def contract(name: str) -> Fields:
    """The contract of that name: a document that the standard's schema accepts.

    Raises:
        ReferenceUnknown: there is none.
    """
    if name == LANDING:
        servers = [_server(LANDING, "landing/{table}/dt={arrival_date}/*", "parquet, csv or jsonl")]
        return _document(name, _PURPOSE[LANDING], "the shop", servers, map(landing_table, CONTRACT.values()))
    chosen = _chosen(name)
    purpose = _PURPOSE[PUBLISHED] if name == PUBLISHED else f"{chosen[0].description}."
    servers = [_server(each.name, f"published/{each.name}/current/{{table}}.parquet", "parquet") for each in chosen]
    tables = (published_table(each, table) for each in chosen for table in each.outputs)
    return _document(name, purpose, DEFAULT_OWNER, servers, tables) | {"slaProperties": _promises(chosen)}


def _chosen(name: str) -> tuple[Capability, ...]:
    if name == PUBLISHED:
        return capabilities()
    if name not in installed():
        known = ", ".join((LANDING, PUBLISHED, *installed()))
        raise ReferenceUnknown(f"contract {name}", expected=f"one of {known}", found=name, remedy="Check the spelling")
    return (named(name),)


def _document(
    name: str, purpose: str, team: str, servers: Sequence[Mapping[str, str]], tables: Iterable[Fields]
) -> Fields:
    return {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": f"shelduck-{name}",
        "name": f"Shelduck: {name}",
        "version": version("shelduck"),
        "status": "active",
        "domain": "marketing",
        "description": {"purpose": purpose, "usage": "Paths are below the data home (SHELDUCK_HOME)."},
        "servers": list(servers),
        "schema": list(tables),
        "team": {"name": team},
    }


def _server(name: str, path: str, form: str) -> dict[str, str]:
    return {"server": name, "type": "local", "path": path, "format": form}


def _promises(chosen: Iterable[Capability]) -> list[dict[str, Any]]:
    """A version per day; of tables that are kept for less long than their version, for how long."""
    promises: list[dict[str, Any]] = [{"property": "frequency", "value": 1, "unit": "d"}]
    short_lived = [table for each in chosen for table in each.outputs if table.kept_days]
    return promises + [
        {"property": "retention", "value": table.kept_days, "unit": "d", "element": table.name} for table in short_lived
    ]
