"""The landing folder of a demo shop: who wrote it, up to which day, and the marks that close its days."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from ml.durable import write_text
from ml.errors import LandingError
from ml.landing.contract import CONTRACT


@dataclass(frozen=True)
class AdapterReport:
    """What was written: rows and files per table; nothing where all of it lay there already."""

    until: date
    rows: dict[str, int]
    files: int
    was_finished: bool = False


@dataclass(frozen=True)
class DemoFolder:
    """A landing folder that one demo shop's adapter fills.

    Attributes:
        name: the adapter's, of which the names of its marks are made.
        version: of what it writes; a folder of another one is written again.
        command: what a person runs to have this shop in a data home of its own.
    """

    landing: Path
    name: str
    version: int
    command: str

    def finished_until(self) -> date:
        """The last day of a finished folder of this version; the first of all days otherwise."""
        try:
            mark = json.loads(self._finished.read_text())
        except OSError:
            return date.min
        return date.fromisoformat(mark["until"]) if mark["version"] == self.version else date.min

    def start(self) -> None:
        """Claim the folder.

        Raises:
            LandingError: it holds another shop's files.
        """
        foreign = sorted(name for name in CONTRACT if (self.landing / name).exists())
        if foreign and not any(mark.exists() for mark in (self._started, self._finished)):
            raise LandingError(
                "landing folder",
                expected="no files yet, or this adapter's own",
                found=f"files of another source in {', '.join(foreign)}",
                remedy=f"Choose another data home: {self.command}",
            )
        write_text(self._started, "")

    def finish(self, first: date, last: date) -> None:
        """Close the days and say that all is there."""
        (self.landing / "_closed").mkdir(exist_ok=True)
        for day in days_of(first, last):
            (self.landing / "_closed" / day.isoformat()).touch()
        write_text(self._finished, json.dumps({"until": last.isoformat(), "version": self.version}) + "\n")

    def file(self, table: str, day: date) -> Path:
        """The one file of a table and day; its folder is there."""
        path = self.landing / table / f"dt={day}" / "part-0.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def _started(self) -> Path:
        return self.landing / f"_{self.name}.started"

    @property
    def _finished(self) -> Path:
        return self.landing / f"_{self.name}.json"


def days_of(first: date, last: date) -> Iterator[date]:
    """All days from the first to the last."""
    return (first + timedelta(days=days) for days in range((last - first).days + 1))
