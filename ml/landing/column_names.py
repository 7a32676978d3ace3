"""Which texts of a header may be shown: a "name" may be a value, when a file has no header or no line ends."""

from __future__ import annotations

import re
from collections.abc import Collection

_NAME = re.compile(r"[^\W\d][\w .:/()%$-]{0,39}")
_DATA = re.compile(r"[+-]?\d+([.,]\d+)*([eE][+-]?\d+)?%?|\d{4}-\d\d-\d\d.*|\d{1,2}[./]\d{1,2}[./]\d{2,4}.*|\S+@\S+")
_CONTROL = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")
_MAX_DIGITS = 3
_SHOWN = 20


def is_name(text: str) -> bool:
    """Whether a text looks like a column's name rather than like a value: a letter first, short, few digits."""
    return bool(_NAME.fullmatch(text)) and sum(letter.isdigit() for letter in text) <= _MAX_DIGITS


def is_value(text: str) -> bool:
    """Whether a text is a number, a date or an address: things that no column is called."""
    return bool(_DATA.fullmatch(text))


def holds_control(text: str) -> bool:
    """Whether a text holds a control character or one of Unicode's line separators."""
    return bool(_CONTROL.search(text))


def shown(names: Collection[str]) -> tuple[str, ...]:
    """The names that may be shown, and how many others there are; empty ones (a trailing separator) do not count."""
    named = [name for name in dict.fromkeys(names) if name.strip()]
    fit = [name for name in named if is_name(name)][:_SHOWN]
    more = len(named) - len(fit)
    return (*fit, *((f"{more} more that are not shown",) if more else ()))
