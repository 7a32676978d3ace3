"""The marks in ``_closed``: which days a shop has closed by hand, and names there that close none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ml.landing.contract import FIRST_YEAR, LAST_YEAR
from ml.settings import Settings

_SHOWN = 3


def marked_days(landing: Path) -> list[date]:
    """The days that a mark closes, oldest first."""
    return sorted(day for name in _names(landing) if (day := _day(name)) is not None)


def stray_marks(landing: Path) -> tuple[str, ...]:
    """A notice about names in ``_closed`` that are no day, such as a copy's ``2025-04-29 (1)``; hidden ones are not."""
    names = sorted(name for name in _names(landing) if _day(name) is None and not name.startswith("."))
    if not names:
        return ()
    shown = ", ".join(_printable(name) for name in names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return (f"_closed: {shown}{more}: no day YYYY-MM-DD, so it closes none; delete it, or rename it to the day",)


def closed_by_hour(settings: Settings, arrivals: set[date]) -> list[date]:
    """Days with files that the closing hour has closed, mark or no mark; none where there is no such hour."""
    from ml.landing.folder import is_closed

    return [] if settings.closing_hour is None else sorted(day for day in arrivals if is_closed(settings, day))


def _names(landing: Path) -> list[str]:
    folder = landing / "_closed"
    return [entry.name for entry in folder.iterdir()] if folder.is_dir() else []


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(name)
    except ValueError:
        return None
    return day if day.isoformat() == name and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _printable(name: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in name)[:80]
