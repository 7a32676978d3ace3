"""What ``shelduck diff`` prints: how two versions differ, capability by capability."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.table import Table

from ml.capabilities import resolve
from ml.capability import Capability
from ml.console.compared import Compared, Pair
from ml.documents import Section, as_markdown, shown
from ml.escape import visible
from ml.publish.differences import TRACES, TableDifference, differences
from ml.settings import Settings
from ml.words import Language, said

_COUNTS = ("rows before", "rows after", "added", "removed", "changed")


def sections(settings: Settings, compared: Compared) -> tuple[list[Section], bool]:
    """What there is to read, and whether anything differs at all."""
    read, differs = list[Section](), False
    if compared.notes:
        read.append(Section("What is compared", " ".join((f"{' and '.join(compared.sides)}.", *compared.notes))))
    for capability, pair in compared.pairs.items():
        found = list(differences(capability, *pair))
        read.append(_tables(capability, pair, found))
        if all(each.is_empty for each in found):
            continue
        differs |= compared.traces_count or not all(each.only_traces for each in found)
        if capability.changes:
            read += resolve(capability.changes)(settings, *pair)
        read += _details(found)
    return read, differs


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


def _tables(capability: Capability, pair: Pair, found: list[TableDifference]) -> Section:
    rows = [
        (each.table.name, *(f"{count:,}" for count in (*each.rows, each.added, each.removed, each.changed)), _why(each))
        for each in found
    ]
    same = " Nothing differs." if all(each.is_empty for each in found) else ""
    if not same and all(each.only_traces for each in found):
        same = " Nothing that is shown differs."
    text = f"From version {pair[0].id} to {pair[1].id}.{same}"
    return Section(f"Tables of {capability.name}", text, ("table", *_COUNTS, "in"), tuple(rows), frozenset(_COUNTS))


def _why(found: TableDifference) -> str:
    """The columns in which rows changed, the most often changed first."""
    told = sorted((-count, name) for name, count in found.columns.items() if name not in TRACES)
    words = [f"{name} {-count:,}" for count, name in told]
    if not told and found.columns:
        words = ["only in " + ", ".join(sorted(found.columns))]
    return "; ".join([*words, *found.schema])


def _details(found: list[TableDifference]) -> Iterator[Section]:
    for each in found:
        if each.cells is None or each.cells.is_empty() or not each.changed:
            continue
        columns = tuple(each.cells.columns)
        rows = tuple(tuple("" if cell is None else str(cell) for cell in row) for row in each.cells.iter_rows())
        yield Section(f"First changes of {each.table.name}", "", columns, rows)


def _rich(section: Section, language: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in section.columns:
        table.add_column(said(name, language), justify="right" if name in section.numeric else "left", overflow="fold")
    for row in section.rows:
        table.add_row(*(visible(shown(cell, language)) for cell in row))
    return table
