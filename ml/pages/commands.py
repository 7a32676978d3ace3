"""Commands that a page shows, as they can be pasted into any shell on the machine that serves it."""

from __future__ import annotations

import shlex
from typing import Any

from ml.operations.calendar import FRESH, NO_FILES, NOT_CLOSED, RUNNING, Day, backfill_commands, executable
from ml.settings import Settings


def commands_of(settings: Settings, dag_id: str, day: Day) -> list[str]:
    """What brings ``day`` up to date, in order; nothing where it is fresh, being worked on or without files."""
    if day.status in (FRESH, RUNNING, NO_FILES):
        return []
    closing = [f"{executable()} close {day.day}"] if day.status == NOT_CLOSED else []
    return [home_command(settings), *closing, *backfill_commands(settings, dag_id, [day.day])]


def waivers_of(settings: Settings, arrivals: dict[str, Any] | None) -> list[str]:
    """What lets the day pass without the refused rows that stop it."""
    stopped = arrivals["stopped_by"] if arrivals else []
    waiving = dict.fromkeys(each["waive"].replace("shelduck", executable(), 1) for each in stopped)
    return [home_command(settings), *waiving] if waiving else []


def home_command(settings: Settings) -> str:
    """Makes a shell mean this data home with these settings; secrets stay where they are."""
    fields = type(settings).model_fields
    usual = {
        f"SHELDUCK_{name.upper()}"
        for name, field in fields.items()
        if getattr(settings, name) == field.get_default(call_default_factory=True)
    }
    chosen = {name: value for name, value in settings.environment().items() if name not in usual}
    return f"export {' '.join(f'{name}={shlex.quote(value)}' for name, value in chosen.items())}"
