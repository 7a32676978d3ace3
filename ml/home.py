"""The data home's memory: ``shelduck.toml`` holds the settings that decide what a day's published tables are.

The first command that writes makes it, with what is effective then; ``shelduck init`` does so on purpose. It is a file
for people to read and edit: a comment and a line per setting.
"""

from __future__ import annotations

import json
import math
import os
import re
from pathlib import Path
from typing import Any, Final

from ml.access import begin, create_home
from ml.durable import sync, temporary_beside, write_text
from ml.errors import SettingsDiffer
from ml.settings import Settings
from ml.settings_sources import (
    FILE,
    NONE,
    PREFIX,
    read_home_file,
    read_homes,
    refuse_differing,
    remembered_fields,
    shown,
    validator,
)

_HEAD: Final = """\
# What decides the days of this data home, whoever runs them and from whichever shell. An environment (or .env) that
# asks for another value is refused. To change one: edit it here, or set the variable and run: shelduck init --change.
# Days that are published already stay as they are until they are run again.
"""


def enter(settings: Settings) -> None:
    """What every writer does first: the process's mask, the home, its memory.

    Raises:
        HomeRefused: this user cannot write the home.
        SettingsDiffer: another process made the home at the same time, with other settings.
    """
    begin(settings)
    create_home(settings)
    remember(settings)


def remember(settings: Settings) -> bool:
    """Write down what the home does not remember yet; False when it knew everything.

    Raises:
        SettingsDiffer: another process wrote the file at the same time, with other values.
    """
    path = home_file(settings)
    if not path.exists() and _create(path, render(settings)):
        read_homes.add(settings.home)
        return True
    if settings.home not in read_homes:  # it came after these settings were read
        _compare(settings)
    missing = remembered_fields(Settings).keys() - read_home_file(settings.home, Settings).keys()
    if missing:  # a setting that this version added
        write_text(path, _inserted(path.read_text(encoding="utf-8"), _lines(settings, missing)))
    return bool(missing)


def refuse_other_zone(settings: Settings, scheduled: str) -> None:
    """Compare the zone that DAG files were read with, the only setting known there, with the data home's.

    Raises:
        SettingsDiffer: a run's day would be another day than the home's.
    """
    if scheduled != settings.timezone:
        raise SettingsDiffer(
            f"{PREFIX}TIMEZONE",
            expected=f"{settings.timezone}, as this data home's {FILE} says",
            found=f"{scheduled}, where Airflow read the DAG files",
            remedy=f"Set {PREFIX}TIMEZONE={settings.timezone} for every process of Airflow, then start them again",
        )


def change(settings: Settings) -> dict[str, tuple[str, str]]:
    """Let the home remember these settings; returns the old and the new value of those that change."""
    before, fields = read_home_file(settings.home, Settings), remembered_fields(Settings)
    changed = {
        name: (shown(validator(fields[name]), before[name]), shown(validator(fields[name]), getattr(settings, name)))
        for name in fields
        if name in before and before[name] != getattr(settings, name)
    }
    if changed or not before:
        write_text(home_file(settings), render(settings))
    return changed


def home_file(settings: Settings) -> Path:
    """Where the data home keeps its settings."""
    return settings.home / FILE


def render(settings: Settings) -> str:
    """The file's text."""
    return _HEAD + _lines(settings, remembered_fields(Settings).keys())


def _lines(settings: Settings, names: Any) -> str:
    fields = remembered_fields(Settings)
    lines = []
    for name in fields:
        if name in names:
            empty = "; none: not set" if fields[name].default is None else ""
            lines += [f"\n# {PREFIX}{name.upper()}: {fields[name].description}{empty}"]
            lines += [f"{name} = {_toml(_plain(name, getattr(settings, name)))}"]
    return "\n".join(lines) + "\n"


def _inserted(text: str, lines: str) -> str:
    """``lines`` before the first table: what follows a table's header belongs to the table."""
    kept = text.splitlines(keepends=True)
    first = next((number for number, line in enumerate(kept) if line.lstrip().startswith("[")), len(kept))
    return "".join([*kept[:first], "" if text.endswith("\n") else "\n", lines, *kept[first:]])


def _create(path: Path, text: str) -> bool:
    """The whole file at once, unless another process was first."""
    temporary = temporary_beside(path)
    temporary.write_text(text, encoding="utf-8")
    sync(temporary)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
    sync(path.parent)
    return True


def _compare(settings: Settings) -> None:
    kept = read_home_file(settings.home, Settings)
    asked = {name: ("the settings of this process", getattr(settings, name)) for name in kept}
    refuse_differing(Settings, kept, asked)


def _plain(name: str, value: Any) -> Any:
    return validator(remembered_fields(Settings)[name]).dump_python(value, mode="json")


def _toml(value: Any) -> str:
    """A value as TOML writes it, a table of a list on each line; what TOML has no word for stands as JSON in text."""
    if value is None:
        return _text(NONE)
    return _written(value) if _is_toml(value) else _text(json.dumps(value, ensure_ascii=False))


def _is_toml(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_toml, value.values()))
    return all(map(_is_toml, value)) if isinstance(value, list) else value is not None


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + "".join(f"    {_written(each)},\n" for each in value) + "]"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else str(value).replace("Infinity", "inf")
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else _text(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name, re.ASCII) else _text(name)


def _text(value: str) -> str:
    """JSON's text is TOML's, but for one control character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
