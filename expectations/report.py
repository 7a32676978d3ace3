"""What a gate found: values, JSON beside the day's other gates, and one page per day that reads without a network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from ml.durable import write_text
from ml.escape import for_html
from ml.settings import Settings

_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #1c1c1c; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; margin: .5rem 0 2rem; }
th:nth-child(1) { width: 9rem; } th:nth-child(3) { width: 14rem; } th:nth-child(n + 4) { width: 12rem; }
th, td { text-align: left; padding: .35rem .7rem; border-bottom: 1px solid #ddd; vertical-align: top; }
th { background: #f4f4f2; } td { overflow-wrap: anywhere; } td.n { font-variant-numeric: tabular-nums; }
.passed { color: #1a6b34; } .failed { color: #a4161a; font-weight: 600; } .told { color: #8a5a00; font-weight: 600; }
small, code { color: #555; font-weight: 400; }
"""
_VERDICTS: Final = {
    (True, "gate"): "passed",
    (True, "watch"): "passed",
    (False, "gate"): "failed",
    (False, "watch"): "told",
}


@dataclass(frozen=True)
class Check:
    """One expectation and what it found; aggregates only, never a row's values.

    Attributes:
        level: ``gate`` stops the run, ``watch`` is only told.
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
        """Whether everything that stops the run holds."""
        return not self.failures

    @property
    def failures(self) -> tuple[Check, ...]:
        """What stops the run."""
        return tuple(check for check in self.checks if check.level == "gate" and not check.passed)

    @property
    def warnings(self) -> tuple[Check, ...]:
        """What is only told."""
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
        write_text(page_path(settings, as_of), _page(as_of, found))


def _page(as_of: date, reports: list[dict[str, Any]]) -> str:
    failed = [check for report in reports for check in report["checks"] if not check["passed"]]
    stopped = sum(check["level"] == "gate" for check in failed)
    verdict = f"{stopped} failed" if stopped else "all passed"
    ran = sum(len(report["checks"]) for report in reports)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Gates of {as_of}</title>'
        f"<style>{_STYLE}</style></head><body><h1>Gates of {as_of}: {verdict}</h1>"
        f"<p>{ran} expectations over {len(reports)} tables; of those only watched, {len(failed) - stopped} failed. "
        f'Great Expectations\' own pages: <a href="../data_docs/{as_of}/features/index.html">features</a>, '
        f'<a href="../data_docs/{as_of}/recommendations/index.html">recommendations</a>.</p>'
        + "".join(_section(report) for report in sorted(reports, key=_urgency))
        + "</body></html>\n"
    )


def _urgency(report: dict[str, Any]) -> tuple[int, int]:
    """Tables that stopped the run first, then those with something to tell."""
    missed = [check["level"] for check in report["checks"] if not check["passed"]]
    return -missed.count("gate"), -missed.count("watch")


def _section(report: dict[str, Any]) -> str:
    rows = "".join(_row(check) for check in sorted(report["checks"], key=lambda check: bool(check["passed"])))
    return (
        f"<h2>{for_html(report['table'])} <small>{report['rows']:,} rows</small></h2><table><tr><th>Result</th>"
        f"<th>Claim</th><th>Column</th><th>Expected</th><th>Found</th></tr>{rows}</table>"
    )


def _row(check: dict[str, Any]) -> str:
    verdict = _VERDICTS[bool(check["passed"]), str(check["level"])]
    claim, column, expected, observed = (
        for_html(str(check[name])) for name in ("claim", "column", "expected", "observed")
    )
    kind = for_html(str(check["expectation"]))
    return (
        f'<tr><td class="{verdict}">{verdict} <small>{check["level"]}</small></td>'
        f"<td>{claim}<br><small>{kind}</small></td><td><code>{column}</code></td>"
        f'<td class="n">{expected}</td><td class="n">{observed}</td></tr>'
    )
