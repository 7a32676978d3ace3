"""``shelduck ask``: a question in plain words about what is published."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from ml.escape import visible
from ml.settings import Settings
from ml.terminal import FORMATS, console, known_day

commands = typer.Typer()
_FORMS = ("table", "json")


@commands.command()
def ask(
    question: Annotated[str, typer.Argument(help="in English or Chinese, such as: how many shoppers are at risk?")],
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=FORMATS, callback=known_day, help="a published day; default: the current one"),
    ] = None,
    form: Annotated[str, typer.Option("--format", help="table (its first rows) or json (all rows)")] = "table",
    customer: Annotated[
        bool, typer.Option("--customer", help="as a customer asks: from the shop's documents and catalogue")
    ] = False,
) -> None:
    """Answer a question from the published tables: the table and its SQL, or why not and what can be asked.

    With --customer: the words of the shop's documents or catalogue and where they stand. The exit code is 1 where the
    question is declined.
    """
    from ml.assistant.questions.answering import answer
    from ml.assistant.retrieval.answering import answer as answer_customer
    from ml.console.asked import show_answer, show_cited, write_answer

    if form not in _FORMS:
        raise typer.BadParameter(f"expected {', '.join(_FORMS)}; found {visible(form)}", param_hint="--format")
    day = as_of.date() if as_of else None
    if customer:
        cited = answer_customer(Settings(), question, day)
        write_answer(asdict(cited)) if form == "json" else show_cited(console, cited)
        raise typer.Exit(int(bool(cited.declined)))
    found = answer(Settings(), question, day)
    write_answer(found.document()) if form == "json" else show_answer(console, found)
    raise typer.Exit(int(found.is_declined))
