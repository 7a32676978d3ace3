"""``parse``: a text to a checked condition. Whoever writes a condition learns here what is wrong with it, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from lark import Token, Tree

from ml.audiences.conditions import calls, literals
from ml.audiences.conditions.condition import Condition
from ml.audiences.conditions.grammar import tree_of
from ml.audiences.conditions.refusal import nearest, one_of, quoted, refused
from ml.audiences.conditions.terms import (
    MEASURES,
    All,
    Any,
    Between,
    Call,
    Compared,
    Field,
    Function,
    Holds,
    Leaf,
    Not,
    OneOf,
    Sort,
    Term,
    Unknown,
    Value,
)
from ml.audiences.conditions.vocabulary import KnownColumn, Vocabulary
from ml.errors import ConditionRefused

MAX_DEPTH: Final = 30
"""``and``, ``or`` and ``not`` within each other."""
MAX_TERMS: Final = 200
"""Terms of a condition, each with a cost for every shopper."""
_EQUAL: Final = ("=", "!=")
_LISTS: Final[dict[str, type[All | Any]]] = {"any_of": Any, "all_of": All}


def parse(text: str, vocabulary: Vocabulary) -> Condition:
    """The condition that ``text`` says.

    Raises:
        ConditionRefused: it does not follow the grammar, names what the vocabulary lacks or protects, compares what
            cannot be compared, or is too long, too deep or of too many terms.
    """
    tree = tree_of(text)
    reader = _Reader(text, vocabulary)
    return Condition(reader.term(tree, 0), vocabulary, tuple(dict.fromkeys(reader.notes)))


@dataclass
class _Reader:
    """One pass over the tree of a text; collects notes on what is right but holds for nobody."""

    text: str
    vocabulary: Vocabulary
    notes: list[str] = field(default_factory=list)
    terms: int = 0

    def term(self, tree: Tree[Token], depth: int) -> Term:
        """The term of a subtree that lies below ``depth`` others."""
        if depth > MAX_DEPTH:
            raise self._refused(tree, f"at most {MAX_DEPTH} of and, or, not within each other", "more")
        kind = str(tree.data)
        if kind in _LISTS:
            return _joined(_LISTS[kind], (self.term(each, depth + 1) for each in _trees(tree)))
        if kind == "negation":
            return Not(self.term(next(_trees(tree)), depth + 1))
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise self._refused(tree, f"at most {MAX_TERMS} terms", "more")
        return self._leaf(kind, tree)

    def _leaf(self, kind: str, tree: Tree[Token]) -> Leaf:
        operand, *rest = _trees(tree)
        if kind == "holds":
            return self._held(operand)
        is_negated = any(each.data == "negated" and each.children for each in rest)
        literal = [each for each in rest if each.data != "negated"]
        found, known = self._field(operand)
        if kind == "unknown":
            return Unknown(found, is_negated)
        if found.sort is Sort.FLAG and kind != "compared":
            raise self._refused(operand, "a comparison with = or !=", "a flag in a range or list")
        values = [self._value(each, found, known) for each in literal]
        if kind == "compared":
            return self._compared(tree, operand, found, values[0])
        if kind == "one_of":
            return OneOf(found, tuple(dict.fromkeys(values)), is_negated)
        return self._between(literal[0], found, values, is_negated)

    def _held(self, operand: Tree[Token]) -> Leaf:
        """An operand that stands alone: a function that is true or false, or a flag."""
        if operand.data == "call":
            call = self._call(operand)
            if call.function in MEASURES:
                raise self._refused(operand, f"a comparison, such as {call.function}(…) > 0", "a number alone")
            return Holds(call)
        found, _ = self._field(operand)
        if found.sort is not Sort.FLAG:
            name = _first(operand)
            raise self._refused(operand, f"a comparison, such as {name} = … or {name} is null", "a column alone")
        return Compared(found, "=", True)

    def _compared(self, tree: Tree[Token], operand: Tree[Token], found: Field, value: Value) -> Compared:
        operator = next(child for child in tree.children if isinstance(child, Token))
        if operator not in _EQUAL and found.sort in (Sort.TEXT, Sort.FLAG):
            remedy = f"{_first(operand)} holds {'texts' if found.sort is Sort.TEXT else 'flags'}, which have no order"
            raise refused(self.text, _start(operator), expected="= or !=", found=str(operator), remedy=remedy)
        return Compared(found, str(operator), value)

    def _between(self, at: Tree[Token], found: Field, values: list[Value], is_negated: bool) -> Between:
        if found.sort is Sort.TEXT:
            raise self._refused(at, "a number or a day: texts have no order", "a text")
        low, high = values
        if low > high:  # type: ignore[operator]
            raise self._refused(at, "the lower value first", f"{low} and {high}")
        return Between(found, low, high, is_negated)

    def _field(self, operand: Tree[Token]) -> tuple[Field, KnownColumn | None]:
        if operand.data == "call":
            call = self._call(operand)
            if call.function not in MEASURES:
                told = f"{call.function}(…) alone: it is true or false by itself"
                raise self._refused(operand, told, "a comparison of it")
            return Field(call, Sort.NUMBER), None
        name = str(_first(operand))
        known = self.vocabulary.columns.get(name)
        if name in self.vocabulary.protected:
            raise self._protected(operand, name)
        if known is None:
            raise self._unknown_column(operand, name)
        return Field(name, known.sort), known

    def _value(self, at: Tree[Token], found: Field, known: KnownColumn | None) -> Value:
        """A literal, of the sort that the field is compared with."""
        is_share = known.is_share if known else found.source.function is Function.LIKELY_TO_BUY  # type: ignore[union-attr]
        value = literals.value_of(self.text, at, found.sort, is_share)
        if known and isinstance(value, str):
            self.notes.extend(calls.unseen(self.vocabulary, known.name, known.name, value))
        if is_share and isinstance(value, (int, float)) and not 0 <= value <= 1:
            self.notes.append(f"{_named(found)} lies between 0 and 1; found {value}: 40 % is 0.4")
        return value

    def _call(self, operand: Tree[Token]) -> Call:
        return calls.call_of(self.text, operand, self.vocabulary, self.notes)

    def _protected(self, at: Tree[Token], name: str) -> ConditionRefused:
        remedy = f"{name} is a protected attribute: it is reported of audiences, and can be no condition of one"
        return refused(self.text, at.meta.start_pos, expected="a column that may decide", found=name, remedy=remedy)

    def _unknown_column(self, at: Tree[Token], name: str) -> ConditionRefused:
        known = self.vocabulary.columns
        remedy = nearest(name, known)
        if name.casefold() in {each.value for each in Function}:
            remedy = f"{name.casefold()} is a function: write {name.casefold()}(…)"
        return refused(
            self.text, at.meta.start_pos, expected=f"a column: {one_of(known)}", found=quoted(name), remedy=remedy
        )

    def _refused(self, at: Tree[Token], expected: str, found: str) -> ConditionRefused:
        return refused(self.text, at.meta.start_pos, expected=expected, found=found)


def _joined(kind: type[All | Any], terms: Iterable[Term]) -> Term:
    """Terms of one ``and`` or ``or``; brackets around the same word change nothing."""
    flat: list[Term] = []
    for each in terms:
        flat.extend(each.terms if isinstance(each, (All, Any)) and isinstance(each, kind) else [each])
    return kind(tuple(flat))


def _trees(tree: Tree[Token]) -> Iterator[Tree[Token]]:
    return (child for child in tree.children if isinstance(child, Tree))


def _first(tree: Tree[Token]) -> Token:
    """The first token of a subtree: the name of a column or function."""
    return next(child for child in tree.children if isinstance(child, Token))


def _start(token: Token) -> int:
    return token.start_pos or 0


def _named(found: Field) -> str:
    return found.source if isinstance(found.source, str) else str(found.source.function)
