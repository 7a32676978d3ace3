"""``shelduck adapt``: what a shop already has, as landing files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ml.landing.adapters.kinds import KINDS, kind_named
from ml.settings import Settings
from ml.terminal import FORMATS, console, errors, known_day

commands = typer.Typer()


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
        typer.Option(formats=FORMATS, callback=known_day, help="the day on which all of it arrives"),
    ] = None,
    close: Annotated[
        bool, typer.Option("--close", help="close the days that are written, and empty days between them")
    ] = False,
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
