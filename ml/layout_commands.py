"""``shelduck page``: a shopper's screen as published."""

from __future__ import annotations

from typing import Annotated

import typer

from ml.settings import Settings
from ml.tables import DEFAULT_LAYOUT
from ml.terminal import console

commands = typer.Typer()


@commands.command()
def page(
    user_id: Annotated[str, typer.Argument(help="a shopper")],
    layout: Annotated[str, typer.Option(help="the screen, as the table layouts names it")] = DEFAULT_LAYOUT,
) -> None:
    """Print one shopper's screen, rows x positions, as published."""
    from ml.orchestration.screen import show_page

    show_page(Settings(), console, user_id, layout)
