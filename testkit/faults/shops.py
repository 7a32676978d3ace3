"""Garden shops for the measures of whole DAG runs: late and repeated files, a trained policy, copies of a home."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from ml.operations.plans import plan, run_all
from ml.operations.runs import run_dag
from ml.publish.readers import manifest, version_of_day
from ml.settings import Settings
from testkit.shop import DAYS, TIMEZONE, write_shop

RECIPES: Final = ("popularity", "buy_it_again", "item_cosine")
_CAPABILITIES: Final = ("-reviews", "-copy")
"""All but those that publish nothing here: the shop lands neither reviews nor copy briefs."""
_LATE_EVERY, _LATE_BY, _LINES = 5, timedelta(days=3), 10


def trained_shop(home: Path, trained: date, first_day: date, days: int = DAYS) -> Settings:
    """A new home with landing files, some late and some sent twice, and a policy trained as of a Saturday."""
    settings = Settings(
        home=home, timezone=TIMEZONE, evaluation_days=14, k=6, recipes=RECIPES, capabilities=_CAPABILITIES
    )
    calendar = write_shop(settings.landing_dir, days, first_day=first_day)
    _send_late_and_twice(settings.landing_dir, calendar)
    run_dag(settings, "train_recommenders", [trained - timedelta(days=6)])
    return settings


def copy_of(settings: Settings, home: Path) -> Settings:
    """Another home with the same landing files and the same registry, nothing built or published."""
    for part in (settings.landing_dir, settings.registry_dir):
        shutil.copytree(part, home / part.name)
    return settings.model_copy(update={"home": home})


def compared(one: Settings, other: Settings, days: Sequence[date]) -> tuple[int, tuple[str, ...]]:
    """How many days have the same content in both homes, and what is wrong with the others."""
    found = {day: (content_hash(one, day), content_hash(other, day)) for day in days}
    faults = tuple(f"{day}: {a} and {b}" for day, (a, b) in found.items() if a is None or a != b)
    return len(days) - len(faults), faults


def run_days(settings: Settings, days: Sequence[date]) -> None:
    """Run the daily DAG of every capability for ``days``, two runs at once where they may."""
    run_all(settings, plan(dict.fromkeys(settings.capabilities_on, days)), at_once=2)


def content_hash(settings: Settings, day: date) -> str | None:
    """What readers of ``day`` get of every capability, as one text; None when one did not publish it."""
    found = {each: version_of_day(settings, each, day) for each in settings.capabilities_on}
    told = [version and manifest(settings, each, version.id).content_hash[:12] for each, version in found.items()]
    return " ".join(map(str, told)) if all(told) else None


def _send_late_and_twice(landing: Path, calendar: Sequence[date]) -> None:
    """Every fifth day loses its last lines to a file three days later, which repeats the first ones, too."""
    for day in calendar[::_LATE_EVERY]:
        path = landing / "interactions" / f"dt={day}" / "export.csv"
        late = landing / "interactions" / f"dt={day + _LATE_BY}" / "late.csv"
        if not path.exists() or not late.parent.exists():
            continue
        header, *lines = path.read_text().splitlines(keepends=True)
        late.write_text(header + "".join(lines[:_LINES] + lines[-_LINES:]))
        path.write_text(header + "".join(lines[:-_LINES]))
