"""A capability's calendar: days fresh, stale, missing or without files by what lies there, else by Airflow's runs."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final

from rich.table import Table
from rich.text import Text

from ml.capability import Capability
from ml.escape import visible
from ml.landing.folder import FileKey, Landed, LandedFile, content_hash, is_closed, scan
from ml.landing.marks import closed_by_hour, marked_days
from ml.operations.attempts import Attempt
from ml.operations.attempts import attempts as known_attempts
from ml.publish.readers import manifest, version_of_day, versions
from ml.settings import Settings
from ml.warehouse.lineage import deciding_tables

FRESH: Final = "fresh"
STALE: Final = "stale"
MISSING: Final = "missing"
NO_FILES: Final = "no files"
NOT_CLOSED: Final = "not closed"
RUNNING: Final = "running"
FAILED: Final = "failed"
MEANING: Final = {
    FRESH: "published, from exactly the files that lie in the landing folder",
    STALE: "published, but a landing file up to this day is new, changed or gone since",
    MISSING: "closed, but not published",
    NO_FILES: "the shop landed no files for this capability up to the day, so there is nothing to publish",
    NOT_CLOSED: "more files may come for it, so a run of it is refused until it is closed",
    RUNNING: "being computed",
    FAILED: "its last run failed; what readers have, if anything, is not of the files that lie there now",
}
_SHOWN_CHANGES = 3


@dataclass(frozen=True)
class Day:
    """One day: its status, the version that readers of it get, what changed since, and its newest run."""

    day: date
    status: str
    version: str | None = None
    changed: tuple[str, ...] = ()
    attempt: Attempt | None = None

    @property
    def is_stale(self) -> bool:
        """Whether what is published is not of the landing files as they are; also while it runs or after it failed."""
        return bool(self.changed)


class Calendar:
    """From the first published or tried day (or ``first``) to the newest closed, published or tried one.

    Of a shop that never published or tried one: every closed day.

    Args:
        with_runs: whether Airflow is asked for runs; its tasks may not open the metadata database, so they do without.
    """

    def __init__(self, settings: Settings, capability: Capability, *, with_runs: bool = True) -> None:
        self._settings = settings
        self._capability = capability
        self._with_runs = with_runs

    def days(self, first: date | None = None, last: date | None = None) -> Iterator[Day]:
        """Each day with its status. *Stale*: a landing partition up to it is new, changed or gone since.

        Raises:
            LandingError: there is no landing folder.
        """
        published = [each.as_of for each in versions(self._settings, self._capability)]
        start = first or min([*published, *self.attempts] or self._closed, default=None)
        end = last or max([*published, *self._closed, *self.attempts], default=None)
        if start is None or end is None:
            return
        for number in range((end - start).days + 1):
            day = start + timedelta(days=number)
            if is_closed(self._settings, day) or day in published or day in self.attempts:
                yield self.day(day)

    def day(self, day: date) -> Day:
        """One day with its status.

        Raises:
            LandingError: there is no landing folder.
        """
        found, attempt = self._published(day), self.attempts.get(day)
        if attempt and attempt.is_running:
            found = replace(found, status=RUNNING)
        elif found.version is None and not is_closed(self._settings, day):
            found = replace(found, status=NOT_CLOSED)
        elif attempt and attempt.has_failed and found.status != FRESH:
            found = replace(found, status=FAILED)
        return replace(found, attempt=attempt)

    def lacks_files(self, day: date) -> bool:
        """Whether nothing arrived up to ``day`` of a table that the capability needs: its run publishes nothing.

        ``ml.day.lacking`` says so of a snapshot; this asks the landing folder. Where there is none, it isn't known.
        """
        if not self._capability.needs or not self._settings.landing_dir.is_dir():
            return False
        first = self._first_arrivals
        return any(table not in first or first[table] > day for table in self._capability.needs)

    def _published(self, day: date) -> Day:
        version = version_of_day(self._settings, self._capability, day)
        if version is None:
            return Day(day, NO_FILES if self.lacks_files(day) else MISSING)
        inputs = manifest(self._settings, self._capability, version.id).inputs
        known = {(each.table, each.arrival_date): each.content_hash for each in inputs}
        there = {key: value for key, value in self._landed.items() if key[1] <= day}
        changed = sorted(key for key in known.keys() | there.keys() if known.get(key) != there.get(key))
        names = tuple(f"{table}/dt={arrival}" for table, arrival in changed)
        return Day(day, STALE if changed else FRESH, version.id, names)

    @cached_property
    def _landed(self) -> dict[tuple[str, date], str]:
        """The content hash of every landing partition that a day is made of, as its files lie there now."""
        return {
            key: content_hash(partition, {file.key: _digest(file) for file in partition.files})
            for key, partition in self._files.partitions.items()
            if key[0] in deciding_tables(self._capability.reads)
        }

    @cached_property
    def attempts(self) -> dict[date, Attempt]:
        """Airflow's newest run of each day, read once."""
        return known_attempts(self._settings, self._capability.daily_dag) if self._with_runs else {}

    @cached_property
    def _files(self) -> Landed:
        return scan(self._settings.landing_dir)

    @cached_property
    def _first_arrivals(self) -> dict[str, date]:
        """By landing table the first day on which something of it arrived."""
        return dict(sorted(self._files.partitions, reverse=True))  # of each table the last pair stays: its earliest

    @cached_property
    def _closed(self) -> list[date]:
        marked = marked_days(self._settings.landing_dir)
        if self._settings.closing_hour is None:
            return marked
        return [*marked, *closed_by_hour(self._settings, {arrival for _, arrival in self._files.partitions})]


_digests: dict[tuple[str, FileKey], str] = {}
"""Hashes of files by path, size and modification time: a server asks for the same ones again and again."""


def _digest(file: LandedFile) -> str:
    key = (str(file.path), file.key)
    if key not in _digests:
        _digests[key] = file.digest()
    return _digests[key]


def calendar_table(days: list[Day]) -> Table:
    """The days for a person to read."""
    table = Table(box=None, pad_edge=False)
    for heading in ("day", "status", "version", "last run", "what changed"):
        table.add_column(heading)
    colours = dict.fromkeys(MEANING, "dim") | {FRESH: "green", STALE: "yellow", RUNNING: "cyan", FAILED: "red"}
    for day in days:
        more = f" and {len(day.changed) - _SHOWN_CHANGES} more" if len(day.changed) > _SHOWN_CHANGES else ""
        changed = ", ".join(day.changed[:_SHOWN_CHANGES]) + more
        status = Text(day.status, style=colours[day.status])
        table.add_row(str(day.day), status, visible(day.version or ""), told_run(day.attempt), visible(changed))
    return table


def told_run(attempt: Attempt | None) -> str:
    """An attempt in words, its start in UTC."""
    if attempt is None:
        return ""
    return f"{attempt.state} {attempt.started:%Y-%m-%d %H:%M} UTC" if attempt.started else attempt.state


def backfill_commands(settings: Settings, dag_id: str, days: list[date]) -> list[str]:
    """Commands that run ``days`` again, to be pasted into a shell: first the one that makes ``airflow`` this home's.

    One per run of consecutive days, dates with the shop's offset.
    """
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    commands = [
        f"airflow backfill create --dag-id {dag_id} --reprocess-behavior completed "
        f"--from-date {_midnight(settings, run[0])} --to-date {_midnight(settings, run[-1])}"
        for run in runs
    ]
    return [f'eval "$({executable()} env)"', *commands] if commands else []


def executable() -> str:
    """``shelduck`` as a shell finds it from anywhere: the one beside the Python that runs this."""
    return shlex.quote(str(Path(sys.executable).parent / "shelduck"))


def _midnight(settings: Settings, day: date) -> str:
    return datetime.combine(day, time(), settings.zone).isoformat()
