"""``shelduck demo``: the data of a demo shop through the real DAGs."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import Progress, TaskID

from ml.code.revision import code_revision
from ml.console.demo_shops import GROCERIES, DemoShop
from ml.console.run_lines import Ran, RunLines, progress_display
from ml.console.showcase import show_first, show_seconds
from ml.durable import write_text
from ml.home import enter
from ml.operations.plans import Planned, plan, run_all
from ml.operations.runs import Event, RunProcess
from ml.publish.readers import newest_as_of, version_of_day
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings

_AT_ONCE: Final = min(2, os.cpu_count() or 1)


def demo_settings(settings: Settings, shop: DemoShop) -> Settings:
    """The same with what suits the shop, unless somebody has said otherwise: no demo shop has consents to land."""
    suited = {"consent": "assumed"} | ({"capabilities": shop.capabilities} if shop.switches_off else {})
    unsaid = suited.keys() - settings.model_fields_set
    return settings.model_copy(update={name: suited[name] for name in unsaid})


def run_demo(settings: Settings, console: Console, shop: DemoShop = GROCERIES) -> bool:
    """Land, publish a day by rules, train, run the shop's days; False when all of it was there already.

    Killed anywhere and started again it ends in the same tables: each step is one of the DAGs' own.
    """
    with progress_display(console) as progress, ExitStack() as stack:
        started = None
        if _recorded(settings) is None:  # Airflow starts while the files are written
            started = RunProcess(settings, RECOMMEND.daily_dag)
            stack.callback(started.end)
        line = _land(progress, settings, shop)
        if _recorded(settings) == _state(settings):
            progress.update(line, detail="everything is there and current; nothing to do")
            return False
        ran = _run(settings, progress, shop, started)
    show_seconds(console, ran)
    write_text(_record(settings), json.dumps(_state(settings)))
    return True


def _run(settings: Settings, progress: Progress, shop: DemoShop, started: RunProcess | None) -> Ran:
    """Run what is planned; a shelf is shown as soon as there is one."""
    has_first = version_of_day(settings, RECOMMEND, shop.first_day) is not None
    planned = plan_of(settings, shop, has_first=has_first)
    lines = RunLines(progress, planned)

    def show(event: Event) -> None:
        lines.show(event)
        if event.kind == "run" and (event.dag_id, event.day) == (RECOMMEND.daily_dag, str(shop.first_day)):
            show_first(settings, progress.console)

    if has_first and newest_as_of(settings, RECOMMEND) == shop.first_day:
        show_first(settings, progress.console)
    run_all(settings, planned, show, _AT_ONCE, started)
    return lines.ran


def plan_of(settings: Settings, shop: DemoShop, *, has_first: bool) -> list[Planned]:
    """The runs of a demo, that of the first day first, unless it is there.

    The training may begin beside it, which is served by rules; the days after both.
    """
    chosen = {capability: shop.days_of(capability) for capability in shop.run(settings)}
    planned = plan(chosen, dict.fromkeys(shop.trained, shop.trained_week))
    if has_first:
        return planned
    first = Planned(RECOMMEND.daily_dag, shop.first_day)
    is_later = {(RECOMMEND.daily_dag, day) for day in shop.days}
    return [
        first,
        *(replace(each, after=each.after | {first.run}) if each.run in is_later else each for each in planned),
    ]


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
