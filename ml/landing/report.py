"""What landing did, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ml.escape import visible

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from ml.warehouse.arrived import Arrived


@dataclass(frozen=True)
class PartitionReport:
    """One partition that was loaded, or removed because its files are gone (``files`` = 0)."""

    table: str
    arrival: date
    files: int
    rows_read: int
    rows_accepted: int
    rows_quarantined: int
    rows_unchanged: int
    content_hash: str


@dataclass(frozen=True)
class LandReport:
    """What one call of ``land`` changed; ``kept`` partitions were loaded already."""

    as_of: date
    partitions: tuple[PartitionReport, ...]
    kept: int
    notices: tuple[str, ...]
    arrived: Arrived | None = None
    """What arrived on the day itself, whether or not this call loaded it."""

    @property
    def rows_read(self) -> int:
        """Records in the files that were loaded."""
        return sum(partition.rows_read for partition in self.partitions)

    @property
    def rows_accepted(self) -> int:
        """Records that keep the contract, unchanged repetitions included."""
        return sum(partition.rows_accepted for partition in self.partitions)

    @property
    def rows_quarantined(self) -> int:
        """Records that went to the quarantine."""
        return sum(partition.rows_quarantined for partition in self.partitions)

    def folders(self, landing: Path) -> list[Path]:
        """Where the loaded partitions lie in the landing folder."""
        return [landing / each.table / f"dt={each.arrival}" for each in self.partitions if each.files]

    def __rich__(self) -> RenderableType:
        """One line per table for a terminal."""
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        grid = Table(title=f"landed up to {self.as_of}")
        for heading in ("table", "partitions", "read", "accepted", "quarantined", "unchanged"):
            grid.add_column(heading, justify="left" if heading == "table" else "right")
        for name in dict.fromkeys(partition.table for partition in self.partitions):
            own = [partition for partition in self.partitions if partition.table == name]
            totals = (
                len(own),
                sum(partition.rows_read for partition in own),
                sum(partition.rows_accepted for partition in own),
                sum(partition.rows_quarantined for partition in own),
                sum(partition.rows_unchanged for partition in own),
            )
            grid.add_row(name, *(f"{total:,}" for total in totals))
        kept = f"{self.kept} partitions were loaded already"
        return Group(grid, kept, *(Text(visible(f"notice: {notice}")) for notice in self.told()), *self._stopped())

    def told(self) -> tuple[str, ...]:
        """Everything that a person should hear of: notices of the folder, of the files and of the day."""
        return tuple(dict.fromkeys((*self.notices, *(self.arrived.notices if self.arrived else ()))))

    def _stopped(self) -> list[Text]:
        from rich.text import Text

        open_ones = self.arrived.restrictions.refused if self.arrived else ()
        return [Text(visible(f"stops publication: {refusal.told()}"), style="red") for refusal in open_ones]
