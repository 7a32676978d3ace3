"""What ``shelduck diff`` prints: how two published versions differ, capability by capability."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table

from ml.documents import Section, as_markdown, shown
from ml.escape import visible
from ml.publish.changes import Compared
from ml.words import Language, said


def show(console: Console, read: list[Section], language: Language = "en") -> None:
    """Print the sections."""
    for section in read:
        console.print(f"\n{said(section.heading, language)}", style="bold")
        if section.text:
            console.print(said(section.text, language), style="dim", highlight=False)
        if section.rows:
            console.print(_rich(section, language))


def markdown(compared: Compared, read: list[Section]) -> str:
    """The same for a pull request."""
    before, after = compared.sides
    return as_markdown(f"What changed from {before} to {after}", read)


def _rich(section: Section, language: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in section.columns:
        table.add_column(said(name, language), justify="right" if name in section.numeric else "left", overflow="fold")
    for row in section.rows:
        table.add_row(*(visible(shown(cell, language)) for cell in row))
    return table
