"""What is published: shelves, reasons and screens, SQL, the calendar of days, taking a publication back."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ml.capabilities import named
from ml.escape import visible
from ml.owners import operator
from ml.placements import DEFAULT_LAYOUT
from ml.settings import Settings
from ml.terminal import FORMATS, console, known_day

if TYPE_CHECKING:
    from ml.console.compared import Side

commands = typer.Typer()
Named = Annotated[str, typer.Option("--capability", help="whose tables; see: shelduck capabilities")]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=FORMATS, callback=known_day, help="a published day; default: the current one"),
]
_RECOMMEND = "recommend"
_FORMS = ("table", "markdown", "page")
_DIFFERS = 3
_POLICY, _CODE = "policy:", "code"


@commands.command()
def page(
    user_id: Annotated[str, typer.Argument(help="a shopper")],
    layout: Annotated[str, typer.Option(help="the screen, as the table layouts names it")] = DEFAULT_LAYOUT,
    as_of: AsOf = None,
) -> None:
    """Print one shopper's screen, rows x positions, as published."""
    from ml.console.screen import show_page

    show_page(Settings(), console, user_id, layout, _day(as_of))


@commands.command()
def shelf(
    user_id: Annotated[str, typer.Argument(help="a shopper")],
    placement: Annotated[str | None, typer.Option(help="for_you, discover or buy_again")] = None,
    as_of: AsOf = None,
) -> None:
    """Print one shopper's shelves with reasons, as published."""
    from ml.console.showcase import show_shelf

    show_shelf(Settings(), console, user_id, placement, _day(as_of))


@commands.command()
def why(  # noqa: PLR0913 - each is an option of the command
    user_id: Annotated[str, typer.Argument(help="a shopper")],
    item_id: Annotated[
        str, typer.Argument(help="an item, on a shelf or not; or a prediction: churn_probability, …")
    ] = "",
    *,
    audience: Annotated[str, typer.Option(help="instead of an item: an audience's id or name")] = "",
    as_of: AsOf = None,
    placement: Annotated[str, typer.Option(help="one shelf; default: those with the item, or all")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="everything as JSON")] = False,
) -> None:
    """Tell why an item is on a shopper's shelf: parts of the score, evidence, rules, origin; or where it fell out.

    With a column of customer_prediction instead: its interval, what it is made of, how such predictions held, origin.
    With --audience: the terms that decide, with the shopper's values, consent, tags with evidence, segments, origin.
    """
    from ml.console.passports import Told, membership_of, passport_of, show_passport, write_passport

    if bool(item_id) == bool(audience):
        raise typer.BadParameter("expected an item, a prediction or --audience, one of them", param_hint="ITEM_ID")
    settings = Settings()
    made: Told
    if audience:
        made = membership_of(settings, user_id, audience, _day(as_of))
    else:
        made = passport_of(settings, user_id, item_id, _day(as_of), placement)
    if as_json:
        write_passport(made, settings.language)
    else:
        show_passport(console, made, settings.language)


@commands.command()
def diff(
    base: Annotated[
        str, typer.Argument(help="a day (its last version), a version id or policy:NAME; default: the day before")
    ] = "",
    new: Annotated[
        str, typer.Argument(help="likewise, or code: this checkout's; default: what readers get now, or on --as-of")
    ] = "",
    as_of: AsOf = None,
    capability: Annotated[str, typer.Option(help="only this one's tables; default: those of all")] = "",
    form: Annotated[str, typer.Option("--format", help="table, markdown (for a pull request) or page")] = "table",
) -> None:
    """Compare days, versions, policies (policy:champion policy:candidate, policy:3, policy:0) or code.

    The exit code is 3 where anything differs: rows, shelves, exposure.
    """
    from ml.console import changes
    from ml.console.compared import compare
    from ml.publish.changes import sections

    if form not in _FORMS:
        raise typer.BadParameter(f"expected {', '.join(_FORMS)}; found {visible(form)}", param_hint="--format")
    settings = Settings()
    before, after = (_side(text) if text else None for text in (base, new))
    compared = compare(settings, before, after, named(capability) if capability else None, _day(as_of))
    read, differs = sections(settings, compared)
    if form == _FORMS[1]:
        typer.echo(changes.markdown(compared, read))
    elif form == _FORMS[2]:
        from ml.pages.site.comparison import write_comparison

        typer.echo(write_comparison(settings, compared, read))
    else:
        changes.show(console, read)
    raise typer.Exit(_DIFFERS if differs else 0)


@commands.command()
def sql(
    query: Annotated[str, typer.Argument(help="one SELECT; without it, tables and columns are listed")] = "",
    as_of: AsOf = None,
    form: Annotated[str, typer.Option("--format", help="table (its first rows), csv or json (all rows)")] = "table",
) -> None:
    """Answer SQL over the published tables of all capabilities; it can change nothing."""
    from ml.console import queries
    from ml.publish.chosen import chosen_versions

    if form not in (*queries.Form,):
        raise typer.BadParameter(f"expected {', '.join(queries.Form)}; found {visible(form)}", param_hint="--format")
    settings = Settings()
    chosen = chosen_versions(settings, _day(as_of))
    if query:
        queries.answer(settings, chosen, query, queries.writer(console, queries.Form(form)))
    else:
        queries.list_tables(settings, console, chosen)


@commands.command()
def days(
    stale: Annotated[bool, typer.Option("--stale", help="only stale days, and how to run them again")] = False,
    capability: Annotated[str, typer.Option(help="only this one's days; default: those of all")] = "",
) -> None:
    """Print the calendar: which days are fresh, stale, missing, running or failed."""
    from ml.landing.marks import stray_marks
    from ml.operations.calendar import NO_FILES, Calendar, backfill_commands, calendar_table

    settings = Settings()
    for each in [named(capability)] if capability else settings.capabilities_on:
        found = [day for day in Calendar(settings, each).days() if day.is_stale or not stale]
        console.print(each.name, style="bold")
        if found and all(day.status == NO_FILES for day in found):
            console.print("the shop lands no files for it")
            continue
        console.print(calendar_table(found) if found or stale else "no day is closed yet; see: shelduck close --help")
        for command in backfill_commands(settings, each.daily_dag, [day.day for day in found if day.is_stale]):
            console.print(command, style="bold", soft_wrap=True, highlight=False)
    for notice in stray_marks(settings.landing_dir):
        console.print(f"notice: {notice}", markup=False, highlight=False)


@commands.command(name="capabilities")
def list_capabilities() -> None:
    """Print what is computed and published: tables, DAGs, and whether it is on."""
    from ml.console.capabilities import capability_table

    console.print(capability_table(Settings()))


@commands.command()
def rollback(
    to: Annotated[str, typer.Argument(help="a day (its last version) or a version id")],
    reason: Annotated[str, typer.Option("--why", help="the reason; kept in the journal")],
    capability: Named = _RECOMMEND,
) -> None:
    """Pin readers to an earlier version until `shelduck release`."""
    from ml.publish.removed import removed_tables
    from ml.publish.rollback import rollback as pin

    pinned = pin(Settings(), named(capability), _day_or_version(to), who=operator(), why=reason)
    console.print(
        f"readers of {capability} get {pinned.id} until: shelduck release --capability {capability} --why TEXT"
    )
    if gone := removed_tables(pinned.folder):
        again = f"shelduck run --as-of {pinned.as_of} --capability {capability}"
        console.print(f"without {', '.join(gone)}, which it no longer holds; to have it: {again}", markup=False)


@commands.command()
def release(
    reason: Annotated[str, typer.Option("--why", help="the reason; kept in the journal")],
    capability: Named = _RECOMMEND,
) -> None:
    """End a rollback: readers get the newest day again."""
    from ml.publish.rollback import release as unpin

    current = unpin(Settings(), named(capability), who=operator(), why=reason)
    console.print(f"readers of {capability} get {current.id if current else 'nothing: no day is published'}")


def _day(as_of: datetime | None) -> date | None:
    return as_of.date() if as_of else None


def _side(text: str) -> Side:
    """What a word of ``diff`` names."""
    from ml.console.compared import OfCode, OfPolicy

    if text.startswith(_POLICY):
        return OfPolicy(text.removeprefix(_POLICY))
    return OfCode() if text == _CODE else _day_or_version(text)


def _day_or_version(to: str) -> date | str:
    """A day, or a version's id."""
    from ml.publish.store import is_version_id

    if is_version_id(to):
        return to
    try:
        return datetime.strptime(to, FORMATS[0]).date()
    except ValueError:
        message = "expected a day such as 2017-12-02, or a version id such as 2017-12-02-0123456789ab (shelduck days)"
        raise typer.BadParameter(message) from None
