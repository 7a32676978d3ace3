"""A table of evidence, in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from ml.documents import Section, as_markdown


def table_of(columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[str] = ()) -> str:
    """The table alone; cells are escaped."""
    section = Section("-", "", tuple(columns), tuple(tuple(row) for row in rows), frozenset(numeric))
    lines = as_markdown("-", [section]).splitlines()
    return "\n".join(line for line in lines if line.startswith("|"))
