"""What ``shelduck diff`` prints: how two published versions differ, capability by capability."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta

from rich import box
from rich.console import Console
from rich.table import Table

from ml.capabilities import resolve
from ml.capability import Capability
from ml.documents import Section, as_markdown, shown
from ml.errors import NotPublished
from ml.escape import visible
from ml.publish.differences import AFTER, BEFORE, COLUMN, TRACES, TableDifference, differences
from ml.publish.readers import published_version, versions
from ml.publish.store import Version, version
from ml.settings import Settings
from ml.words import Language, said

Pair = tuple[Version, Version]
"""The version that is compared with, and the one that is looked at."""
_COUNTS = ("rows before", "rows after", "added", "removed", "changed")


def pairs(
    settings: Settings, base: date | str | None, new: date | str | None, capability: Capability | None = None
) -> Mapping[Capability, Pair]:
    """By capability what is compared; a capability that lacks one of the days is left out.

    Args:
        base, new: days (their last versions) or version ids; without ``new`` what readers get now, without ``base``
            the day before ``new``.

    Raises:
        NotPublished: no capability has both.
    """
    found = {}
    for each in [capability] if capability else settings.capabilities_on:
        after = _version(settings, each, new)
        before = after and _version(settings, each, base or after.as_of - timedelta(days=1))
        if before and after:
            found[each] = (before, after)
    if not found:
        raise NotPublished(
            f"{base or 'the day before'} and {new or 'the current version'}",
            expected="two published versions of a capability",
            found="fewer",
            remedy="Run: shelduck days",
        )
    return found


def sections(settings: Settings, compared: Mapping[Capability, Pair]) -> tuple[list[Section], bool]:
    """What there is to read, and whether anything differs at all."""
    read, differs = list[Section](), False
    for capability, pair in compared.items():
        found = list(differences(settings, capability, *pair))
        read.append(_tables(capability, pair, found))
        if all(each.is_empty for each in found):
            continue
        differs = True
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


def markdown(compared: Mapping[Capability, Pair], read: list[Section]) -> str:
    """The same for a pull request."""
    before, after = next(iter(compared.values()))
    return as_markdown(f"What changed from {before.as_of} to {after.as_of}", read)


def _version(settings: Settings, capability: Capability, wanted: date | str | None) -> Version | None:
    if isinstance(wanted, str):
        found = version(settings, capability, wanted)
        return found if found in versions(settings, capability) else None
    with suppress(NotPublished):
        return published_version(settings, capability, wanted)
    return None


def _tables(capability: Capability, pair: Pair, found: list[TableDifference]) -> Section:
    rows = [
        (each.table.name, *(f"{count:,}" for count in (*each.rows, each.added, each.removed, each.changed)), _why(each))
        for each in found
    ]
    same = "" if any(not each.is_empty for each in found) else " Nothing differs."
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
        columns = (*each.table.key, COLUMN, BEFORE, AFTER)
        rows = tuple(
            tuple("" if cell is None else str(cell) for cell in row) for row in each.cells.select(columns).iter_rows()
        )
        yield Section(f"First changes of {each.table.name}", "", columns, rows)


def _rich(section: Section, language: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in section.columns:
        table.add_column(said(name, language), justify="right" if name in section.numeric else "left", overflow="fold")
    for row in section.rows:
        table.add_row(*(visible(shown(cell, language)) for cell in row))
    return table
