"""``shelduck site``: the pages of a day as files."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ml.errors import NotPublished, ShelduckError
from ml.settings import Settings
from ml.terminal import FORMATS, console, errors, known_day

if TYPE_CHECKING:
    from ml.pages.site.build import BuiltSite

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
    _tell(built)
    if built.troubles:
        raise typer.Exit(1)


def show_site(settings: Settings, day: date) -> None:
    """Build the site of a day that was run and print where it is; what is published does not depend on it."""
    from ml.pages.site.build import build_site

    try:
        _tell(build_site(settings, day))
    except NotPublished:
        return  # the run had nothing to publish, and said so
    except Exception as broken:
        why = str(broken) if isinstance(broken, ShelduckError) else type(broken).__name__
        errors.print(f"the pages of {day} were not built: {why}. Run: shelduck site --as-of {day}", soft_wrap=True)


def _tell(built: BuiltSite) -> None:
    console.print(f"Pages of {built.day}: {built.front}", highlight=False, soft_wrap=True)
    for trouble in built.troubles:
        errors.print(f"without the pages of {trouble.capability}: {trouble.why}", highlight=False, soft_wrap=True)
