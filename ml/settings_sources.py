"""Where settings come from, beside the environment: the project's ``.env`` and the data home's ``shelduck.toml``.

A setting that is marked ``REMEMBERED`` decides what a day's published tables are. The data home remembers its value,
so that a run without a variable of somebody's shell computes the same day. An environment that asks for another value
is refused.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource

from ml.errors import SettingsBroken, SettingsDiffer
from ml.owners import explained

PREFIX: Final = "SHELDUCK_"
ENV_FILE: Final = "SHELDUCK_ENV_FILE"
"""Names another file instead of the project's ``.env``."""
FILE: Final = "shelduck.toml"
NONE: Final = "none"
"""How the file writes that a setting has no value: TOML has no null."""
_PROJECT: Final = Path(__file__).resolve().parents[1]
_FOLDERS: Final = ("home", "landing")
_ENVIRONMENTS: Final = {"EnvSettingsSource": "the environment", "EnvFile": ".env"}


@dataclass(frozen=True)
class Remembered:
    """Marks a setting that belongs to the data home."""


REMEMBERED: Final = Remembered()
read_homes: Final[set[Path]] = set()
"""Homes whose file this process has read; settings that were made before it was there were not compared with it."""
_validators: Final[dict[int, tuple[FieldInfo, TypeAdapter[Any]]]] = {}
"""By the identity of a field, which lives as long as its entry here: fields have no hash."""


def remembered_fields(settings_class: type[BaseSettings]) -> dict[str, FieldInfo]:
    """The settings that a data home remembers, in the order of their declaration."""
    fields = settings_class.model_fields
    return {name: field for name, field in fields.items() if REMEMBERED in field.metadata}


def validator(field: FieldInfo) -> TypeAdapter[Any]:
    """Validates one setting alone, with its constraints; made once, every start of a task asks for all of them."""
    if id(field) not in _validators:
        annotated: Any = Annotated[field.annotation, *field.metadata]
        _validators[id(field)] = field, TypeAdapter(annotated)
    return _validators[id(field)][1]


def env_file() -> Path:
    """The ``.env`` that is read: of the project, wherever a command is called from, unless a variable names another.

    Never that of the current directory: anybody could have put one there.
    """
    return Path(os.environ.get(ENV_FILE) or _PROJECT / ".env").expanduser().absolute()


class EnvFile(DotEnvSettingsSource):
    """The variables of ``.env`` that are settings; relative folders start at the file, as for ``make``."""

    def __init__(self, settings_class: type[BaseSettings]) -> None:
        self._path = env_file()
        super().__init__(settings_class, env_file=self._path)

    def __call__(self) -> dict[str, Any]:
        """Values by setting; what docker compose reads is left out."""
        found = {name: value for name, value in super().__call__().items() if name in self.settings_cls.model_fields}
        for name in _FOLDERS:
            if name in found:
                found[name] = self._path.parent / Path(found[name]).expanduser()
        return found


class HomeFile(PydanticBaseSettingsSource):
    """What the data home remembers, for settings that nothing before it gave; compared with what others gave.

    Raises:
        SettingsDiffer: the environment or ``.env`` asks for another value.
        SettingsBroken: the file is no TOML, or holds a key or value that is none of the settings'.
    """

    def __init__(self, settings_class: type[BaseSettings], *, compared: bool = True) -> None:
        super().__init__(settings_class)
        self._compared = compared

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Unused: values are looked up together, because they are compared with the environment's."""
        raise NotImplementedError(field_name, field)

    def __call__(self) -> dict[str, Any]:
        """Values by setting."""
        home = self.current_state.get("home", self.settings_cls.model_fields["home"].default)
        try:
            kept = read_home_file(Path(home).expanduser().absolute(), self.settings_cls)
        except (RuntimeError, ValueError):  # no folder at all: its own form is judged later
            return {}
        if not self._compared:
            return {name: value for name, value in kept.items() if name not in self.current_state}
        init = self.settings_sources_data.get("InitSettingsSource", {})
        refuse_differing(self.settings_cls, kept, {name: self._asked(name) for name in kept if name not in init})
        return {name: value for name, value in kept.items() if name not in self.current_state}

    def _asked(self, name: str) -> tuple[str, Any] | None:
        """Which environment gives a setting, and its value."""
        for source, words in _ENVIRONMENTS.items():
            if name in (values := self.settings_sources_data.get(source, {})):
                return words, values[name]
        return None


def read_home_file(home: Path, settings_class: type[BaseSettings]) -> dict[str, Any]:
    """What the data home remembers, validated; empty for a home without the file.

    Raises:
        SettingsBroken: the file cannot be read, is no TOML, or holds a key or value that is none of the settings'.
    """
    path = home / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except PermissionError as refused:
        raise explained(home, refused) from refused
    except (OSError, UnicodeDecodeError) as refused:
        raise _broken(FILE, "a file in UTF-8", type(refused).__name__) from refused
    try:
        kept = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise _broken(FILE, "TOML", str(wrong)) from wrong
    read_homes.add(home)
    return dict(_validated(kept, remembered_fields(settings_class)))


def refuse_differing(
    settings_class: type[BaseSettings], kept: Mapping[str, Any], asked: Mapping[str, tuple[str, Any] | None]
) -> None:
    """Compare what somebody asks for with what the home remembers; a value that is none at all is refused later.

    Raises:
        SettingsDiffer: they differ; names both values of each.
    """
    fields = remembered_fields(settings_class)
    differing: dict[str, tuple[str, str, str]] = {}
    for name, found in asked.items():
        if found is None or name not in kept:
            continue
        words, value = found
        adapter = validator(fields[name])
        try:
            given = adapter.validate_python(value)
        except ValidationError:
            continue
        if given != kept[name]:
            differing[PREFIX + name.upper()] = words, shown(adapter, kept[name]), shown(adapter, given)
    if differing:
        raise SettingsDiffer(
            ", ".join(differing),
            expected="; ".join(kept for _, kept, _ in differing.values()) + f", as this data home's {FILE} says",
            found="; ".join(f"{given} in {words}" for words, _, given in differing.values()),
            remedy="Unset it to use the home's; to change the home on purpose, keep it set and run: "
            "shelduck init --change",
        )


def shown(adapter: TypeAdapter[Any], value: Any) -> str:
    """A value for people to read."""
    plain = adapter.dump_python(value, mode="json")
    return NONE if plain is None else plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _validated(kept: Mapping[str, Any], fields: Mapping[str, FieldInfo]) -> Iterator[tuple[str, Any]]:
    for name, value in kept.items():
        if name not in fields:
            raise _broken(f"{FILE}: {name}", f"one of {', '.join(fields)}", "another key")
        try:
            yield name, validator(fields[name]).validate_python(_plain(value, fields[name]))
        except (ValidationError, ValueError) as wrong:
            told = wrong.errors()[0]["msg"] if isinstance(wrong, ValidationError) else str(wrong)
            raise _broken(f"{FILE}: {name}", fields[name].description or "a value of this setting", told) from wrong


def _plain(value: Any, field: FieldInfo) -> Any:
    """``none`` where a setting may have no value; JSON in text where TOML cannot write a value (null)."""
    if value == NONE and field.default is None:
        return None
    is_text = isinstance(field.default, str)
    return json.loads(value) if isinstance(value, str) and not is_text and field.default is not None else value


def _broken(subject: str, expected: str, found: str) -> SettingsBroken:
    return SettingsBroken(
        subject, expected=expected, found=found, remedy="Correct the file in the data home, or restore it from a backup"
    )
