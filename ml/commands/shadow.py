"""``shelduck shadow`` and ``shelduck replay``: what another policy would have shown, and what it would have sold."""

from __future__ import annotations

from typing import Annotated

import typer

from ml.escape import visible
from ml.settings import Settings
from ml.terminal import Day, Until, console, days_from

commands = typer.Typer()
Policy = Annotated[str, typer.Option("--policy", help="candidate, champion, a version's number, or 0 for the rules")]
_FORMS = ("table", "markdown", "json")


@commands.command()
def shadow(policy: Policy, as_of: Day, until: Until = None) -> None:
    """Write what a policy would have shown on published days; readers see nothing of it. The DAG is shadow_run."""
    from ml.recommend.shadow.days import shadow_day

    settings = Settings()
    for day in days_from(as_of, until):
        made = shadow_day(settings, policy, day)
        console.print(f"{day}  {settings.relative(made.folder)}", soft_wrap=True, highlight=False)


@commands.command()
def replay(
    policy: Policy,
    as_of: Day,
    until: Until = None,
    horizon: Annotated[
        int | None, typer.Option(min=1, max=366, help="days of purchases; default: SHELDUCK_EVALUATION_DAYS")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="table, markdown or json")] = "table",
) -> None:
    """Compare a policy's shelves of published days with those that were shown, by what shoppers then bought."""
    from ml.console import changes
    from ml.console import replay as told
    from ml.documents import as_markdown
    from ml.recommend.shadow.replay import replay as compare

    if form not in _FORMS:
        raise typer.BadParameter(f"expected {', '.join(_FORMS)}; found {visible(form)}", param_hint="--format")
    settings = Settings()
    found = compare(settings, policy, days_from(as_of, until), horizon or settings.evaluation_days)
    if form == "json":
        typer.echo(told.as_json(found))
    elif form == "markdown":
        typer.echo(as_markdown(told.title(found), told.sections(found)))
    else:
        changes.show(console, told.sections(found))
