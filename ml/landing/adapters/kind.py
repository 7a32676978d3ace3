"""What a kind of source is: how its files are laid out, and which landing rows one of its records becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ml.landing.refusal import Refusal
from ml.landing.schema import LandingTable

Record = Mapping[str, Any]
"""One record of a source by column: text or None from CSV; from JSON also flags, objects and lists."""


class UnusableRecord(Exception):
    """A record that gives no row at all."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.reason)


@dataclass(frozen=True, slots=True)
class Row:
    """A landing row as values that the contract's forms have not judged yet.

    ``at`` is the time at which a row of a merged table was seen, as text. ``order`` names the order of a purchase, or
    the order that a refund without an item takes back as a whole.
    """

    table: str
    values: Mapping[str, object]
    at: str | None = None
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Translation:
    """The rows of one record, and what of it is left out on purpose: a reason each."""

    rows: Sequence[Row] = ()
    left_out: Sequence[str] = ()


Translate = Callable[[Record], Translation]
"""Raises UnusableRecord for a record of which nothing can be used."""
Start = Callable[[], Translate]
"""Makes the translation of one file, which may remember the records before."""


@dataclass(frozen=True)
class CsvLayout:
    """A CSV with a header. ``table`` lists the columns that are read; a header with one of ``unless`` is another's."""

    table: LandingTable
    start: Start
    unless: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PlainLayout:
    """Lines without a header and without quotes, known by the file's name (without .gz), in UTF-8 or Latin-1."""

    file: str
    separator: str
    columns: tuple[str, ...]
    start: Start


@dataclass(frozen=True)
class JsonLayout:
    """JSON lines."""

    start: Start


@dataclass(frozen=True)
class Kind:
    """A kind of source. ``endings`` are those of the files that are read in a folder, without .gz.

    ``merged`` are tables whose rows repeat a key as often as it was seen: per key and column the newest value counts.
    ``names`` says by landing table and column which source column a value is from, for refusals.
    """

    name: str
    doc: str
    example: str
    endings: tuple[str, ...]
    layouts: tuple[CsvLayout | PlainLayout | JsonLayout, ...]
    merged: frozenset[str] = frozenset()
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def source_column(self, table: str, column: str | None) -> str | None:
        """The source's name of a landing column, or the landing column itself."""
        return self.names.get(table, {}).get(column, column) if column else None
