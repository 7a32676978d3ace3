"""``shelduck review``: what waits for a decision, and the decision."""

from __future__ import annotations

from typing import Annotated

import typer

from ml.owners import operator
from ml.settings import Settings
from ml.terminal import console

commands = typer.Typer()


@commands.command()
def review(
    model: Annotated[str, typer.Argument(help="a model, such as shelf; default: every one that waits")] = "",
    version: Annotated[int, typer.Option(min=0, max=10**9, help="a version; default: the one that waits")] = 0,
    approve: Annotated[bool, typer.Option("--approve", help="let it decide from the next day on")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="record that it shall not; final")] = False,
    reason: Annotated[str, typer.Option("--why", help="the reason; kept with the decision")] = "",
) -> None:
    """Print the candidates that wait for a person, with the evidence; or decide on one."""
    from ml.console.reviews import Decision, decide, show_waiting

    if approve and reject:
        raise typer.BadParameter("--approve and --reject exclude each other")
    if reject and not reason.strip():
        raise typer.BadParameter("--reject needs --why: whoever trains the next one reads it")
    if approve or reject:
        decide(Settings(), console, model, version, Decision(approve, operator(), reason))
    else:
        show_waiting(Settings(), console, model, version)
