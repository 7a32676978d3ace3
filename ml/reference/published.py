"""The reference of published tables: a page per capability, and the index of all tables."""

from __future__ import annotations

import re
from typing import Final

from ml.capabilities import capabilities
from ml.capability import Capability
from ml.reference import markdown
from ml.reference.markdown import code, codes
from ml.tables import Column, Table

_HEADINGS: Final = ("column", "type", "unit", "meaning")
_PAGE: Final = re.compile(r"\bdocs/([\w-]+\.md)")


def page(capability: Capability) -> str:
    """Every table of a capability: key, owner, version, retention, columns with type, unit and meaning."""
    parts = [
        markdown.head(capability.name, f"ml/{capability.name}/outputs.py"),
        f"{capability.description}.",
        _facts(capability),
        *(part for table in capability.outputs for part in _table(table)),
    ]
    return markdown.page(parts)


def index() -> str:
    """Every published table in one list, and where the rest is described."""
    rows = [
        (f"[{table.name}]({each.name}.md#{table.name})", each.name, table.description, table.owner)
        for each in capabilities()
        for table in each.outputs
    ]
    return markdown.page(
        [
            markdown.head("Reference of tables", "the declarations of capabilities"),
            "Published tables, as `shelduck sql` and the files under `published/` have them:",
            markdown.table(("table", "capability", "a row", "owner"), rows),
            _ELSEWHERE,
        ]
    )


_ELSEWHERE: Final = """\
- [features.md](features.md): the tables of a day's snapshot, from which published tables are computed.
- [landing.md](landing.md): the files that a shop lands, and what a value may look like in them.
- [published.odcs.yaml](published.odcs.yaml), [landing.odcs.yaml](landing.odcs.yaml): the same as data contracts in the
  Open Data Contract Standard, for catalogues and tools; `shelduck contract --format odcs` prints the first.

A description stands in one place: of published tables in `ml/<capability>/outputs.py`, of feature tables in the YAML
beside their dbt model, of landing tables in `ml/landing`. `make reference` writes these pages, the contracts and dbt's
descriptions of published tables anew, and a test fails where one of them is stale. The owner of a table is the role
that decides what it means and answers questions about it."""


def _facts(capability: Capability) -> str:
    facts = [f"Published by the DAG {code(capability.daily_dag)} in `published/{capability.name}`"]
    if capability.training:
        facts.append(f"learns in {code(capability.weekly_dag)}")
    if capability.upstream:
        facts.append(f"reads what {codes(capability.upstream)} published of the day")
    if capability.upstream_if_landed:
        facts.append(f"where there is one, of {codes(capability.upstream_if_landed)} too")
    own = [name for name in capability.reads if name not in capability.tables]
    published = {table.name: each.name for each in capabilities() for table in each.outputs}
    read = ", ".join(f"[{name}]({published.get(name, 'features')}.md#{name})" for name in own)
    return f"{'; '.join(facts)}. Computed from {read}."


def _table(table: Table) -> list[str]:
    rows = [
        (_name(table, column), column.kind.value, column.unit, _linked(column.description)) for column in table.columns
    ]
    about = f"a shopper, in {code(table.person)}" if table.person else "nobody"
    facts = [
        f"Key: {codes(table.key)}",
        f"Rows are about: {about}",
        f"Owner: {table.owner}",
        f"Version of the columns: {table.version}",
        f"Kept: {retention(table)}",
    ]
    listed = "\n".join(f"- {fact}" for fact in facts)
    return [f"## {table.name}", table.description, listed, markdown.table(_HEADINGS, rows)]


def _linked(text: str) -> str:
    """Pages that a description names become links."""
    return _PAGE.sub(r"[docs/\1](../\1)", text)


def retention(table: Table) -> str:
    """How long a day's rows of the table are kept."""
    if table.kept_days:
        return f"the newest {table.kept_days} days"
    return "as long as the day's version (`SHELDUCK_KEPT_PUBLISHED_DAYS`)"


def _name(table: Table, column: Column) -> str:
    """Columns of the key are bold."""
    return f"**{column.name}**" if column.name in table.key else column.name
