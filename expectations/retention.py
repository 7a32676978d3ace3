"""Removes reports and sites of old days; each day's reports stand alone, so no index refers to removed ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from ml.cleanup import Cleanup, remove
from ml.settings import Settings

WHAT: Final = "pages and results of gates, sites"
_FOLDERS: Final = ("gates", "landing", "copy", "data_docs", "site")
"""Under the reports; ``data_docs`` is in data homes of earlier versions only, which wrote a second site there."""

SITE_BUILDS: Final = ".builds"
"""Below ``site``: the folders that the days' links lead to (``ml.pages.site``)."""


def prune_reports(settings: Settings, newest: date | None, kept_days: set[date], *, dry_run: bool = False) -> Cleanup:
    """Remove gates' pages and results, and reports of arrivals, of days before the newest ``kept_report_days``.

    Args:
        settings: where, and for how long.
        newest: the newest published day; without one everything stays.
        kept_days: days that are read still, such as a pinned one; they stay whatever their age.
        dry_run: only tell.
    """
    if newest is None:
        return Cleanup(WHAT, note="nothing is published")
    first = newest - timedelta(days=settings.kept_report_days - 1)
    old = [path for day, path in _of_days(settings) if day < first and day not in kept_days]
    return remove(WHAT, old, dry_run=dry_run)


def _of_days(settings: Settings) -> Iterator[tuple[date, Path]]:
    """Each with its day: ``gates/<day>/``, ``gates/<day>.html``, ``landing/<day>.json``, ``copy/<day>.json``,
    ``site/<day>``.

    A site is a link to its build, which goes after it.
    """
    for folder in _FOLDERS:
        for path in sorted((settings.reports_dir / folder).glob("[0-9]*-*-*")):
            yield date.fromisoformat(path.stem), path
    for build in sorted((settings.reports_dir / "site" / SITE_BUILDS).glob("[0-9]*-*-*")):
        yield date.fromisoformat(build.name[: len("YYYY-MM-DD")]), build
