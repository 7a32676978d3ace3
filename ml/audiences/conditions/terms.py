"""What a checked condition is made of: terms about one shopper, each either true or false.

A term about a value that is unknown (null) is false, whatever its operator; ``is null`` asks for it. ``not`` turns
true into false and false into true, so everybody is either in a condition or in its opposite.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

Value: TypeAlias = bool | int | float | str | date


class Sort(StrEnum):
    """What can be compared with what."""

    NUMBER = "a number"
    TEXT = "a text in single quotes"
    DAY = "a day in single quotes, such as '2017-12-01'"
    FLAG = "true or false"


class Function(StrEnum):
    """What a condition can ask beyond columns."""

    TAG = "tag"
    SEGMENT = "segment"
    RFM = "rfm"
    STAGE = "stage"
    CONSENT = "consent"
    ON_SHELF = "on_shelf"
    LIKELY_TO_BUY = "likely_to_buy"
    BOUGHT = "bought"


MEASURES: Final = frozenset({Function.LIKELY_TO_BUY, Function.BOUGHT})
"""Functions whose answer is a number, to be compared; those of the others are true or false."""


@dataclass(frozen=True)
class Call:
    """A question about each shopper that columns do not answer.

    Attributes:
        subject: the tag, segment, class, stage, purpose or placement; empty for functions that take none.
        items: which items it is about: pairs of a field (``Col.item_category`` …) and its value, all of which an item
            has; sorted by field. Empty: any item.
        number: the first N places of ``on_shelf``, the days of ``bought``; None: all.
    """

    function: Function
    subject: str = ""
    items: tuple[tuple[str, str], ...] = ()
    number: int | None = None


@dataclass(frozen=True)
class Field:
    """A column of the shoppers' frame, or the answer to a call; ``sort`` says what it can be compared with."""

    source: str | Call
    sort: Sort


@dataclass(frozen=True)
class Compared:
    """``field operator value``; the operator is one of ``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=``."""

    field: Field
    operator: str
    value: Value


@dataclass(frozen=True)
class Between:
    """``field between low and high``, both included; ``is_negated``: below or above."""

    field: Field
    low: Value
    high: Value
    is_negated: bool = False


@dataclass(frozen=True)
class OneOf:
    """``field in (…)``; ``is_negated``: none of them."""

    field: Field
    values: tuple[Value, ...]
    is_negated: bool = False


@dataclass(frozen=True)
class Unknown:
    """``field is null``; ``is_negated``: the value is known."""

    field: Field
    is_negated: bool = False


@dataclass(frozen=True)
class Holds:
    """A call whose answer is true."""

    call: Call


@dataclass(frozen=True)
class Not:
    """The opposite."""

    term: Term


@dataclass(frozen=True)
class All:
    """Every one of at least two terms."""

    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Any:
    """At least one of at least two terms."""

    terms: tuple[Term, ...]


Leaf: TypeAlias = Compared | Between | OneOf | Unknown | Holds
Term: TypeAlias = Leaf | Not | All | Any


def leaves(term: Term) -> tuple[Leaf, ...]:
    """The terms without ``and``, ``or`` and ``not``, in the order of the text."""
    if isinstance(term, Not):
        return leaves(term.term)
    if isinstance(term, (All, Any)):
        return tuple(leaf for each in term.terms for leaf in leaves(each))
    return (term,)


def source_of(leaf: Leaf) -> str | Call:
    """What a leaf reads: the name of a column, or a call."""
    return leaf.call if isinstance(leaf, Holds) else leaf.field.source
