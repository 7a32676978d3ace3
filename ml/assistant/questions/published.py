"""The published tables that a question is answered over: one version of each capability, and the day 28 days before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from ml.assistant.questions.terms import EARLIER, EARLIER_DAYS
from ml.publish.chosen import chosen_versions, files_of
from ml.publish.readers import version_of_day
from ml.settings import Settings
from ml.warehouse.connection import Connection
from ml.warehouse.queries import database_of


@dataclass(frozen=True)
class Published:
    """Files by table.

    Attributes:
        days: by table (``earlier.TABLE`` too), the as-of day of its version.
        files: by schema and table, as ``database_of`` takes them.
    """

    days: Mapping[str, date]
    files: Mapping[tuple[str, str], Path]

    @property
    def tables(self) -> frozenset[str]:
        """Names of the day's tables that are there."""
        return frozenset(table for table in self.days if not table.startswith(f"{EARLIER}."))

    def missing(self, tables: Iterable[str]) -> tuple[str, ...]:
        """Those of ``tables`` that are not there."""
        return tuple(table for table in tables if table not in self.days)

    def day_of(self, table: str) -> date:
        """The day of a table, there or not: of one that is not, the newest of the tables or the day before that."""
        newest = self.days.get(table.removeprefix(f"{EARLIER}.")) or max(self.days.values())
        return newest - timedelta(days=EARLIER_DAYS) if table.startswith(f"{EARLIER}.") else newest

    @contextmanager
    def database(self, settings: Settings, tables: Iterable[str]) -> Iterator[Connection]:
        """A database that holds these tables and can change and read nothing else."""
        wanted = frozenset(tables)
        files = {(owner, table): path for (owner, table), path in self.files.items() if _called(owner, table) in wanted}
        with database_of(settings, files) as database:
            yield database


def published(settings: Settings, as_of: date | None) -> Published:
    """The current version of every capability or, with ``as_of``, the one of that day.

    Raises:
        NotPublished: no capability has one.
    """
    chosen = chosen_versions(settings, as_of)
    before = {
        capability: found
        for capability, version in chosen.items()
        if (found := version_of_day(settings, capability, version.as_of - timedelta(days=EARLIER_DAYS)))
    }
    now, then = files_of(chosen), files_of(before)
    day, day_before = ({each.name: version.as_of for each, version in found.items()} for found in (chosen, before))
    days = {table: day[owner] for owner, table in now}
    days |= {_called(EARLIER, table): day_before[owner] for owner, table in then}
    return Published(days, now | {(EARLIER, table): path for (_, table), path in then.items()})


def _called(owner: str, table: str) -> str:
    return f"{EARLIER}.{table}" if owner == EARLIER else table
