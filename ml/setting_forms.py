"""The forms in which settings are accepted, and the error about one that has another form."""

from __future__ import annotations

import ipaddress
import re
import urllib.parse
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ByteSize, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined, to_json
from pydantic_settings import SettingsError

from ml.errors import ShelduckError

_MEMORY: Final = re.compile(r"(\d{1,12}(?:\.\d{1,6})?) ?([kmgt])(i?)b", re.IGNORECASE | re.ASCII)
_LEAST_MEMORY: Final = 64 * 10**6
_MOST_MEMORY: Final = 2**60
_ZONE: Final = re.compile(r"[A-Za-z0-9_+/-]+")
_ZONES_OF_THIS_MACHINE: Final = ("posix/", "right/", "posixrules", "localtime", "Factory")
"""Python knows these and DuckDB does not, or they differ from one machine to the next."""
_UNUSABLE: Final = re.compile(r"[?#$\\]|%[0-9A-Fa-f]{2}")
"""What DuckDB, dbt, Great Expectations or SQLAlchemy read as something else: a query, a fragment, a variable, a letter.
"""
_GROUP: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,254}\$?", re.ASCII)
_MODEL: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
PromotionMode = Literal["auto", "approve", "never"]
"""How a candidate becomes champion: by itself, when a person approves it, not at all."""
_MODEL_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}", re.ASCII)
_API_KEY: Final = re.compile(r"[A-Za-z0-9._~+/-]{1,4096}=*", re.ASCII)
"""What a bearer token may hold (RFC 6750)."""
_PRIVATE_NAMES: Final = ("localhost", ".localhost", ".local", ".internal", ".home.arpa")
_DATABASES: Final = ("sqlite", "postgresql", "mysql", "mssql", "oracle")


class SettingRefused(ShelduckError):
    """A setting whose value has not the accepted form. The value is not shown: it may be a secret."""


def refused(error: ValidationError | SettingsError, fields: Mapping[str, FieldInfo]) -> SettingRefused:
    """The error about the first setting that ``error`` complains of, with the form that would be accepted."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = tuple(str(part) for part in first["loc"]) or ("",)
        form = "a size such as 512MB or 2GB" if first["type"].startswith("byte_size") else _form(first["msg"])
    else:
        named = re.search(r'field "(\w+)"', str(error))
        place = (named.group(1) if named else "",)
        form = f"JSON such as {_example(fields.get(place[0]))}"
    inside = f" ({'.'.join(place[1:])})" if len(place) > 1 else ""
    return SettingRefused(
        f"SHELDUCK_{place[0].upper()}{inside}",
        expected=form,
        found="another value",
        remedy="Correct it where it is set: an option of this command, the environment or .env (forms: .env.example)",
    )


def _form(message: str) -> str:
    words = re.sub(r"^(Value error, |Input should be )", "", message)
    return re.sub(r"^SHELDUCK_\w+: expected ", "", words).split("; found ")[0]


def _example(field: FieldInfo | None) -> str:
    if field is None:
        return '["a", "b"]'
    default = field.get_default(call_default_factory=True, validated_data={})
    shown = field.examples[0] if field.examples else default if default is not PydanticUndefined else []
    return to_json(shown).decode()


def _time_zone(name: str) -> str:
    try:
        if not _ZONE.fullmatch(name) or name.startswith(_ZONES_OF_THIS_MACHINE):
            raise ValueError(name)
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unknown:
        expected = "an IANA name such as America/New_York"
        raise ValueError(f"SHELDUCK_TIMEZONE: expected {expected}; found {name!r}") from unknown
    return name


def _memory(size: str) -> str:
    found = _MEMORY.fullmatch(size.strip())
    if found:
        number, prefix, binary = found.groups()
        power = "kmgt".index(prefix.lower()) + 1
        if _LEAST_MEMORY <= float(number) * (1024 if binary else 1000) ** power <= _MOST_MEMORY:
            return f"{number}{prefix.upper()}{binary.lower()}B"
    raise ValueError("a size from 64MB on, such as 500MB, 4GB or 1.5GiB")


def _folder(path: Path) -> Path:
    """An absolute path whose characters every tool takes as they are."""
    try:
        path = path.expanduser().absolute()
        str(path).encode()
    except RuntimeError as unknown:
        raise ValueError("~ has no meaning for a user without a home folder; write the whole path") from unknown
    except UnicodeEncodeError as unknown:
        raise ValueError("expected a path in UTF-8") from unknown
    if found := _UNUSABLE.search(str(path)):
        expected = "a path without ? # $ \\ or a % before two hexadecimal digits"
        raise ValueError(f"expected {expected}, which databases and other tools read otherwise; found {found.group()}")
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in str(path)):
        raise ValueError("expected a path without control characters or line ends")
    return path


def _group(name: str) -> str:
    if not _GROUP.fullmatch(name):
        raise ValueError("the name or number of a group of users, such as marketing or 1001")
    return name


def promotion_modes(text: str) -> dict[str, PromotionMode]:
    """By model how its candidates become champion; the mode of all others stands under the empty name."""
    modes: dict[str, PromotionMode] = {}
    for part in text.split(","):
        model, separator, word = part.strip().rpartition("=")
        mode = next((each for each in get_args(PromotionMode) if each == word.strip()), None)
        model = model.strip()
        if mode is None or model in modes or bool(separator) != bool(_MODEL.fullmatch(model)):
            words = ", ".join(get_args(PromotionMode))
            raise ValueError(f"{words}, or by model such as auto,shelf=approve; found {text!r}")
        modes[model] = mode
    return {"": "auto", **modes}


def _promotion(text: str) -> str:
    """The same in one form: all models first, then those that differ."""
    modes = promotion_modes(text)
    usual = modes.pop("")
    return ",".join([usual, *(f"{model}={mode}" for model, mode in sorted(modes.items()) if mode != usual)])


def _tracking_server(address: str) -> str:
    if not (_is_web_address(address) or _is_database(address)):
        raise ValueError("an address such as http://mlflow:5000 or sqlite:////srv/mlflow.db")
    return address


def _database(address: SecretStr) -> SecretStr:
    if not _is_database(address.get_secret_value()):
        raise ValueError("a database's address such as postgresql+psycopg2://user:password@host:5432/airflow")
    return address


def _web_address(address: SecretStr) -> SecretStr:
    if not _is_web_address(address.get_secret_value()):
        raise ValueError("an address that begins with http:// or https:// and names a host")
    return address


def _model_server(address: SecretStr) -> SecretStr:
    text = address.get_secret_value()
    if not _is_web_address(text) or "?" in text or "#" in text:
        raise ValueError("an address such as https://models.example.com/v1 or http://localhost:11434/v1")
    parts = urllib.parse.urlsplit(text)
    if parts.scheme == "http" and not _is_private(parts.hostname or ""):
        raise ValueError(
            "https, or http to a loopback or private address: over http the key and the briefs could be read on the way"
        )
    return address


def _is_private(host: str) -> bool:
    """Whether a host is this machine or one of its own network; a name without a dot is no name of the internet."""
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return "." not in host or host.endswith(_PRIVATE_NAMES)
    return found.is_loopback or (found.is_private and not found.is_unspecified)


def _model_name(name: str) -> str:
    if not _MODEL_NAME.fullmatch(name):
        raise ValueError("a model's name such as llama3.1:8b or Qwen/Qwen3-8B")
    return name


def _api_key(key: SecretStr) -> SecretStr:
    if not _API_KEY.fullmatch(key.get_secret_value()):
        raise ValueError("a bearer token: letters, digits and . _ ~ + / - without spaces")
    return key


def _is_web_address(address: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and address.isprintable() and " " not in address


def _is_database(address: str) -> bool:
    kind, separator, place = address.partition("://")
    return bool(separator) and kind.split("+")[0] in _DATABASES and bool(place) and address.isprintable()


Age = Annotated[int, Field(le=36_600)]
"""In days; what a date can be moved by."""
Count = Annotated[int, Field(le=10**9)]
Bytes = Annotated[ByteSize, Field(le=2**60)]
Seconds = Annotated[float, Field(le=604_800, allow_inf_nan=False)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
MemorySize = Annotated[str, AfterValidator(_memory)]
"""As DuckDB reads it."""
Folder = Annotated[Path, AfterValidator(_folder)]
PromotionModes = Annotated[str, AfterValidator(_promotion)]
GroupName = Annotated[str, AfterValidator(_group)]
TrackingServer = Annotated[str, AfterValidator(_tracking_server)]
DatabaseAddress = Annotated[SecretStr, AfterValidator(_database)]
WebAddress = Annotated[SecretStr, AfterValidator(_web_address)]
ModelServer = Annotated[SecretStr, AfterValidator(_model_server)]
ModelName = Annotated[str, AfterValidator(_model_name)]
ApiKey = Annotated[SecretStr, AfterValidator(_api_key)]
