"""Extreme events that arrive after a day, many of them dated before it: not one cell as of the day may change."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from ml.publish.readers import manifest, version_of_day
from ml.settings import Settings
from testkit.faults.crash import attempt
from testkit.faults.garden import content, garden, run_day
from testkit.faults.measure import Measure, Outcome

_DAYS = 60
_POISONED_DAYS = 3


def poison(scratch: Path, days: int) -> Outcome:
    """Publish as many days knowing nothing else, and again with everything poisoned that arrived after each."""
    changed: list[str] = []
    compared = 0
    for number in range(days):
        clean, calendar = garden(scratch / f"clean-{number}", _DAYS - 7 * number)
        poisoned, _ = garden(scratch / f"poisoned-{number}", _DAYS - 7 * number)
        day = calendar[-1]
        _poison(poisoned, calendar)
        told = [
            attempt(_published, clean, day, day),
            attempt(_published, poisoned, day, day + timedelta(_POISONED_DAYS)),
        ]
        if told[0].get("result") != told[1].get("result") or "result" not in told[0]:
            changed.append(f"{day}: {_differences(clean, poisoned, day) or told}")
        compared += sum(frame.height * frame.width for frame in _tables(clean, day).values())
    return Outcome(f"{len(changed)} days of {days}, {compared:,} cells", not changed and compared > 0, tuple(changed))


def _published(settings: Settings, day: date, landed: date) -> dict[str, str]:
    """Land what is there up to ``landed``, then run ``day``."""
    from ml.landing.load import land

    land(settings, landed)
    run_day(settings, day)
    return content(settings, day)


def _poison(settings: Settings, calendar: list[date]) -> None:
    """Each of the three days after the last: everything bought so far once more, at absurd amounts; a new catalogue."""
    for number in range(1, _POISONED_DAYS + 1):
        arrival = calendar[-1] + timedelta(number)
        rows = [row for day in calendar for row in _rows(settings, "interactions", day)]
        extreme = {"quantity": "99999", "event_value": "99999999.99", "currency": "USD"}
        _drop(
            settings,
            "interactions",
            arrival,
            [{**row, **extreme, "event_id": f"p{number}{row['event_id']}"} for row in rows],
        )
        items = _rows(settings, "items", calendar[0])
        _drop(
            settings,
            "items",
            arrival,
            [{**row, "item_name": "From the future", "item_category": "FUEL"} for row in items],
        )
        _drop(settings, "users", arrival, [{"user_id": f"s{user:02d}", "country": "XX"} for user in range(200)])
        settings.closed_mark(arrival).touch()


def _rows(settings: Settings, table: str, day: date) -> list[dict[str, str]]:
    folder = settings.landing_dir / table / f"dt={day}"
    return [row for path in folder.glob("*.csv") for row in csv.DictReader(path.open(encoding="utf-8"))]


def _drop(settings: Settings, table: str, day: date, rows: list[dict[str, str]]) -> None:
    folder = settings.landing_dir / table / f"dt={day}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "poison.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _tables(settings: Settings, day: date) -> dict[str, pl.DataFrame]:
    """What each capability read and published of the day; nothing where one did not publish it."""
    tables: dict[str, pl.DataFrame] = {}
    for capability in settings.capabilities_on:
        found = version_of_day(settings, capability, day)
        if found is None:
            return {}
        slice_ = settings.home / manifest(settings, capability, found.id).slice
        files = [slice_ / f"{name}.parquet" for name in capability.reads]
        files += [found.folder / f"{name}.parquet" for name in capability.tables]
        tables |= {f"{path.parent.parent.name}/{path.stem}": pl.read_parquet(path) for path in files}
    return tables


def _differences(clean: Settings, poisoned: Settings, day: date) -> str:
    ours, theirs = _tables(clean, day), _tables(poisoned, day)
    return ", ".join(name for name, frame in ours.items() if name not in theirs or not frame.equals(theirs[name]))


MEASURE = Measure(
    name="future",
    title="poisoned future (extreme events after D): changed cells as of D",
    to_reach="0",
    full=5,
    quick=1,
    sample=0,  # tests/warehouse/test_build.py poisons a future
    run=poison,
)
