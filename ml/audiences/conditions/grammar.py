"""The grammar of conditions, and how a text that does not follow it is refused.

The parser is LALR(1) without recursion, so no nesting exhausts the stack.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from ml.audiences.conditions.refusal import quoted, refused
from ml.errors import ConditionRefused

MAX_LENGTH: Final = 4_000
"""Characters of a condition."""

GRAMMAR: Final = r"""
?start: any_of
?any_of: all_of (_OR all_of)*
?all_of: opposite (_AND opposite)*
?opposite: NOT opposite -> negation
    | term
?term: "(" any_of ")"
    | operand -> holds
    | operand COMPARE literal -> compared
    | operand negated _BETWEEN literal _AND literal -> between
    | operand negated _IN "(" literal ("," literal)* ")" -> one_of
    | operand _IS negated _NULL -> unknown
negated: NOT?
?operand: NAME -> column
    | NAME "(" (argument ("," argument)*)? ")" -> call
argument: literal -> subject
    | NAME "=" literal -> named
    | _TOP NUMBER -> top
literal: NUMBER PERCENT -> percent
    | NUMBER -> number
    | TEXT -> text
    | TRUE -> true
    | FALSE -> false

COMPARE: "!=" | "<=" | ">=" | "=" | "<" | ">"
NUMBER: /[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?/i
PERCENT: "%"
TEXT: /'([^']|'')*'/
_AND.2: /and\b/i
_OR.2: /or\b/i
NOT.2: /not\b/i
_BETWEEN.2: /between\b/i
_IN.2: /in\b/i
_IS.2: /is\b/i
_NULL.2: /null\b/i
_TOP.2: /top\b/i
TRUE.2: /true\b/i
FALSE.2: /false\b/i
NAME: /(?!(and|or|not|between|in|is|null|true|false)\b)[^\W\d]\w*/i
%ignore /\s+/
"""

_WORDS: Final = {
    "NAME": "a column or function",
    "NUMBER": "a number",
    "TEXT": "a text in single quotes",
    "TRUE": "true or false",
    "FALSE": "true or false",
    "COMPARE": "=, !=, <, <=, > or >=",
    "PERCENT": "%",
    "LPAR": "(",
    "RPAR": ")",
    "COMMA": "a comma",
    "EQUAL": "=",
    "NOT": "not",
    "_AND": "and",
    "_OR": "or",
    "_BETWEEN": "between",
    "_IN": "in",
    "_IS": "is",
    "_NULL": "null",
    "_TOP": "top",
    "$END": "the end",
}
_IN_QUOTES: Final = "A text stands in single quotes, and a quote in it is written twice: 'Ben''s'"
_REMEDIES: Final = {
    '"': _IN_QUOTES,
    "‘": _IN_QUOTES,
    "’": _IN_QUOTES,
    "“": _IN_QUOTES,
    "”": _IN_QUOTES,
    "&": "Write and",
    "|": "Write or",
    "!": "Write not",
    "（": "Write ( of the Latin keyboard",
    "）": "Write ) of the Latin keyboard",
    "，": "Write , of the Latin keyboard",
}


def tree_of(text: str) -> Tree[Token]:
    """``text`` as the grammar sees it.

    Raises:
        ConditionRefused: it is too long, holds what is no character, or does not follow the grammar.
    """
    if len(text) > MAX_LENGTH:
        raise refused(text, MAX_LENGTH, expected=f"at most {MAX_LENGTH:,} characters", found=f"{len(text):,}")
    for position, letter in enumerate(text):
        if "\ud800" <= letter <= "\udfff":
            raise refused(text, position, expected="characters of Unicode", found="half of a pair of surrogates")
    try:
        return _parser().parse(text)
    except UnexpectedInput as unexpected:
        raise _told(text, unexpected) from None


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", propagate_positions=True)


def _told(text: str, unexpected: UnexpectedInput) -> ConditionRefused:
    """What is wrong where, and what would be right there."""
    expected = _listed(unexpected.interactive_parser.accepts())  # type: ignore[attr-defined, no-untyped-call]
    if isinstance(unexpected, UnexpectedToken) and unexpected.token.type == "$END":
        return refused(text, len(text), expected=expected, found="the end of the condition")
    position = unexpected.pos_in_stream or 0
    if isinstance(unexpected, UnexpectedCharacters):
        letter = text[position]
        if letter == "'":
            return refused(text, position, expected="a closing quote", found="none", remedy=_IN_QUOTES)
        return refused(text, position, expected=expected, found=letter, remedy=_REMEDIES.get(letter, ""))
    token = unexpected.token  # type: ignore[attr-defined]
    is_bare = (token.type == "NAME" and _WORDS["TEXT"] in expected) or expected == _WORDS["EQUAL"]
    return refused(text, position, expected=expected, found=quoted(token), remedy=_IN_QUOTES if is_bare else "")


def _listed(terminals: Iterable[str]) -> str:
    allowed = set(terminals)
    words = list(dict.fromkeys(word for name, word in _WORDS.items() if name in allowed))
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
