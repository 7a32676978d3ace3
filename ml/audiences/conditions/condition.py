"""A checked condition: what it reads, its text in one form, and whom it holds for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ml.audiences.conditions.calls import written_call
from ml.audiences.conditions.literals import written
from ml.audiences.conditions.terms import (
    All,
    Any,
    Between,
    Call,
    Compared,
    Function,
    Holds,
    Leaf,
    Not,
    OneOf,
    Term,
    leaves,
    source_of,
)
from ml.audiences.conditions.vocabulary import Vocabulary

if TYPE_CHECKING:
    import polars as pl

    from ml.audiences.conditions.evidence import Evidence
    from ml.words import Language

_BINDS: Final = {Any: 0, All: 1, Not: 2}


@dataclass(frozen=True)
class Condition:
    """A condition that ``parsing.parse`` has checked. Two are equal whose terms are.

    Attributes:
        notes: what is right but probably not meant, such as a category that no item has.
    """

    term: Term
    vocabulary: Vocabulary = field(compare=False, repr=False)
    notes: tuple[str, ...] = field(default=(), compare=False)

    @cached_property
    def text(self) -> str:
        """The condition in its one form: read again, it is the same condition."""
        return _written(self.term)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the shoppers' frame that it reads, in the order of the text."""
        return tuple(source for source in self._sources if isinstance(source, str))

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls whose answers it reads, in the order of the text."""
        return tuple(source for source in self._sources if isinstance(source, Call))

    def subjects(self, function: Function) -> tuple[str, ...]:
        """The tags, segments, purposes … that it asks for by ``function``, in the order of the text."""
        return tuple(dict.fromkeys(call.subject for call in self.calls if call.function is function))

    def prepared(self, shoppers: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
        """``shoppers`` (``user_id`` and ``columns``) with the answer to each call as a column beside them."""
        from ml.audiences.conditions.evidence import answered

        return answered(shoppers, self.calls, evidence)

    def expression(self) -> pl.Expr:
        """Whether it holds, of each row of a prepared frame; never null."""
        from ml.audiences.conditions.expressions import expression

        return expression(self.term)

    def reason(self, language: Language = "en") -> pl.Expr:
        """Why it holds, or does not, of each row of a prepared frame: the terms that decide, with their values."""
        from ml.audiences.conditions.reasons import reason

        return reason(self.term, self.vocabulary, language)

    def members(self, shoppers: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
        """The rows of ``shoppers``, prepared, of whom it holds."""
        return self.prepared(shoppers, evidence).filter(self.expression())

    @cached_property
    def _sources(self) -> tuple[str | Call, ...]:
        return tuple(dict.fromkeys(source_of(leaf) for leaf in leaves(self.term)))


def _written(term: Term) -> str:
    if isinstance(term, Not):
        return f"not {_within(term.term, _BINDS[Not])}"
    if isinstance(term, (All, Any)):
        word = " and " if isinstance(term, All) else " or "
        return word.join(_within(each, _BINDS[type(term)]) for each in term.terms)
    return _leaf(term)


def _within(term: Term, binds: int) -> str:
    """A term as it stands within ``and``, ``or`` or ``not``."""
    text = _written(term)
    return f"({text})" if _BINDS.get(type(term), 3) < binds else text


def _leaf(leaf: Leaf) -> str:
    if isinstance(leaf, Holds):
        return written_call(leaf.call)
    source = leaf.field.source
    name = source if isinstance(source, str) else written_call(source)
    if isinstance(leaf, Compared):
        return f"{name} {leaf.operator} {written(leaf.value)}"
    opposite = "not " if leaf.is_negated else ""
    if isinstance(leaf, Between):
        return f"{name} {opposite}between {written(leaf.low)} and {written(leaf.high)}"
    if isinstance(leaf, OneOf):
        return f"{name} {opposite}in ({', '.join(map(written, leaf.values))})"
    return f"{name} is {opposite}null"
