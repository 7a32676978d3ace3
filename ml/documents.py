"""What a person reads in a terminal, in a pull request or on a page, said once: sections of text and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ml.escape import for_markdown


@dataclass(frozen=True)
class Section:
    """A heading, what it says, and a table.

    Attributes:
        heading, text: words of the code, never of data: they are not escaped.
        rows: cells as texts, as wide as ``columns``; whoever renders them escapes those that are no numbers.
        numeric: the columns whose cells are numbers, which stand to the right.
    """

    heading: str
    text: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    numeric: frozenset[str] = frozenset()


def as_markdown(title: str, sections: Sequence[Section]) -> str:
    """The sections beneath a title."""
    lines = [f"# {title}", ""]
    for section in sections:
        lines += [f"## {section.heading}", ""]
        lines += [section.text, ""] if section.text else []
        lines += [*_table(section), ""] if section.rows else []
    return "\n".join(lines)


def _table(section: Section) -> Iterator[str]:
    numeric = [name in section.numeric for name in section.columns]
    yield _line(section.columns)
    yield "|" + "|".join("---:" if right else "---" for right in numeric) + "|"
    for row in section.rows:
        yield _line([cell if is_number else for_markdown(cell) for cell, is_number in zip(row, numeric, strict=True)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
