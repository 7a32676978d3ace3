"""Calls of conditions: ``tag('wine')``, ``on_shelf('for_you', category = 'WINE', top 5)`` …"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from lark import Token, Tree

from ml.audiences.conditions.literals import value_of, written
from ml.audiences.conditions.refusal import nearest, one_of, quoted, refused
from ml.audiences.conditions.terms import Call, Function, Sort
from ml.audiences.conditions.vocabulary import ITEM_FIELDS, Vocabulary
from ml.errors import ConditionRefused

MAX_DAYS: Final = 3_660
"""Of ``bought``: ten years."""
MAX_PLACES: Final = 100
"""Of ``on_shelf``."""
EXAMPLES: Final[Mapping[Function, str]] = {
    Function.TAG: "tag('wine')",
    Function.SEGMENT: "segment('s1')",
    Function.RFM: "rfm('champions')",
    Function.STAGE: "stage('at_risk')",
    Function.CONSENT: "consent('email')",
    Function.ON_SHELF: "on_shelf('for_you', category = 'WINE', top 5)",
    Function.LIKELY_TO_BUY: "likely_to_buy(category = 'WINE')",
    Function.BOUGHT: "bought(category = 'WINE', days = 90)",
}
_ASKED: Final[Mapping[Function, str]] = {
    Function.TAG: "tag",
    Function.SEGMENT: "behavioural segment",
    Function.RFM: "class of recency, frequency and money",
    Function.STAGE: "life-cycle stage",
    Function.CONSENT: "purpose",
    Function.ON_SHELF: "placement",
}
_OF_ITEMS: Final = (Function.ON_SHELF, Function.LIKELY_TO_BUY, Function.BOUGHT)
_WITHOUT_SUBJECT: Final = (Function.LIKELY_TO_BUY, Function.BOUGHT)
_DAYS: Final = "days"
_TOP: Final = "top"
_FIELD_NAMES: Final = {column: name for name, column in ITEM_FIELDS.items()}


def call_of(text: str, tree: Tree[Token], vocabulary: Vocabulary, notes: list[str]) -> Call:
    """The call of a subtree; what it names and nobody has is added to ``notes``.

    Raises:
        ConditionRefused: no function is called so, or it does not take these arguments.
    """
    name = str(tree.children[0])
    if name.casefold() not in {each.value for each in Function}:
        known = [each.value for each in Function]
        expected = f"a function: {one_of(known)}"
        raise refused(text, tree.meta.start_pos, expected=expected, found=quoted(name), remedy=nearest(name, known))
    given = _Arguments(text, Function(name.casefold()), vocabulary, notes)
    for argument in tree.children[1:]:
        if isinstance(argument, Tree):
            given.take(argument)
    return given.call(tree)


def written_call(call: Call) -> str:
    """A call in the grammar's words, always the same for the same call; it names the column with the answer, too."""
    arguments = [written(call.subject)] if call.subject else []
    arguments += [f"{_FIELD_NAMES[column]} = {written(value)}" for column, value in call.items]
    if call.number is not None:
        arguments.append(f"{_DAYS} = {call.number}" if call.function is Function.BOUGHT else f"{_TOP} {call.number}")
    return f"{call.function}({', '.join(arguments)})"


def unseen(vocabulary: Vocabulary, column: str, name: str, value: str) -> Iterator[str]:
    """A note where the values of a column are known and ``value`` is none of them."""
    known = vocabulary.values.get(column)
    if known is not None and value not in known:
        yield f"nothing has {name} = {written(quoted(value))}. {nearest(value, known)}".rstrip()


@dataclass
class _Arguments:
    """The arguments of a call, taken one after the other."""

    text: str
    function: Function
    vocabulary: Vocabulary
    notes: list[str]
    subject: str | None = None
    items: dict[str, str] = field(default_factory=dict)
    number: int | None = None

    def take(self, argument: Tree[Token]) -> None:
        """Check and keep one."""
        if argument.data == "subject":
            self._take_subject(argument)
        elif argument.data == "top":
            self._take_number(argument, Function.ON_SHELF, _TOP, str(argument.children[0]), MAX_PLACES)
        elif str(argument.children[0]).casefold() == _DAYS:
            literal = argument.children[1]
            assert isinstance(literal, Tree)
            days = value_of(self.text, literal, Sort.NUMBER)
            self._take_number(argument, Function.BOUGHT, _DAYS, str(days), MAX_DAYS)
        else:
            self._take_field(argument)

    def call(self, tree: Tree[Token]) -> Call:
        """The call, once all arguments are taken."""
        if self.subject is None and self.function not in _WITHOUT_SUBJECT:
            raise self._refused(tree, f"what it asks for, such as {EXAMPLES[self.function]}", "nothing")
        if self.function is Function.LIKELY_TO_BUY and not self.items:
            raise self._refused(tree, f"which items, such as {EXAMPLES[self.function]}", "none")
        return Call(self.function, self.subject or "", tuple(sorted(self.items.items())), self.number)

    def _take_subject(self, argument: Tree[Token]) -> None:
        literal = argument.children[0]
        assert isinstance(literal, Tree)
        if self.function in _WITHOUT_SUBJECT or self.subject is not None:
            raise self._unexpected(argument)
        subject = str(value_of(self.text, literal, Sort.TEXT))
        known = self.vocabulary.subjects(self.function)
        if not subject or (known is not None and subject not in known):
            told = f"the name of a {_ASKED[self.function]}: {one_of(known or ())}"
            remedy = nearest(subject, known or ())
            raise refused(
                self.text, argument.meta.start_pos, expected=told, found=written(quoted(subject)), remedy=remedy
            )
        self.subject = subject

    def _take_field(self, argument: Tree[Token]) -> None:
        name, literal = argument.children
        assert isinstance(literal, Tree)
        column = ITEM_FIELDS.get(str(name).casefold())
        if column is None or self.function not in _OF_ITEMS or column in self.items:
            raise self._unexpected(argument, str(name))
        value = str(value_of(self.text, literal, Sort.TEXT))
        self.notes.extend(unseen(self.vocabulary, column, str(name).casefold(), value))
        self.items[column] = value

    def _take_number(self, argument: Tree[Token], function: Function, name: str, digits: str, most: int) -> None:
        if self.function is not function or self.number is not None:
            raise self._unexpected(argument, name)
        if not (digits.isascii() and digits.isdigit() and len(digits) < 6 and 1 <= int(digits) <= most):
            raise self._refused(argument, f"{name} from 1 to {most:,}", digits)
        self.number = int(digits)

    def _unexpected(self, argument: Tree[Token], name: str = "") -> ConditionRefused:
        taken = [*ITEM_FIELDS] if self.function in _OF_ITEMS else []
        told = f"arguments as in {EXAMPLES[self.function]}"
        found = self.text[argument.meta.start_pos : argument.meta.end_pos]
        remedy = nearest(name, [each for each in taken if ITEM_FIELDS[each] not in self.items]) if name else ""
        return refused(self.text, argument.meta.start_pos, expected=told, found=quoted(found), remedy=remedy)

    def _refused(self, at: Tree[Token], expected: str, found: str) -> ConditionRefused:
        return refused(self.text, at.meta.start_pos, expected=expected, found=quoted(found))
