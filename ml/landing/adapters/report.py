"""What ``adapt`` did, as values and for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ml.escape import visible
from ml.landing.faults import Fault, fault_lines

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

_SHOWN_REASONS = 12


@dataclass(frozen=True)
class Count:
    """Of some records or rows: how many were read, accepted, quarantined. The first is the sum of the others."""

    read: int
    accepted: int
    quarantined: int


@dataclass(frozen=True)
class FileReport:
    """One file of the source.

    ``records`` counts its records: one of which any row is refused counts as quarantined, its other rows land.
    ``rows`` counts by landing table the rows that they became. ``left_out`` counts by reason what was understood and
    holds nothing for Shelduck; such records are accepted.
    """

    name: str
    records: Count
    rows: Mapping[str, Count]
    left_out: Mapping[str, int]


@dataclass(frozen=True)
class AdaptReport:
    """Everything that one call of ``adapt`` read and wrote. ``written`` counts rows of landing files by table."""

    command: str
    files: tuple[FileReport, ...]
    written: Mapping[str, int]
    landing_files: int
    days: tuple[date, ...]
    closed: tuple[date, ...]
    faults: tuple[Fault, ...]
    refused_file: str | None
    notices: tuple[str, ...]

    @property
    def read(self) -> int:
        """Records of all files."""
        return sum(file.records.read for file in self.files)

    @property
    def accepted(self) -> int:
        """Records that were accepted in full, those that hold nothing to land among them."""
        return sum(file.records.accepted for file in self.files)

    @property
    def quarantined(self) -> int:
        """Records that were refused, or lost a row."""
        return sum(file.records.quarantined for file in self.files)

    def __rich__(self) -> RenderableType:
        """A line per file and table, what was left out and why, faults as ``shelduck check`` shows them, what next."""
        from rich.console import Group
        from rich.text import Text

        summary = f"{self.read:,} records read, {self.accepted:,} accepted"
        parts: list[RenderableType] = [self._grid(), *fault_lines(self.faults)]
        parts += [Text(visible(line)) for line in (*self._left_out(), *(f"notice: {each}" for each in self.notices))]
        if self.refused_file:
            parts.append(Text(visible(f"every refused record is listed in {self.refused_file} in the landing folder")))
        parts += [summary if self.faults else f"no faults: {summary}", *(Text(line) for line in self._outcome())]
        return Group(*parts)

    def _grid(self) -> Table:
        from rich.table import Table
        from rich.text import Text

        grid = Table(title="adapted")
        for heading in ("file", "what", "read", "accepted", "quarantined"):
            grid.add_column(heading, justify="left" if heading in ("file", "what") else "right", overflow="fold")
        for file in self.files:
            lines = [("records", file.records), *((f"rows of {name}", count) for name, count in file.rows.items())]
            for number, (what, count) in enumerate(lines):
                texts = (count.read, count.accepted, count.quarantined)
                grid.add_row(Text(visible("" if number else file.name)), what, *(f"{text:,}" for text in texts))
        return grid

    def _left_out(self) -> list[str]:
        total: dict[str, int] = {}
        for file in self.files:
            for reason, count in file.left_out.items():
                total[reason] = total.get(reason, 0) + count
        if not total:
            return []
        ranked = sorted(total.items(), key=lambda each: (-each[1], each[0]))
        told = [f"{reason} ({count:,})" for reason, count in ranked[:_SHOWN_REASONS]]
        more = sum(count for _, count in ranked[_SHOWN_REASONS:])
        return [f"accepted, nothing to land: {', '.join(told)}" + (f", other reasons ({more:,})" if more else "")]

    def _outcome(self) -> list[str]:
        rows = ", ".join(f"{name} {count:,}" for name, count in self.written.items())
        files = f"{self.landing_files:,} files, {_span(self.days)}" if self.days else ""
        lines = [f"landed: {rows} rows in {files}" if self.days else "nothing to land"]
        if self.closed:
            return [*lines, f"closed: {_span(self.closed)}. Run: shelduck run --as-of {self.closed[-1]}"]
        if any(fault.is_whole for fault in self.faults):
            return [*lines, f"The days stay open, for a file was refused whole. Mend it, then: {self.command} --close"]
        return (
            [*lines, f"The days are open. Check them, then close them: {self.command} --close"] if self.days else lines
        )


def _span(days: tuple[date, ...]) -> str:
    return f"{days[0]} to {days[-1]}" if days[1:] else f"{days[0]}"
