"""``shelduck site``: the pages of a day as files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ml.settings import Settings
from ml.terminal import FORMATS, console, errors, known_day

commands = typer.Typer()


@commands.command()
def site(
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=FORMATS, callback=known_day, help="a published day; default: the newest"),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="write into this folder: new, empty, or with an earlier site")
    ] = None,
) -> None:
    """Write the pages of a day as files that any browser opens and any web server serves; print the first one."""
    from ml.pages.site.build import build_site

    built = build_site(Settings(), as_of.date() if as_of else None, to)
    console.print(str(built.front), highlight=False, soft_wrap=True)
    for trouble in built.troubles:
        errors.print(f"without the pages of {trouble.capability}: {trouble.why}", highlight=False, soft_wrap=True)
    if built.troubles:
        raise typer.Exit(1)
