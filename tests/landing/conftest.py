"""A landing folder to drop files into, and a look at what landed."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ml.landing.contract import CONTRACT
from ml.landing.folder import close_day
from ml.landing.load import land
from ml.landing.report import LandReport
from ml.settings import Settings
from ml.warehouse.connection import connect

DAY = date(2025, 3, 3)
EVENT_HEADER = "event_id,user_id,item_id,event_type,event_ts,quantity"


def event(event_id: str, ts: str = "2025-03-03T09:00:00Z", **changes: str) -> str:
    """One line of interactions under ``EVENT_HEADER``."""
    values = {"user_id": "u1", "item_id": "i1", "event_type": "purchase", "event_ts": ts, "quantity": "1", **changes}
    return ",".join((event_id, *values.values()))


@dataclass
class Shop:
    """A shop's landing folder and its warehouse."""

    settings: Settings

    def drop(
        self, name: str, content: str | bytes | pl.DataFrame, *, table: str = "interactions", day: date = DAY
    ) -> Path:
        """Put a file into a partition, compressed where its name says so."""
        path = self.settings.landing_dir / table / f"dt={day}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pl.DataFrame):
            content.write_parquet(path)
            return path
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
        return path

    def events(self, *lines: str, day: date = DAY, name: str = "events.csv") -> Path:
        """Drop interactions as CSV."""
        return self.drop(name, "\n".join((EVENT_HEADER, *lines)) + "\n", day=day)

    def land(self, day: date = DAY, on_partition: Callable[[Any], None] | None = None) -> LandReport:
        """Close the day and load everything up to it."""
        self.settings.landing_dir.mkdir(parents=True, exist_ok=True)
        close_day(self.settings, day)
        return land(self.settings, day, on_partition=on_partition)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows from the warehouse."""
        with connect(self.settings, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def accepted(self, table: str = "interactions") -> list[str]:
        """First key column of the accepted rows, sorted."""
        key = CONTRACT[table].key[0]
        return [value for (value,) in self.query(f"select {key} from raw.{table} order by 1")]

    def quarantine(self) -> list[tuple[Any, ...]]:
        """Row number, column, class, reason of what was refused."""
        return self.query(
            "select row_number, column_name, value_class, reason from raw.quarantine order by file, row_number"
        )

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """The whole raw layer, each table in a total order."""
        tables = (*CONTRACT, "quarantine", "landing_partition")
        with connect(self.settings, read_only=True) as connection:
            return {table: connection.execute(f"from raw.{table} order by all").fetchall() for table in tables}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A shop whose days are UTC days, in a path with a space and a glob's characters."""
    return Shop(Settings(home=tmp_path / "a shop [1]*", timezone="UTC"))
