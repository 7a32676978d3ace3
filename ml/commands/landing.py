"""What a shop lands: the contract, its check, adapters, the loader, marks of closed days, waivers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ml.landing.adapters.kinds import KINDS, kind_named
from ml.owners import operator
from ml.reference.names import LANDING, PUBLISHED
from ml.settings import Settings
from ml.terminal import FORMATS, Day, console, errors, known_day

commands = typer.Typer()


class Form(StrEnum):
    """How a contract is written."""

    TEXT = "text"
    ODCS = "odcs"


def _help() -> str:
    kinds = "\n\n".join(f"{kind.name}: {kind.doc}. Such as: {kind.example}" for kind in KINDS)
    return (
        "Translate exports of other systems into landing files, a file per table and day.\n\n"
        "A history is adapted once, every event on its own day. A nightly export is adapted with --arrived, which puts "
        "all of it into that day's partition, late events too. What is refused is listed and costs its own row.\n\n"
        f"{kinds}"
    )


@commands.command(help=_help())
def adapt(
    kind: Annotated[str, typer.Argument(help=f"one of {', '.join(kind.name for kind in KINDS)}")],
    source: Annotated[Path, typer.Argument(help="a file, or a folder of files that are adapted together")],
    arrived: Annotated[
        datetime | None,
        typer.Option(formats=FORMATS, callback=known_day, help="arrival day of all rows"),
    ] = None,
    close: Annotated[bool, typer.Option("--close", help="close the days written, and empty days between them")] = False,
) -> None:
    """Translate exports of other systems into landing files."""
    from ml.landing.adapters.adapt import Request
    from ml.landing.adapters.adapt import adapt as adapt_source

    request = Request(kind_named(kind), source, arrived.date() if arrived else None, close)
    with errors.status("reading") as status:
        report = adapt_source(
            Settings(), request, lambda file, records: status.update(f"{file}: {records:,} records read")
        )
    console.print(report)
    if report.faults:
        raise typer.Exit(1)


@commands.command()
def land(as_of: Day) -> None:
    """Load every landing partition up to a day that is new or changed."""
    from ml.landing.load import land as load

    console.print(load(Settings(), as_of.date(), holder="shelduck land"))


@commands.command()
def contract(
    of: Annotated[
        str,
        typer.Argument(
            help="landing: the files that a shop lands (what a text is of by default); published: every published "
            "table (what odcs is of by default); or a capability's name"
        ),
    ] = "",
    form: Annotated[
        Form, typer.Option("--format", help="text, or odcs: YAML of the Open Data Contract Standard")
    ] = Form.TEXT,
) -> None:
    """Print a data contract: tables, keys, columns with meaning, unit and owner, and what is refused."""
    from ml.reference.contracts import contract_text, render_contract

    if form is Form.ODCS:
        typer.echo(contract_text(of or PUBLISHED), nl=False)
    else:
        console.print(render_contract(of or LANDING))


@commands.command()
def check(path: Annotated[Path, typer.Argument(help="a landing folder")]) -> None:
    """Validate a landing folder against the contract and explain every fault."""
    from ml.landing.check import check as check_folder

    report = check_folder(path, Settings())
    console.print(report)
    if report.faults:
        raise typer.Exit(1)


@commands.command()
def close(day: Annotated[datetime, typer.Argument(formats=FORMATS, callback=known_day)]) -> None:
    """Mark a day as closed: its files are complete. A day must be closed before it can be run or trained."""
    from ml.landing.folder import close_day

    close_day(Settings(), day.date())
    console.print(f"{day.date()} is closed")


@commands.command()
def waive(
    table: Annotated[str, typer.Argument(help="rules or consents")],
    key: Annotated[str, typer.Argument(help="the refused row's key as the refusal names it, or the file's name")],
    reason: Annotated[str, typer.Option("--why", help="the reason; every manifest it concerns holds it")],
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=FORMATS, callback=known_day, help="its arrival day; default: the newest closed day"),
    ] = None,
) -> None:
    """Publish without a refused rule or consent: lands this decision as a row, valid for days from --as-of on."""
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
