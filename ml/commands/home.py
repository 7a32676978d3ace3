"""``shelduck init``: what a data home remembers."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ml.access import begin, create_home
from ml.home import change as change_home
from ml.home import remember
from ml.presets import KINDS
from ml.settings import AskedSettings, Settings
from ml.settings_sources import FILE, PREFIX, read_home_file, refuse_differing
from ml.terminal import console

commands = typer.Typer()


@commands.command()
def init(
    timezone: Annotated[str, typer.Option(help="the shop's time zone, such as Europe/Berlin")] = "",
    closing_hour: Annotated[int | None, typer.Option(help="hour of the next day at which a day closes itself")] = None,
    kind: Annotated[str, typer.Option(help=f"preset settings for a kind of shop: {', '.join(KINDS)}")] = "",
    change: Annotated[bool, typer.Option("--change", help="replace values that the home holds already")] = False,
) -> None:
    """Create the data home and store in it the settings that its days are computed with."""
    options = {"timezone": timezone or None, "closing_hour": closing_hour}
    given = {name: value for name, value in options.items() if value is not None} | _preset(kind, change=change)
    settings = (AskedSettings if change else Settings)(**given)
    begin(settings)
    create_home(settings)
    if change:
        _tell(change_home(settings))
        return
    kept = read_home_file(settings.home, Settings)
    refuse_differing(Settings, kept, {name: ("the options", value) for name, value in given.items()})
    written = remember(settings)
    console.print(f"{FILE} in {settings.home.name}/ {'written' if written else 'is there already'}", highlight=False)


def _preset(kind: str, *, change: bool) -> dict[str, Any]:
    """The settings of a kind of shop; in a new home without those that the environment gives."""
    if kind and kind not in KINDS:
        raise typer.BadParameter(f"--kind is one of {', '.join(KINDS)}")
    suits = dict(KINDS.get(kind, {}))
    if change:
        return suits
    asked = AskedSettings()
    kept = read_home_file(asked.home, Settings)
    return {name: value for name, value in suits.items() if name in kept or name not in asked.model_fields_set}


def _tell(changed: dict[str, tuple[str, str]]) -> None:
    for name, (old, new) in changed.items():
        console.print(f"{PREFIX}{name.upper()}: {old} is now {new}", markup=False, highlight=False, soft_wrap=True)
    told = "Published days stay as they are until they are run again: shelduck days" if changed else "nothing changed"
    console.print(told, highlight=False)
