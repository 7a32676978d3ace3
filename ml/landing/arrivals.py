"""What arrived on a day, kept as a file among the reports: pages and messages read it, never the warehouse."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from ml.durable import write_text
from ml.settings import Settings
from ml.warehouse.arrived import Arrived

_SHOWN = 5
_SHOWN_CHARACTERS = 300


def arrivals_path(settings: Settings, day: date) -> Path:
    """Where the report of a day's arrivals lies."""
    return settings.reports_dir / "landing" / f"{day}.json"


def write_arrivals(settings: Settings, arrived: Arrived, notices: Sequence[str]) -> None:
    """Keep ``arrived`` and what was noticed in the landing folder when the day was landed."""
    path, report = arrivals_path(settings, arrived.day), arrived.report()
    report["notices"] = list(dict.fromkeys([*notices, *report["notices"]]))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(report, indent=1) + "\n")


def read_arrivals(settings: Settings, day: date) -> dict[str, Any] | None:
    """The report of a day that was landed; None where there is none that can be read."""
    try:
        found: dict[str, Any] = json.loads(arrivals_path(settings, day).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def newest_arrivals(settings: Settings) -> dict[str, Any] | None:
    """The report of the newest day that was landed."""
    names = sorted(path.stem for path in arrivals_path(settings, date.min).parent.glob("[0-9]*-*-*.json"))
    return read_arrivals(settings, date.fromisoformat(names[-1])) if names else None


def told_arrivals(report: dict[str, Any] | None) -> list[str]:
    """What a person should hear of a day's arrivals, a line each; nothing where all went well."""
    if report is None:
        return []
    stopped = [f"stops publication: {each['told']}" for each in report["stopped_by"]]
    waived = [f"waived by {each['who']}: {each['table']} {each['key']} ({each['why']})" for each in report["waivers"]]
    lines = [*stopped, *waived, *report["refused"], *(f"notice: {notice}" for notice in report["notices"])]
    shown = [line if len(line) <= _SHOWN_CHARACTERS else f"{line[:_SHOWN_CHARACTERS]}…" for line in lines[:_SHOWN]]
    return shown + ([f"and {len(lines) - _SHOWN} more: the tab Day"] if len(lines) > _SHOWN else [])
