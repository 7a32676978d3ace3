"""What is known of a day, for the pages of the platform: read from manifests and reports, each at most once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from expectations.report import gates_folder
from ml.capability import Capability
from ml.errors import LandingError
from ml.landing.arrivals import read_arrivals
from ml.operations.calendar import Calendar, Day
from ml.publish.manifest import Manifest
from ml.publish.readers import current_version, manifest, version_of_day
from ml.publish.store import Version
from ml.settings import Settings

SHOWN_DAYS: Final = 28


@dataclass(frozen=True)
class Check:
    """An expectation of a table, as its report holds it."""

    table: str
    level: str
    claim: str
    column: str
    expected: str
    observed: str
    passed: bool


@dataclass(frozen=True)
class Trouble:
    """A capability whose pages could not be made, and why."""

    capability: str
    why: str


@dataclass(frozen=True)
class Facts:
    """A published day.

    Attributes:
        versions: what is published of the day, by capability; one that is on and has none is left out.
        troubles: what is missing from the site.
    """

    settings: Settings
    day: date
    versions: Mapping[Capability, Version]
    troubles: tuple[Trouble, ...] = ()

    @cached_property
    def manifests(self) -> dict[Capability, Manifest]:
        """By capability the manifest of its version."""
        return {each: manifest(self.settings, each, version.id) for each, version in self.versions.items()}

    @cached_property
    def inputs(self) -> dict[tuple[str, date], tuple[int, str]]:
        """By landing table and arrival date: the rows that the day was made of, and their content hash."""
        return {
            (each.table, each.arrival_date): (each.rows, each.content_hash)
            for told in self.manifests.values()
            for each in told.inputs
        }

    @cached_property
    def arrivals(self) -> dict[date, dict[str, Any]]:
        """The reports of the last days' arrivals that are kept, oldest first."""
        found = {day: read_arrivals(self.settings, day) for day in self.last_days}
        return {day: report for day, report in found.items() if report is not None}

    @cached_property
    def last_days(self) -> tuple[date, ...]:
        """The days that pages show, oldest first; the last is this one."""
        return tuple(self.day - timedelta(days=number) for number in reversed(range(SHOWN_DAYS)))

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """What the gates of the day found, by table."""
        return checks_of(self.settings, self.day)

    @cached_property
    def calendar(self) -> dict[Capability, tuple[Day, ...]]:
        """By capability the last days with their status, oldest first; none where there is no landing folder."""
        try:
            return {each: tuple(self._days(each)) for each in self.settings.capabilities_on}
        except LandingError:
            return {}

    def is_current(self, capability: Capability) -> bool:
        """Whether readers get the day's version."""
        return current_version(self.settings, capability).id == self.versions[capability].id

    def status(self, capability: Capability) -> str:
        """The calendar's word on the day; empty where it has none."""
        return next((found.status for found in self.calendar.get(capability, ()) if found.day == self.day), "")

    def _days(self, capability: Capability) -> list[Day]:
        """From the first of the days shown that was published; runs are not asked for, so a day is a fact of files."""
        calendar = Calendar(self.settings, capability, with_runs=False)
        known = [day for day in self.last_days if version_of_day(self.settings, capability, day) is not None]
        return list(calendar.days(min([*known, self.day]), self.day))


def checks_of(settings: Settings, day: date) -> tuple[Check, ...]:
    """What the gates of a day found, as their reports say; none where they are not kept."""
    found = []
    for path in sorted(gates_folder(settings, day).glob("*.json")):
        try:
            report = json.loads(path.read_text(encoding="utf-8"))
            found += [_check(report["table"], each) for each in report["checks"]]
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return tuple(found)


def _check(table: str, told: Mapping[str, Any]) -> Check:
    level, claim, column, expected, observed = (
        str(told[name]) for name in ("level", "claim", "column", "expected", "observed")
    )
    return Check(table, level, claim, column, expected, observed, bool(told["passed"]))
