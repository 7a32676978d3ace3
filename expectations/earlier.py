"""The earlier day that a day's features are compared with: what is kept of it is looked for, nothing is built."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

from expectations.day import Earlier
from ml.errors import StaleFeatures
from ml.settings import Settings
from ml.warehouse.earlier import is_thin
from ml.warehouse.slices import RECORD, day_of, read_slice

_WEEK, _LONGEST = timedelta(days=7), timedelta(days=28)


def earlier_day(settings: Settings, as_of: date) -> Earlier | None:
    """Of the slices that are kept, that of a week before ``as_of``; else the newest of the four weeks before it."""
    folders = {day_of(path): path for path in sorted(settings.slices_dir.glob("[0-9]*")) if (path / RECORD).exists()}
    near = [day for day in folders if as_of - _LONGEST <= day < as_of]
    recent = [day for day in near if not is_thin(folders[day])]
    if recent:
        with suppress(StaleFeatures):  # another run removed it meanwhile
            found = read_slice(folders[as_of - _WEEK if as_of - _WEEK in recent else max(recent)])
            return Earlier(found.as_of, found.scan)
    return None
