"""What all commands share: where they print, and how a day is given."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from ml.escape import visible

_KEPT = "\n\t"


class PlainConsole(Console):
    """A console that shows text as it is: no markup, no emoji codes, no control characters but line ends and tabs.

    What is styled is a ``Text``, or is given its ``style``.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"markup": False, "emoji": False, **options})

    def render_str(self, text: str, **options: Any) -> Text:
        """As Rich's, of visible characters, so that tables measure what they show."""
        return super().render_str(visible(text, _KEPT), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """As Rich's; whatever text comes by another way is made visible too."""
        for segment in super().render(renderable, options):
            shown = segment.text if segment.control else visible(segment.text, _KEPT)
            yield segment if shown == segment.text else Segment(shown, segment.style)


console = PlainConsole(width=None if sys.stdout.isatty() else 160)
errors = PlainConsole(stderr=True)


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
Until = Annotated[
    datetime | None, typer.Option(formats=FORMATS, callback=known_day, help="the last day; --as-of if not given")
]


def days_from(as_of: datetime, until: datetime | None) -> list[date]:
    """The days that ``Day`` and ``Until`` name, oldest first."""
    first, last = as_of.date(), (until or as_of).date()
    if last < first:
        raise typer.BadParameter(f"--until {last} lies before --as-of {first}: swap them")
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
