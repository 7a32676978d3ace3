"""``shelduck``: a command calls the same functions that the DAGs' tasks call; ``run`` and ``demo`` run the DAGs."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from ml.access import PRIVATE, begin
from ml.capabilities import capabilities, named
from ml.commands import audiences, copy, experiments, home, landing, questions, reviews, services, shadow, shelves, site
from ml.errors import SettingsBroken, SettingsDiffer, ShelduckError
from ml.settings import Settings
from ml.terminal import Day, Until, console, days_from

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
for each in (landing, shelves, site, services, home, experiments, shadow, reviews, audiences, copy, questions):
    app.add_typer(each.commands)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: every error is one line on standard error; the traceback of an unknown one goes to a file."""
    os.umask(PRIVATE)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal's encoding lacks ends nothing
    with suppress(ShelduckError, ValidationError, SettingsError):  # the command itself says what is wrong with them
        begin(Settings())
    try:
        upgraded()
        app(arguments)
    except Exception as error:
        from ml.console.unexpected import print_error

        raise SystemExit(print_error(error)) from None


def upgraded() -> None:
    """Bring a data home of an earlier release into today's form, whatever command comes first."""
    with suppress(ValidationError, SettingsError, SettingsDiffer, SettingsBroken):  # the command itself says so
        from ml.publish.upgrade import upgrade_home

        if upgrade_home(Settings()):
            console.print("the data home was brought into this release's form: docs/publication.md", highlight=False)


@app.command()
def upgrade() -> None:
    """Bring a data home of an earlier release into this one's form, which every other command does first, too."""
    console.print("the data home has this release's form")


class DemoShopName(StrEnum):
    """A shop of ``shelduck demo``; ``ml.console.demo_shops`` says what each is."""

    GROCERIES = "groceries"
    REVIEWS = "reviews"


@app.command()
def demo(
    landing_only: Annotated[bool, typer.Option("--landing-only", help="write the landing files, run nothing")] = False,
    shop: Annotated[
        DemoShopName, typer.Option(help="groceries, or reviews: texts in English and Chinese (make demo-reviews)")
    ] = DemoShopName.GROCERIES,
) -> None:
    """Real shopping data to published shelves, through the real DAGs."""
    from ml.console.demo import demo_settings, land_demo, run_demo
    from ml.console.demo_shops import SHOPS
    from ml.console.showcase import show

    chosen = SHOPS[shop]
    settings = demo_settings(Settings(), chosen)
    if landing_only:
        land_demo(settings, console, chosen)
        return
    run_demo(settings, console, chosen)
    show(settings, console)
    site.show_site(settings, chosen.days[-1])


@app.command()
def run(
    as_of: Day,
    until: Until = None,
    knowledge: Annotated[str, typer.Option(help="the policy effective then, or today's champion: now")] = "",
    memory_budget: Annotated[str, typer.Option(help="what scoring may use beside its inputs, such as 500MB")] = "",
    capability: Annotated[
        list[str] | None, typer.Option(help="run only its DAG; may be repeated. Default: all")
    ] = None,
) -> None:
    """Run the daily DAG of every capability for a day, or for each day up to --until."""
    from ml.console.display import run_with_display
    from ml.operations.plans import plan

    days = days_from(as_of, until)
    given = {"knowledge": knowledge, "memory_budget": memory_budget}
    settings = Settings(**{name: value for name, value in given.items() if value})  # type: ignore[arg-type]
    chosen = [named(name) for name in capability or ()] or settings.capabilities_on
    run_with_display(settings, console, plan(dict.fromkeys(chosen, days)))
    site.show_site(settings, days[-1])


@app.command()
def train(
    as_of: Day, capability: Annotated[str, typer.Option(help="whose models; see: shelduck capabilities")] = "recommend"
) -> None:
    """Run the weekly DAG of a capability for the week whose last day is --as-of; print what decides, and why."""
    from ml.console.display import run_with_display
    from ml.console.training_report import show_promotions, show_training
    from ml.operations.plans import Planned
    from ml.recommend.capability import RECOMMEND

    settings, learner = Settings(), named(capability)
    if learner.training is None:
        learners = ", ".join(each.name for each in capabilities() if each.training)
        raise typer.BadParameter(f"{capability} does not learn; one of {learners} does")
    ran = run_with_display(settings, console, [Planned(learner.weekly_dag, _week_start(as_of.date()))])
    if learner is not RECOMMEND:
        show_promotions(settings, console, learner, ran.models)
        return
    for version in ran.models:
        show_training(settings, console, version)


def _week_start(last_day: date) -> date:
    if last_day.isoweekday() != 6:
        raise typer.BadParameter("a training's last day is a Saturday: its week runs from Sunday to Sunday")
    return last_day - timedelta(days=6)
