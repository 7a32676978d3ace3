"""What all commands share: where they print, and how a day is given."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

console = Console(width=None if sys.stdout.isatty() else 160)


def known_day(day: datetime | None) -> datetime | None:
    """``day``, unless it lies outside the years that landing files may be of."""
    from ml.landing.contract import FIRST_YEAR, LAST_YEAR

    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise typer.BadParameter(f"expected a day from {FIRST_YEAR}-01-01 to {LAST_YEAR}-12-31, found {day.date()}")
    return day


FORMATS = ["%Y-%m-%d"]
Day = Annotated[
    datetime, typer.Option("--as-of", formats=FORMATS, callback=known_day, help="the day, in the shop's time zone")
]
