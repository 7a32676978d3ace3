"""The calendar of published days: which are fresh, stale or missing, by manifests and the landing folder alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Final

from rich.table import Table

from ml.landing.folder import content_hash, is_closed, scan
from ml.publish.readers import manifest, version_of_day, versions
from ml.settings import Settings
from ml.warehouse.pending import READ

FRESH: Final = "fresh"
STALE: Final = "stale"
MISSING: Final = "missing"
_SHOWN_CHANGES = 3


@dataclass(frozen=True)
class Day:
    """One day: its status, the version that readers of it get, and for a stale one what changed."""

    day: date
    status: str
    version: str | None = None
    changed: tuple[str, ...] = ()


class Calendar:
    """The days from the first published one (or ``first``) to the newest closed or published one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def days(self, first: date | None = None, last: date | None = None) -> Iterator[Day]:
        """Each day with its status. *Stale*: a landing partition up to it is new, changed or gone since.

        Raises:
            LandingError: there is no landing folder.
        """
        published = [each.as_of for each in versions(self._settings)]
        start = first or min(published, default=None)
        end = last or max([*published, *self._closed], default=None)
        if start is None or end is None:
            return
        for number in range((end - start).days + 1):
            day = start + timedelta(days=number)
            if is_closed(self._settings, day) or day in published:
                yield self._examined(day)

    def _examined(self, day: date) -> Day:
        version = version_of_day(self._settings, day)
        if version is None:
            return Day(day, MISSING)
        inputs = manifest(self._settings, version.id).inputs
        known = {(each.table, each.arrival_date): each.content_hash for each in inputs}
        there = {key: value for key, value in self._landed.items() if key[1] <= day}
        changed = sorted(key for key in known.keys() | there.keys() if known.get(key) != there.get(key))
        names = tuple(f"{table}/dt={arrival}" for table, arrival in changed)
        return Day(day, STALE if changed else FRESH, version.id, names)

    @cached_property
    def _landed(self) -> dict[tuple[str, date], str]:
        """The content hash of every landing partition that a day is made of, as its files lie there now."""
        partitions = scan(self._settings.landing_dir).partitions.items()
        return {
            key: content_hash(partition, {file.key: file.digest() for file in partition.files})
            for key, partition in partitions
            if key[0] in READ
        }

    @cached_property
    def _closed(self) -> list[date]:
        marks = (self._settings.landing_dir / "_closed").glob("[0-9]*-[0-9]*-[0-9]*")
        return [date.fromisoformat(mark.name) for mark in marks]


def calendar_table(days: list[Day]) -> Table:
    """The days for a person to read."""
    table = Table(box=None, pad_edge=False)
    for heading in ("day", "status", "version", "what changed"):
        table.add_column(heading)
    colours = {FRESH: "green", STALE: "yellow", MISSING: "dim"}
    for day in days:
        more = f" and {len(day.changed) - _SHOWN_CHANGES} more" if len(day.changed) > _SHOWN_CHANGES else ""
        changed = ", ".join(day.changed[:_SHOWN_CHANGES]) + more
        table.add_row(str(day.day), f"[{colours[day.status]}]{day.status}[/]", day.version or "", changed)
    return table


def backfill_commands(settings: Settings, days: list[date]) -> list[str]:
    """Commands that run ``days`` again: one per run of consecutive days, dates with the shop's offset."""
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return [
        "airflow backfill create --dag-id build_shelves --reprocess-behavior completed "
        f"--from-date {_midnight(settings, run[0])} --to-date {_midnight(settings, run[-1])}"
        for run in runs
    ]


def _midnight(settings: Settings, day: date) -> str:
    return datetime.combine(day, time(), settings.zone).isoformat()
