"""The page of a day's gates: what failed first, readable without a network, on a phone and in the dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from ml.html import templates

_TEMPLATE: Final = "page.html"
_NOT_HELD: Final = {"gate": "failed", "watch": "warning"}


def gates_page(as_of: date, reports: Sequence[Mapping[str, Any]]) -> str:
    """The page as HTML.

    Args:
        as_of: the day.
        reports: the gates of its tables, as their JSON files hold them (``GateReport``).
    """
    tables = sorted((_table(report) for report in reports), key=lambda table: (-table["failed"], -table["warnings"]))
    failed = sum(table["failed"] for table in tables)
    return (
        templates(Path(__file__).parent)
        .get_template(_TEMPLATE)
        .render(
            as_of=as_of,
            verdict=f"{failed} failed" if failed else "all passed",
            ran=sum(len(table["checks"]) for table in tables),
            tables=tables,
        )
    )


def _table(report: Mapping[str, Any]) -> dict[str, Any]:
    """A table's checks, those that did not hold first, and how many there are of each level."""
    checks = [
        {**check, "verdict": "passed" if check["passed"] else _NOT_HELD[check["level"]]} for check in report["checks"]
    ]
    verdicts = [check["verdict"] for check in checks]
    return {
        "name": report["table"],
        "rows": report["rows"],
        "checks": sorted(checks, key=lambda check: (check["passed"], check["level"])),
        "failed": verdicts.count("failed"),
        "warnings": verdicts.count("warning"),
    }
