"""What keeps records out, summed up for a person: one line per kind of fault, with its places and what helps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml.escape import visible
from ml.warehouse.connection import Connection

if TYPE_CHECKING:
    from rich.console import RenderableType

_SHOWN_ROWS = 5
_SHOWN_FILES = 10
_SHOWN_CLASSES = 3


@dataclass(frozen=True)
class Place:
    """How many records of one file have a fault, and the first of them; none where it is the whole file's."""

    file: str
    count: int = 1
    rows: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """The first rows, and how many there are."""
        if not self.rows:
            return "all of it"
        first = ", ".join(str(row) for row in self.rows)
        return first if self.count <= len(self.rows) else f"{first}, … ({self.count:,} in all)"


@dataclass(frozen=True)
class Fault:
    """One kind of fault: where it is, what kinds of values were found, and what helps."""

    column: str | None
    reason: str
    remedy: str
    places: tuple[Place, ...]
    value_class: str = ""

    @property
    def place(self) -> str:
        """The file, or how many there are and of which table."""
        first = self.places[0].file
        return first if len(self.places) == 1 else f"{first.split('/')[0]}: {len(self.places):,} files"

    @property
    def count(self) -> int:
        """Records with the fault; a file that is refused whole counts as one."""
        return sum(place.count for place in self.places)

    @property
    def is_whole(self) -> bool:
        """Whether a file was refused as a whole."""
        return any(not place.rows for place in self.places)

    @property
    def rows(self) -> tuple[int, ...]:
        """Its first rows in its first file."""
        return self.places[0].rows


def fault_lines(faults: tuple[Fault, ...]) -> Iterator[RenderableType]:
    """A table of the faults for a terminal, then the files of those that are in several; nothing without faults."""
    from rich.table import Table
    from rich.text import Text

    if not faults:
        return
    grid = Table(title="faults", show_lines=True)
    for heading in ("", "where", "rows", "column", "fault", "what helps"):
        grid.add_column(heading, overflow="fold")
    for number, fault in enumerate(faults, start=1):
        words = fault.places[0].words if len(fault.places) == 1 else f"{fault.count:,} in all"
        texts = (str(number), fault.place, words, fault.column or "", _fault_words(fault), fault.remedy)
        grid.add_row(*(Text(visible(text)) for text in texts))
    yield grid
    yield from (Text(visible(line)) for line in _file_lines(faults))


def quarantined_faults(connection: Connection) -> list[Fault]:
    """The quarantine, summed up per table and kind of fault, in the order of the first file that has it."""
    rows = connection.execute(
        f"""
        with named as (
            select * replace (regexp_replace(reason, ' in .*, row [0-9]+$', '') as reason) from raw.quarantine
        ),
        placed as (
            select table_name, column_name, reason, remedy, file, sum(records)::bigint as n,
                list(row_number order by row_number)[:{_SHOWN_ROWS}] as first, min(row_number) as row,
                list(distinct value_class) as classes
            from named group by all
        )
        select column_name, reason, remedy, list((file, n, first) order by file),
            list_sort(list_distinct(flatten(list(classes)))) from placed
        group by table_name, column_name, reason, remedy
        order by min(file), min_by(row, file) nulls first, reason
        """
    ).fetchall()
    return [
        Fault(column, reason, remedy, tuple(_place(*each) for each in places), _classes(classes))
        for column, reason, remedy, places, classes in rows
    ]


def _place(file: str, count: int, rows: list[int | None]) -> Place:
    return Place(file, count, tuple(row for row in rows if row is not None))


def _classes(classes: list[str]) -> str:
    more = len(classes) - _SHOWN_CLASSES
    return ", ".join(classes[:_SHOWN_CLASSES]) + (f" and {more} other kinds" if more > 0 else "")


def _file_lines(faults: tuple[Fault, ...]) -> Iterator[str]:
    """The files of each fault that is in several, with its first rows there."""
    for number, fault in enumerate(faults, start=1):
        if len(fault.places) == 1:
            continue
        yield f"fault {number} is in {len(fault.places):,} files:"
        yield from (f"  {place.file}: {place.words}" for place in fault.places[:_SHOWN_FILES])
        if len(fault.places) > _SHOWN_FILES:
            yield f"  and {len(fault.places) - _SHOWN_FILES:,} more, the last of them {fault.places[-1].file}"


def _fault_words(fault: Fault) -> str:
    is_said = not fault.value_class or fault.value_class in fault.reason
    return fault.reason if is_said else f"{fault.reason} (found {fault.value_class})"
