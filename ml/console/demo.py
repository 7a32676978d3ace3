"""``shelduck demo``: the data of a demo shop through the real DAGs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID

from ml.capability import Capability
from ml.code.revision import code_revision
from ml.console.demo_shops import GROCERIES, DemoShop
from ml.console.display import Ran, progress_display, run_with_progress
from ml.console.showcase import show_first, show_seconds
from ml.durable import write_text
from ml.home import enter
from ml.publish.readers import newest_as_of, version_of_day
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings


def demo_settings(settings: Settings) -> Settings:
    """The same with consent assumed, unless somebody has said otherwise: no demo shop has any to land."""
    is_said = "consent" in settings.model_fields_set
    return settings if is_said else settings.model_copy(update={"consent": "assumed"})


def run_demo(settings: Settings, console: Console, shop: DemoShop = GROCERIES) -> bool:
    """Land, publish a day by rules, train, run the shop's days; False when all of it was there already.

    Killed anywhere and started again it ends in the same tables: each step is one of the DAGs' own.
    """
    with progress_display(console) as progress:
        line = _land(progress, settings, shop)
        if _recorded(settings) == _state(settings):
            progress.update(line, detail="everything is there and current; nothing to do")
            return False
        if version_of_day(settings, RECOMMEND, shop.first_day) is None:
            run_with_progress(progress, settings, RECOMMEND.daily_dag, [shop.first_day])
    if newest_as_of(settings, RECOMMEND) == shop.first_day:
        show_first(settings, console)
    with progress_display(console) as progress:
        runs = [run for each in shop.run(settings) for run in _runs_of(progress, settings, shop, each)]
    show_seconds(console, runs)
    write_text(_record(settings), json.dumps(_state(settings)))
    return True


def _runs_of(progress: Progress, settings: Settings, shop: DemoShop, capability: Capability) -> Iterator[Ran]:
    """A capability's training, where the demo has one, then its days."""
    if capability.name in shop.trained:
        yield run_with_progress(progress, settings, capability.weekly_dag, [shop.trained_week])
    yield run_with_progress(progress, settings, capability.daily_dag, shop.days_of(capability))


def land_demo(settings: Settings, console: Console, shop: DemoShop = GROCERIES) -> None:
    """Only the shop's landing files, for runs that a scheduler starts."""
    with progress_display(console) as progress:
        _land(progress, settings, shop)


def _land(progress: Progress, settings: Settings, shop: DemoShop) -> TaskID:
    enter(settings)
    line = progress.add_task("landing files", total=shop.data_days, detail=f"translating {shop.said}")
    shop.write(settings, lambda day: progress.update(line, advance=1, detail=str(day)))
    progress.update(line, completed=shop.data_days, detail=f"{shop.data_days} days of landing files")
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
