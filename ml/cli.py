"""``shelduck``: a command calls the same functions that the DAGs' tasks call; ``run`` and ``demo`` run the DAGs."""

from __future__ import annotations

import io
import os
import shlex
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from ml.access import PRIVATE, begin
from ml.errors import ShelduckError
from ml.experiment_commands import commands as experiments
from ml.home_commands import commands as home_commands
from ml.landing_commands import commands as landing_commands
from ml.layout_commands import commands as layout_commands
from ml.owners import operator
from ml.settings import Settings
from ml.terminal import FORMATS, Day, console, known_day

if TYPE_CHECKING:
    from ml.orchestration.rebuild import Rebuilt

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.add_typer(experiments)
app.add_typer(home_commands)
app.add_typer(landing_commands)
app.add_typer(layout_commands)

Port = Annotated[int, typer.Option(min=1, max=65535)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: every error is one line on standard error; the traceback of an unknown one goes to a file."""
    os.umask(PRIVATE)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal's encoding lacks ends nothing
    with suppress(ShelduckError, ValidationError, SettingsError):  # the command itself says what is wrong with them
        begin(Settings())
    try:
        app(arguments)
    except Exception as error:
        from ml.orchestration.unexpected import print_error

        raise SystemExit(print_error(error)) from None


@app.command()
def demo(
    landing_only: Annotated[bool, typer.Option("--landing-only", help="write the landing files, run nothing")] = False,
) -> None:
    """Real shopping data to published shelves, through the real DAGs."""
    from ml.orchestration.demo import land_demo, run_demo
    from ml.orchestration.showcase import show

    settings = Settings()
    if landing_only:
        land_demo(settings, console)
        return
    run_demo(settings, console)
    show(settings, console)


@app.command()
def run(
    as_of: Day,
    until: Annotated[
        datetime | None, typer.Option(formats=FORMATS, callback=known_day, help="the last day; --as-of if not given")
    ] = None,
    knowledge: Annotated[str, typer.Option(help="the policy effective then, or today's champion: now")] = "",
    memory_budget: Annotated[str, typer.Option(help="what scoring may use beside its inputs, such as 500MB")] = "",
) -> None:
    """Run the DAG build_shelves for a day, or for each day up to --until."""
    from ml.orchestration.display import run_with_display

    first, last = as_of.date(), (until or as_of).date()
    if last < first:
        raise typer.BadParameter(f"--until {last} lies before --as-of {first}: swap them")
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    given = {"knowledge": knowledge, "memory_budget": memory_budget}
    settings = Settings(**{name: value for name, value in given.items() if value})  # type: ignore[arg-type]
    run_with_display(settings, console, "build_shelves", days)


@app.command()
def train(as_of: Day) -> None:
    """Run the DAG train_recommenders for the week whose last day is --as-of; print who won and what decides."""
    from ml.orchestration.display import run_with_display
    from ml.orchestration.training_report import show_training

    settings = Settings()
    for version in run_with_display(settings, console, "train_recommenders", [_week_start(as_of.date())]):
        show_training(settings, console, version)


@app.command()
def land(as_of: Day) -> None:
    """Load every landing partition up to a day that is new or changed."""
    from ml.landing.load import land as load

    console.print(load(Settings(), as_of.date(), holder="shelduck land"))


@app.command()
def contract() -> None:
    """Print the landing contract: tables, keys, columns, rules."""
    from ml.landing.contract import render_contract

    console.print(render_contract())


@app.command()
def check(path: Annotated[Path, typer.Argument(help="a landing folder")]) -> None:
    """Validate a landing folder against the contract and explain every fault."""
    from ml.landing.check import check as check_folder

    report = check_folder(path, Settings())
    console.print(report)
    if report.faults:
        raise typer.Exit(1)


@app.command()
def close(day: Annotated[datetime, typer.Argument(formats=FORMATS, callback=known_day)]) -> None:
    """Mark a day as closed: its files are complete. Every day that is run or trained wants its own mark."""
    from ml.landing.folder import close_day

    close_day(Settings(), day.date())
    console.print(f"{day.date()} is closed")


@app.command()
def waive(
    table: Annotated[str, typer.Argument(help="rules or consents")],
    key: Annotated[str, typer.Argument(help="the refused row's key as the refusal names it, or the file's name")],
    reason: Annotated[str, typer.Option("--why", help="for the manifest of every day published because of it")],
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=FORMATS, callback=known_day, help="its arrival; the newest closed day if absent"),
    ] = None,
) -> None:
    """Publish without a refused rule or consent: lands that decision, which counts for days from --as-of on."""
    from ml.landing.waive import newest_closed_day
    from ml.landing.waive import waive as land_waiver
    from ml.warehouse.restrictions import Waiver

    settings = Settings()
    day = as_of.date() if as_of else newest_closed_day(settings)
    file = land_waiver(settings, Waiver(table, key, operator(), reason, day))
    console.print(
        f"{file.relative_to(settings.landing_dir)} landed. Run: shelduck run --as-of {day}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


@app.command()
def shelf(
    user_id: Annotated[str, typer.Argument(help="a shopper")],
    placement: Annotated[str | None, typer.Option(help="for_you, discover or buy_again")] = None,
) -> None:
    """Print one shopper's shelves with reasons, as published."""
    from ml.orchestration.showcase import show_shelf

    show_shelf(Settings(), console, user_id, placement)


@app.command()
def why(user_id: str, item_id: str) -> None:
    """Trace one published row: reason, policy, model, runs, inputs, code."""
    from ml.orchestration.showcase import show_why

    show_why(Settings(), console, user_id, item_id)


@app.command()
def days(
    stale: Annotated[bool, typer.Option("--stale", help="only stale days, and how to run them again")] = False,
) -> None:
    """Print the calendar: which days are fresh, stale, missing, running or failed."""
    from ml.landing.marks import stray_marks
    from ml.orchestration.calendar import Calendar, backfill_commands, calendar_table

    settings = Settings()
    found = [day for day in Calendar(settings).days() if day.is_stale or not stale]
    console.print(calendar_table(found) if found or stale else "no day is closed yet; see: shelduck close --help")
    for notice in stray_marks(settings.landing_dir):
        console.print(f"notice: {notice}", markup=False, highlight=False)
    for command in backfill_commands(settings, [day.day for day in found if day.is_stale]):
        console.print(command, style="bold", soft_wrap=True, highlight=False)


@app.command()
def rollback(
    to: Annotated[str, typer.Argument(help="a day (its last version) or a version id")],
    reason: Annotated[str, typer.Option("--why", help="for the journal")],
) -> None:
    """Give readers an earlier version, and keep them on it until `release`."""
    from ml.publish.rollback import rollback as pin

    pinned = pin(Settings(), _day_or_version(to), who=operator(), why=reason)
    console.print(f"readers get {pinned.id} until: shelduck release --why TEXT")


@app.command()
def release(reason: Annotated[str, typer.Option("--why", help="for the journal")]) -> None:
    """Let readers have the newest day again."""
    from ml.publish.rollback import release as unpin

    current = unpin(Settings(), who=operator(), why=reason)
    console.print(f"readers get {current.id if current else 'nothing: no day is published'}")


@app.command()
def rebuild() -> None:
    """Build the warehouse anew from the landing files and compare every published day."""
    from ml.orchestration.rebuild import rebuild as build_anew

    def show(day: Rebuilt) -> None:
        if day.is_equal:
            console.print(f"{day.day} equal", style="green")
        else:
            console.print(f"{day.day} {day.before[:12]} is now {day.after[:12]}", style="red")

    compared = build_anew(Settings(), show)
    equal = sum(day.is_equal for day in compared)
    console.print(f"{equal} of {len(compared)} published days came out equal")
    if equal < len(compared):
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Check home, space, versions, locks, warehouse, shelves, Airflow and models, and say what to do."""
    from ml.orchestration.doctor import examine, findings_table
    from ml.orchestration.doctor.finding import FAIL

    found = list(examine(Settings()))
    console.print(findings_table(found), highlight=False)
    if any(finding.status == FAIL for _, finding in found):
        raise typer.Exit(1)


@app.command()
def tidy(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only list what would be removed")] = False,
) -> None:
    """Remove what is no longer needed, as the DAG tidy_storage does every week."""
    from ml.orchestration.tidy import STEPS, tidy, told

    for step in STEPS:
        for freed in tidy(Settings(), step, dry_run=dry_run, holder="shelduck tidy"):
            console.print(told(freed, dry_run=dry_run), highlight=False)


@app.command()
def up(
    airflow_port: Annotated[int | None, typer.Option(min=1, max=65535, help="8080 when not given")] = None,
    mlflow_port: Annotated[int | None, typer.Option(min=1, max=65535, help="5000 when not given")] = None,
) -> None:
    """Start Airflow and MLflow on loopback, wait until both are healthy, print addresses and logins."""
    from ml.orchestration.display import start_services

    start_services(Settings(), console, airflow_port, mlflow_port)


@app.command()
def serve(port: Port = 5001) -> None:
    """Answer over HTTP with the champion's shelves, checked against the promotion ledger; on loopback, with a login."""
    from ml.orchestration.model_server import serve as serve_champion

    serve_champion(Settings(), console, port)


@app.command()
def env(airflow_port: Port = 8080) -> None:
    """Print the variables that point `airflow` at this data home; use with eval."""
    from ml.orchestration.environment import airflow_environment

    for name, value in airflow_environment(Settings(), airflow_port).items():
        typer.echo(f"export {name}={shlex.quote(value)}")


@app.command()
def docs() -> None:
    """Write dbt's documentation as one HTML file into the data home."""
    from ml.warehouse.docs import write_docs

    settings = Settings()
    console.print(f"{settings.relative(write_docs(settings))} in the data home")


@app.command()
def down() -> None:
    """Stop what `up` started."""
    from ml.orchestration.services import stop

    for name in ("airflow", "mlflow"):
        console.print(f"{name} {'stopped' if stop(Settings(), name) else 'was not running'}")


def _day_or_version(to: str) -> date | str:
    """What ``rollback`` takes readers to."""
    from ml.publish.store import is_version_id

    if is_version_id(to):
        return to
    try:
        return datetime.strptime(to, FORMATS[0]).date()
    except ValueError:
        message = "expected a day such as 2017-12-02, or a version id such as 2017-12-02-0123456789ab (shelduck days)"
        raise typer.BadParameter(message) from None


def _week_start(last_day: date) -> date:
    if last_day.isoweekday() != 6:
        raise typer.BadParameter("a training's last day is a Saturday: its week runs from Sunday to Sunday")
    return last_day - timedelta(days=6)
