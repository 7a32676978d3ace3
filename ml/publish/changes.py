"""How published versions differ, capability by capability, as sections for terminals, pull requests and pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ml.capabilities import resolve
from ml.capability import Capability
from ml.documents import Section
from ml.publish.differences import AFTER, BEFORE, COLUMN, TRACES, TableDifference, differences
from ml.publish.store import Version
from ml.settings import Settings
from ml.words import Text, Words

Pair = tuple[Version, Version]
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


def _tables(capability: Capability, pair: Pair, found: list[TableDifference]) -> Section:
    rows = [
        (each.table.name, *(f"{count:,}" for count in (*each.rows, each.added, each.removed, each.changed)), _why(each))
        for each in found
    ]
    same = all(each.is_empty for each in found)
    text = Words(
        f"From version {pair[0].id} to {pair[1].id}.{' Nothing differs.' if same else ''}",
        f"从版本 {pair[0].id} 到 {pair[1].id}。{'没有差异。' if same else ''}",
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
        names = (*each.table.key, COLUMN, BEFORE, AFTER)
        rows = tuple(
            tuple("" if cell is None else str(cell) for cell in row) for row in each.cells.select(names).iter_rows()
        )
        heading = Words(f"First changes of {each.table.name}", f"{each.table.name} 的前几处变更")
        columns: tuple[Text, ...] = tuple(_CELLS.get(name, name) for name in names)
        yield Section(heading, "", columns, rows, name=f"first-{each.table.name}", folded=True)
