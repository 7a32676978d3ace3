"""What the table of accepted values is written in: families of Parquet columns, accepted and refused forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from ml.landing import patterns as p


class Family(Enum):
    """Kinds of Parquet columns; the value is what a person reads."""

    TEXT = "text"
    WHOLE = "whole numbers"
    FLOATING = "floating-point numbers"
    DECIMAL = "decimals"
    ZONED = "timestamps with a time zone, of any unit"
    NAIVE = "timestamps without a time zone"
    DATE = "dates"
    BOOLEAN = "booleans"
    UUID = "UUIDs"
    BINARY = "bytes"
    OTHER = "other types"


@dataclass(frozen=True)
class Accepted:
    """A form that is read."""

    what: str
    pattern: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Refused:
    """A usual form that is not read: ``kind`` says what it is, as in "event_ts is a date without a time"."""

    kind: str
    pattern: str
    remedy: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Forms:
    """What a type accepts as text, which columns of a Parquet file suit it, and what helps with others."""

    accepted: tuple[Accepted, ...]
    refused: tuple[Refused, ...]
    parquet: tuple[Family, ...]
    unfit: dict[Family, str] = field(default_factory=dict)


EMPTY: Final = "Leave the field empty (JSON: null)"


def a_word(*examples: str) -> Refused:
    """A tool's word for a value that is not there."""
    return Refused("a word for a missing value", p.NO_VALUE, EMPTY, examples or ("NULL", "nan", "N/A"))


def spaces_around(pattern: str, *examples: str) -> Refused:
    """An accepted value with spaces around it."""
    return Refused("a value with spaces around it", p.padded(pattern), "Remove the spaces around it", examples)
