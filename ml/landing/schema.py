"""The words in which the landing contract is written: types, columns, rules, tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """What becomes of a key that arrives again."""

    EVENT = "event"
    """It happened once: the earliest arrival counts, later ones are quarantined."""
    ENTITY = "entity"
    """It is a state: the newest arrival counts, unchanged repetitions are not stored again."""


class Type(Enum):
    """A column's type; the value is what a person who writes landing files reads."""

    ID = "id (opaque text)"
    TEXT = "text"
    TIMESTAMP = "timestamp with offset or Z"
    DATE = "date (YYYY-MM-DD)"
    NUMBER = "number, at most 4 decimals"
    INTEGER = "whole number"
    BOOLEAN = "true or false"
    RATIO = "ratio"

    @property
    def sql(self) -> str:
        """The type in DDL and casts."""
        return _SQL[self]


_SQL = {
    Type.ID: "VARCHAR",
    Type.TEXT: "VARCHAR",
    Type.TIMESTAMP: "TIMESTAMPTZ",
    Type.DATE: "DATE",
    Type.NUMBER: "DECIMAL(18,4)",
    Type.INTEGER: "INTEGER",
    Type.BOOLEAN: "BOOLEAN",
    Type.RATIO: "DOUBLE",
}


@dataclass(frozen=True)
class Rule:
    """A row breaks it where ``broken`` (SQL over the typed columns) is true."""

    column: str
    broken: str
    reason: str
    remedy: str
    kind: str | None = None
    """What kind of value it was, where the rule knows better than a look at the value."""
    is_presence: bool = False
    """Whether it asks for a value that is not there."""
    doubt: str = field(default="", repr=False)
    """SQL, cheap to plan, that is true of every row that breaks the rule; several rules may share it."""


@dataclass(frozen=True)
class Column:
    """One column of a landing file.

    Attributes:
        unit: of numbers, such as ``days``; like the description, it decides no row (``contract_hash``).
        masked: whether personal data in its text is masked before it is stored.
    """

    name: str
    type: Type
    doc: str
    required: bool = False
    one_of: tuple[str, ...] = ()
    unit: str = field(default="", repr=False)
    masked: bool = field(default=False, repr=False)


@dataclass(frozen=True)
class LandingTable:
    """One table of the contract; its folder in the landing folder has the same name."""

    name: str
    kind: Kind
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    doc: str
    rules: tuple[Rule, ...] = ()
    restricts: bool = False
    """Whether its rows forbid something, so that a refused one must not be lost: it blocks publication."""
    keeps_repetitions: bool = False
    """Whether an entity's unchanged repetition says something new, and is stored again."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in the contract's order."""
        return tuple(column.name for column in self.columns)

    @property
    def repeated(self) -> str:
        """Which row counts where a key arrives again, in words."""
        return f"the {'earliest' if self.kind is Kind.EVENT else 'newest'} arrival counts"

    @property
    def masked(self) -> tuple[str, ...]:
        """The columns whose texts are masked before they are stored."""
        return tuple(column.name for column in self.columns if column.masked)

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that every file must have."""
        return tuple(column.name for column in self.columns if column.required)


def identifier(name: str, doc: str, *, required: bool = False) -> Column:
    """An id column."""
    return Column(name, Type.ID, doc, required)


def text(name: str, doc: str, *, required: bool = False, one_of: tuple[str, ...] = ()) -> Column:
    """A text column, perhaps of a closed list of words."""
    return Column(name, Type.TEXT, doc, required, one_of)


def written(name: str, doc: str) -> Column:
    """What a person wrote in words of their own: personal data in it is masked before it is stored."""
    return Column(name, Type.TEXT, f"{doc}; personal data is masked when it is loaded", masked=True)


def number(name: str, doc: str, unit: str) -> Column:
    """An optional amount of money, pieces or weight."""
    return Column(name, Type.NUMBER, doc, unit=unit)


def money(name: str, doc: str) -> Column:
    """An optional amount of money."""
    return number(name, doc, "the currency of the row")


def place(name: str, doc: str, *, required: bool = False) -> Column:
    """A position in a list or on a screen."""
    return Column(name, Type.INTEGER, doc, required, unit="place, from 1")


def moment(name: str, doc: str, *, required: bool = False) -> Column:
    """A timestamp column; never later than the arrival day."""
    return Column(name, Type.TIMESTAMP, doc, required)


def day(name: str, doc: str) -> Column:
    """A required calendar day."""
    return Column(name, Type.DATE, doc, required=True)


CURRENCY = text("currency", "ISO 4217 code of the money in this row, such as USD")
CURRENCY_RULE = Rule(
    "currency",
    "not regexp_full_match(currency, '[A-Z]{3}')",
    "currency is not a code of three capital letters",
    "Write the ISO 4217 code, such as USD",
)
