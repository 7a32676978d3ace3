"""What landing did, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


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
