"""Results of gates as values; written as one JSON file per table and one page per day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from expectations.page import gates_page
from ml.durable import write_text
from ml.settings import Settings


@dataclass(frozen=True)
class Check:
    """One expectation and what it found; aggregates only, never a row's values.

    Attributes:
        level: a failed ``gate`` stops the run, a failed ``watch`` is a warning.
        claim: what should hold, in words.
        expectation: the expectation's type in Great Expectations.
        column: the column or columns, empty for a whole table.
        expected: bounds or sets.
        observed: the figure found; what went wrong when it could not be computed.
        passed: whether the claim holds.
    """

    level: str
    claim: str
    expectation: str
    column: str
    expected: str
    observed: str
    passed: bool


@dataclass(frozen=True)
class GateReport:
    """The gate of one table on one day."""

    table: str
    as_of: date
    rows: int
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether no check of level ``gate`` failed."""
        return not self.failures

    @property
    def failures(self) -> tuple[Check, ...]:
        """Failed checks of level ``gate``."""
        return tuple(check for check in self.checks if check.level == "gate" and not check.passed)

    @property
    def warnings(self) -> tuple[Check, ...]:
        """Failed checks of level ``watch``."""
        return tuple(check for check in self.checks if check.level == "watch" and not check.passed)

    def path(self, settings: Settings) -> Path:
        """Where the whole result is written."""
        return gates_folder(settings, self.as_of) / f"{self.table}.json"


def gates_folder(settings: Settings, as_of: date) -> Path:
    """The results of a day's gates, a JSON file per table."""
    return settings.reports_dir / "gates" / as_of.isoformat()


def page_path(settings: Settings, as_of: date) -> Path:
    """The page of a day's gates."""
    return settings.reports_dir / "gates" / f"{as_of}.html"


def write_reports(settings: Settings, reports: Sequence[GateReport]) -> None:
    """Write each report as JSON, then the page of the day from all that are there."""
    for report in reports:
        path = report.path(settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, json.dumps({**asdict(report), "as_of": report.as_of.isoformat()}, indent=1) + "\n")
    for as_of in {report.as_of for report in reports}:
        found = [json.loads(path.read_text()) for path in sorted(gates_folder(settings, as_of).glob("*.json"))]
        write_text(page_path(settings, as_of), gates_page(as_of, found))
