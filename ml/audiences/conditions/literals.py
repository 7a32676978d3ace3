"""Literals of conditions: numbers, shares, texts, days, flags."""

from __future__ import annotations

import re
from datetime import date
from math import isfinite
from typing import Final

from lark import Token, Tree

from ml.audiences.conditions.refusal import quoted, refused
from ml.audiences.conditions.terms import Sort, Value

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SORTS: Final = {
    "number": Sort.NUMBER,
    "percent": Sort.NUMBER,
    "text": Sort.TEXT,
    "true": Sort.FLAG,
    "false": Sort.FLAG,
}
_MOST: Final = 2**53
"""Whole numbers up to it are exact as floats, too."""


def value_of(text: str, literal: Tree[Token], sort: Sort, is_share: bool = False) -> Value:
    """The value of a literal.

    Args:
        text: the whole condition.
        sort: what is expected.
        is_share: whether ``40 %`` may be written for 0.4.

    Raises:
        ConditionRefused: it is of another sort, no day, or a number too large for a float.
    """
    kind, position = str(literal.data), literal.meta.start_pos
    wanted = Sort.TEXT if sort is Sort.DAY else sort
    if _SORTS[kind] is not wanted:
        raise refused(text, position, expected=sort, found=quoted(text[position : literal.meta.end_pos]))
    if kind in ("true", "false"):
        return kind == "true"
    if kind == "text":
        value = text_of(literal)
        return _day(text, position, value) if sort is Sort.DAY else value
    if kind == "percent" and not is_share:
        remedy = "Only shares and probabilities are compared with %"
        raise refused(
            text, position, expected="a number without %", found=quoted(_digits(literal) + " %"), remedy=remedy
        )
    return _number(text, position, _digits(literal), is_percent=kind == "percent")


def text_of(literal: Tree[Token]) -> str:
    """The text within the quotes; a doubled quote is one."""
    return str(literal.children[0])[1:-1].replace("''", "'")


def written(value: Value) -> str:
    """A value as a literal of the grammar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    quote = "'"
    return f"'{str(value).replace(quote, quote * 2)}'"


def _number(text: str, position: int, digits: str, is_percent: bool) -> int | float:
    """The nearest float, as a whole number where it is one."""
    if is_percent:
        value = float(digits) / 100 if "e" in digits.casefold() else float(f"{digits}e-2")
    else:
        value = float(digits)
    if not isfinite(value):
        raise refused(text, position, expected="a number below 1e308", found="a larger one")
    return int(value) if value.is_integer() and abs(value) <= _MOST else value


def _day(text: str, position: int, value: str) -> date:
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise refused(text, position, expected=Sort.DAY, found=quoted(f"'{value}'"))


def _digits(literal: Tree[Token]) -> str:
    return str(literal.children[0])
