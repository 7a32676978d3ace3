"""``shelduck copy``: the briefs, their variants with the evidence, and decisions on them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from ml.settings import Settings
from ml.terminal import FORMATS, console, known_day

commands = typer.Typer()
copy = typer.Typer(
    no_args_is_help=True, help="Marketing texts: what waits for a decision, with facts; and the decision."
)
commands.add_typer(copy, name="copy")
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=FORMATS, callback=known_day, help="a published day; default: the newest"),
]
Brief = Annotated[str, typer.Argument(help="a brief's id; see: shelduck copy list")]
Variants = Annotated[list[str] | None, typer.Argument(help="such as en/email/1@0a1b2c, as show prints them")]


@copy.command(name="list")
def list_briefs(as_of: AsOf = None) -> None:
    """Print the briefs: variants, how many are approved, how many wait, and why nothing was written."""
    from ml.console.copy import show_briefs

    show_briefs(Settings(), console, as_of.date() if as_of else None)


@copy.command()
def show(brief: Brief, as_of: AsOf = None) -> None:
    """Print a brief's variants, each with the hash to decide on it, the facts that they state and what was refused."""
    from ml.console.copy import show_brief

    show_brief(Settings(), console, brief, as_of.date() if as_of else None)


@copy.command()
def approve(
    brief: Brief,
    variants: Variants = None,
    reason: Annotated[str, typer.Option("--why", help="the reason; kept with the decision")] = "",
    as_of: AsOf = None,
) -> None:
    """Approve variants: they are arms of an experiment once the day is published again."""
    from ml.console.copy import Wanted, decide_on
    from ml.copy.approval.decisions import Verb

    wanted = Wanted(Verb.APPROVE, brief, variants or (), reason)
    decide_on(Settings(), console, wanted, as_of.date() if as_of else None)


@copy.command()
def reject(
    brief: Brief,
    variants: Variants = None,
    reason: Annotated[str, typer.Option("--why", help="the reason; kept with the decision")] = "",
    as_of: AsOf = None,
) -> None:
    """Reject variants, with the reason."""
    from ml.console.copy import Wanted, decide_on
    from ml.copy.approval.decisions import Verb

    wanted = Wanted(Verb.REJECT, brief, variants or (), reason)
    decide_on(Settings(), console, wanted, as_of.date() if as_of else None)


@copy.command()
def edit(
    brief: Brief,
    part: Annotated[str, typer.Argument(help="such as en/email/1@0a1b2c/email_subject")],
    text: Annotated[str, typer.Argument(help="the new text; checked at once against the brief's facts")],
    as_of: AsOf = None,
) -> None:
    """Replace one part of a variant; the new texts are decided on once the day is published again."""
    from ml.console.copy import edit_part

    edit_part(Settings(), console, brief, (part, text), as_of.date() if as_of else None)
