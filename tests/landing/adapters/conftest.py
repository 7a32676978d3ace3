"""A source to adapt and a look at the landing files that it becomes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ml.landing.adapters.adapt import Request, adapt
from ml.landing.adapters.kinds import kind_named
from ml.landing.adapters.report import AdaptReport
from ml.landing.check import check
from ml.settings import Settings

Row = dict[str, Any]


def lines(*records: Mapping[str, object]) -> str:
    """Records as JSON lines."""
    return "".join(json.dumps(record) + "\n" for record in records)


@dataclass
class Desk:
    """A data home, and a folder in which sources lie."""

    settings: Settings
    folder: Path

    def put(self, name: str, content: str | bytes) -> Path:
        """Write a file of a source."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def adapt(self, kind: str, source: Path, *, arrived: date | None = None, close: bool = False) -> AdaptReport:
        """Adapt a source; whatever is written has to land in full, and all records have to be accounted for."""
        report = adapt(self.settings, Request(kind_named(kind), source, arrived, close))
        assert report.read == report.accepted + report.quarantined
        if report.landing_files:
            landed = check(self.settings.landing_dir, self.settings)
            assert landed.faults == ()
            assert landed.landed.rows_read == landed.landed.rows_accepted >= sum(report.written.values()) > 0
        return report

    def rows(self, table: str, *names: str, day: str = "*") -> list[tuple[Any, ...]]:
        """Values of a landing table as text, in the order of days, files and rows."""
        paths = sorted((self.settings.landing_dir / table).glob(f"dt={day}/*.parquet"))
        frames = [pl.read_parquet(path, hive_partitioning=False).select(*names) for path in paths]
        return [tuple(None if v is None else str(v) for v in row) for frame in frames for row in frame.iter_rows()]

    def days(self, table: str) -> list[str]:
        """The arrival days of a table's files."""
        return sorted(path.name.removeprefix("dt=") for path in (self.settings.landing_dir / table).glob("dt=*"))

    def files(self) -> dict[str, bytes]:
        """Every landing file's bytes by name."""
        landing = self.settings.landing_dir
        return {path.relative_to(landing).as_posix(): path.read_bytes() for path in landing.glob("[a-z]*/*/*")}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A shop in Berlin, whose days are not those of UTC."""
    return Desk(Settings(home=tmp_path / "var", timezone="Europe/Berlin"), tmp_path / "sources")


def reasons(report: AdaptReport) -> list[tuple[str | None, str]]:
    """Column and reason of every fault."""
    return [(fault.column, fault.reason) for fault in report.faults]
