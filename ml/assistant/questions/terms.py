"""What a question is made of: concepts that words stand for, and values of kinds that queries take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from ml.words import Words


class Kind(StrEnum):
    """Kinds of values. A query names its parameters after them: ``$stage``, ``$top``."""

    STAGE = "stage"
    BAND = "band"
    SCHEME = "scheme"
    CATEGORY = "category"
    ITEM = "item"
    SHOPPER = "shopper"
    PLACEMENT = "placement"
    AUDIENCE = "audience"
    SEGMENT = "segment"
    TAG = "tag"
    PAST = "past"
    FUTURE = "future"
    DAYS = "days"
    SHARE = "share"
    TOP = "top"


Value: TypeAlias = str | int | float
NAMED: Final = {Kind.AUDIENCE: "AUDIENCE", Kind.SEGMENT: "SEGMENT", Kind.TAG: "TAG"}
"""Kinds whose values are names that may mean something else; the concept in the question that makes them sure."""


@dataclass(frozen=True)
class Parameter:
    """A value that a query takes.

    Attributes:
        kind: which values; also its name in the SQL.
        default: the value where the question names none; None stands for "any".
        is_needed: the question must name one.
        choices: the only values that the published tables answer for; empty: all.
    """

    kind: Kind
    default: Value | None = None
    is_needed: bool = False
    choices: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Query:
    """A question that Shelduck can answer.

    Attributes:
        name: unique.
        needs: of each group the question must hold one, a concept or a value of a kind; ``A|B`` writes a group.
        may: further concepts that change nothing.
        about: concepts that its rows are about: "which X", "top 3 X" asks it only for these.
        takes: its parameters.
        reads: the published tables of its SQL; ``earlier.TABLE`` is the one of ``EARLIER_DAYS`` before.
        sql: over those, with bound parameters ``$kind`` only; what stands in ``[[…]]`` is left out where its value is
            any.
        means: what the rows are.
        asked: the question, as people ask it.
    """

    name: str
    needs: tuple[str, ...]
    reads: tuple[str, ...]
    sql: str
    means: Words
    asked: Words
    may: str = ""
    about: str = ""
    takes: tuple[Parameter, ...] = ()

    @property
    def groups(self) -> tuple[frozenset[str], ...]:
        """``needs``, each as a set."""
        return tuple(frozenset(group.split("|")) for group in self.needs)

    @property
    def subjects(self) -> frozenset[str]:
        """``about``, as a set."""
        return frozenset(self.about.split())

    @property
    def known(self) -> frozenset[str]:
        """Every concept that it has a place for."""
        return frozenset(self.may.split()).union(*self.groups)

    @property
    def kinds(self) -> Mapping[Kind, Parameter]:
        """Its parameters by kind."""
        return {each.kind: each for each in self.takes}


EARLIER_DAYS: Final = 28
EARLIER: Final = "earlier"


@dataclass(frozen=True)
class Span:
    """Tokens ``first`` to ``last`` (exclusive) of a question that stand for a concept, or a value of a kind."""

    first: int
    last: int
    concept: str = ""
    kind: Kind | None = None
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A question as one query reads it.

    Attributes:
        concepts: those that its words stand for.
        values: by kind; several where a name belongs to several things.
        unexplained: words that the query has no place for.
        said: by concept, the words that stand for it.
    """

    concepts: frozenset[str]
    values: Mapping[Kind, tuple[Value, ...]] = field(default_factory=dict)
    unexplained: tuple[str, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)
