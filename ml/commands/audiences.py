"""``shelduck audience``: what audiences there are, and an audience as a file for another tool."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ml.escape import visible
from ml.settings import Settings
from ml.terminal import FORMATS, console, known_day

commands = typer.Typer()
audience = typer.Typer(no_args_is_help=True, help="Audiences: which there are, and as a file for another tool.")
commands.add_typer(audience, name="audience")
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=FORMATS, callback=known_day, help="a published day; default: the current one"),
]
_FORMS = ("table", "json")


class To(StrEnum):
    """The layouts of exports, as ``ml.audiences.export.layouts`` declares them."""

    CSV = "csv"
    PARQUET = "parquet"
    GOOGLE = "google-customer-match"
    META = "meta-custom-audience"
    BRAZE = "braze"
    KLAVIYO = "klaviyo"


@audience.command(name="list")
def list_audiences(as_of: AsOf = None) -> None:
    """Print the audiences: members, who joined and left, what is withheld and why."""
    from ml.console.audiences import show_audiences

    show_audiences(Settings(), console, as_of.date() if as_of else None)


@audience.command()
def export(  # noqa: PLR0913 - each is an option of the command
    name: Annotated[str, typer.Argument(help="an audience's id or name; see: shelduck audience list")],
    to: Annotated[To, typer.Option("--to", help="the layout")],
    *,
    contacts: Annotated[
        Path | None, typer.Option(help="CSV: user_id, email, phone, first_name, last_name, country, zip; not kept")
    ] = None,
    country: Annotated[str, typer.Option(help="of contacts that name none: two letters, such as DE")] = "",
    out: Annotated[Path | None, typer.Option(help="a new file, or a folder; default: exports in the data home")] = None,
    as_of: AsOf = None,
    max_age: Annotated[int, typer.Option(min=0, max=36_500, help="days that the audience's day may be ago")] = 2,
    stale_ok: Annotated[bool, typer.Option("--stale-ok", help="export an older day all the same")] = False,
) -> None:
    """Write an audience's members for another tool; row count and hash go into the log of exports."""
    from ml.audiences.export.export import Request, export_audience
    from ml.audiences.export.hashing import country_code
    from ml.console.audiences import changed_since, shop_id, show_export

    if country and not country_code(country):
        raise typer.BadParameter("expected two letters, such as DE", param_hint="--country")
    settings, day = Settings(), as_of.date() if as_of else None
    where = Request(name, to.value, day, contacts, country, out, shop_id(settings))
    request = replace(where, max_age=max_age, changed=changed_since(settings), stale_ok=stale_ok)
    show_export(console, export_audience(settings, request))


@audience.command()
def preview(
    condition: Annotated[str, typer.Argument(help="such as \"tag('wine') and churn_probability > 40 %\"")],
    purpose: Annotated[str, typer.Option(help="consent that members have given")] = "marketing",
    as_of: AsOf = None,
    form: Annotated[str, typer.Option("--format", help="table or json")] = "table",
) -> None:
    """Print how many a condition holds for, what they have in common, and ten of them with the reason."""
    from ml.console.audience_preview import preview as found
    from ml.console.audience_preview import show_preview, write_preview

    if form not in _FORMS:
        raise typer.BadParameter(f"expected {', '.join(_FORMS)}; found {visible(form)}", param_hint="--format")
    seen = found(Settings(), condition, purpose, as_of.date() if as_of else None)
    if form == _FORMS[1]:
        write_preview(seen)
    else:
        show_preview(console, seen)
