"""How published versions differ, capability by capability, as sections for terminals, pull requests and pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from ml.capabilities import resolve
from ml.capability import Capability
from ml.documents import Section
from ml.publish.differences import AFTER, BEFORE, COLUMN, TRACES, TableDifference, differences
from ml.publish.store import Version
from ml.settings import Settings
from ml.words import Text, Words

Pair: TypeAlias = tuple[Version, Version]
"""The version that is compared with, and the one that is looked at."""
_TABLE: Final = Words("table", "数据表")
_COUNTS: Final = (
    Words("rows before", "之前行数"),
    Words("rows after", "之后行数"),
    Words("added", "新增"),
    Words("removed", "移除"),
    Words("changed", "变更"),
)
_IN: Final = Words("in", "变更的列")
_CELLS: Final = {COLUMN: Words(COLUMN, "列"), BEFORE: Words(BEFORE, "之前"), AFTER: Words(AFTER, "之后")}


@dataclass(frozen=True)
class Compared:
    """By capability what is compared.

    Attributes:
        sides: how both are called.
        notes: what else to know of them.
        traces_count: whether rows differ that differ only in where they come from.
    """

    pairs: Mapping[Capability, Pair]
    sides: tuple[str, str]
    notes: tuple[str, ...] = ()
    traces_count: bool = True


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


def _tables(capability: Capability, pair: Pair, found: list[TableDifference]) -> Section:
    rows = [
        (each.table.name, *(f"{count:,}" for count in (*each.rows, each.added, each.removed, each.changed)), _why(each))
        for each in found
    ]
    same = Words("", "")
    if all(each.is_empty for each in found):
        same = Words(" Nothing differs.", "没有差异。")
    elif all(each.only_traces for each in found):
        same = Words(" Nothing that is shown differs.", "展示的内容没有差异。")
    text = Words(
        f"From version {pair[0].id} to {pair[1].id}.{same.en}", f"从版本 {pair[0].id} 到 {pair[1].id}。{same.zh}"
    )
    heading = Words(f"Tables of {capability.name}", f"{capability.name} 的数据表")
    return Section(
        heading, text, (_TABLE, *_COUNTS, _IN), tuple(rows), frozenset(_COUNTS), name=f"tables-{capability.name}"
    )


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
        names = each.cells.columns
        rows = tuple(tuple("" if cell is None else str(cell) for cell in row) for row in each.cells.iter_rows())
        heading = Words(f"First changes of {each.table.name}", f"{each.table.name} 的前几处变更")
        columns: tuple[Text, ...] = tuple(_CELLS.get(name, name) for name in names)
        yield Section(heading, "", columns, rows, name=f"first-{each.table.name}", folded=True)
