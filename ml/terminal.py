"""What all commands share: where they print, and how a day is given."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

console = Console(width=None if sys.stdout.isatty() else 160)

Day = Annotated[datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="the day, in the shop's time zone")]
