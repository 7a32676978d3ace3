"""Values that are written, not named: numbers, shares, spans of time, ids after "shopper" or "item"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ml.assistant.questions.terms import Kind, Span, Value
from ml.assistant.questions.tokens import Token

_WORDS: Final = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_HAN: Final = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_NUMBERS: Final = {**{word: number for number, word in enumerate(_WORDS, 1)}, **_HAN}
_N: Final = rf"(\d+|{'|'.join(_WORDS)})"
_ZH: Final = rf"(\d+|[{''.join(_HAN)}])"
_UNIT: Final = r"(day|week|month|quarter|year)s?\b"
_UNIT_ZH: Final = r"(天|日|周|个?星期|个?月|个?季度|年)"
_NOT_AFTER: Final = "".join(rf"(?<!\b{word}\s)" for word in ("in", "of", "at", "by", "for", "from", "than", "since"))
"""A number after these is no length of a list: "best sellers of 2024"."""
_ID: Final = r"\s*(?:no\.?|number|id|编号|#)?\s*([a-z0-9_.:@-]*\d[a-z0-9_:@-]*)"
_DAYS: Final = {
    "day": 1,
    "天": 1,
    "日": 1,
    "week": 7,
    "周": 7,
    "星期": 7,
    "quarter": 90,
    "季度": 90,
    "year": 365,
    "年": 365,
}
_MONTHS: Final = {1: 28, 3: 90, 12: 365}
"""Published windows are of 28, 90 and 365 days; other numbers of months have 30 days each, and none is published."""

_PATTERNS: Final[tuple[tuple[Kind, str], ...]] = (
    (Kind.PAST, rf"\b(?:over\s+(?:the\s+)?)?(?:last|past|previous)\s+(?:{_N}\s+)?{_UNIT}"),
    (Kind.PAST, rf"(?:最近|过去|近)的?{_ZH}?{_UNIT_ZH}内?"),
    (Kind.PAST, r"\b()(?:per|a|each)\s+(year)\b|\b()(year)ly\b"),
    (Kind.PAST, r"上()个?(月|周|星期|季度)|每()(年)"),
    (Kind.PAST, r"\bsince\s+()yester(day)\b"),
    (Kind.FUTURE, rf"\b(?:over\s+(?:the\s+)?)?(?:next|coming)\s+(?:{_N}\s+)?{_UNIT}"),
    (Kind.FUTURE, rf"(?:未来|接下来|今后)的?{_ZH}?{_UNIT_ZH}(?:内|里)?"),
    (Kind.SHARE, r"(\d+(?:\.\d+)?)\s*(?:%|percent\b|per cent\b)|百分之(\d+)"),
    (Kind.DAYS, r"(\d+)\s*(?:days?\b|天)"),
    (Kind.SHOPPER, rf"(?:\b(?:shopper|customer|client|user)|顾客|客户|用户){_ID}"),
    (Kind.ITEM, rf"(?:\b(?:item|product|article)|商品|产品){_ID}"),
    (Kind.TOP, rf"(?:\b(?:top|first)\s+|前){_N}(?:\s*[个名款种])?"),
    (Kind.TOP, rf"{_NOT_AFTER}\b{_N}(?=\s+[a-z])|{_ZH}[个款种]"),
)
_COMPILED: Final = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PATTERNS)
_IDS: Final = (Kind.SHOPPER, Kind.ITEM)
_TIMES: Final = (Kind.PAST, Kind.FUTURE)
MOST_DIGITS: Final = 9
LONGEST_LIST: Final = 1_000


def figures(text: str, found: Sequence[Token]) -> Iterator[Span]:
    """Every such value in a normalised text, as spans of its tokens; they may overlap."""
    for kind, pattern in _COMPILED:
        for match in pattern.finditer(text):
            value = _value(kind, [group for group in match.groups() if group is not None])
            inside = [place for place, token in enumerate(found) if match.start() <= token.start < match.end()]
            if value is not None and inside and found[inside[-1]].end <= match.end():
                yield Span(inside[0], inside[-1] + 1, kind=kind, values=(value,))


def _value(kind: Kind, groups: Sequence[str]) -> Value | None:
    if kind in _IDS:
        return groups[0].rstrip(".:")
    if kind in _TIMES:
        return _days(groups[0] if len(groups) > 1 else "", groups[-1])
    if len(groups[0]) > MOST_DIGITS:
        return None
    if kind is Kind.SHARE:
        return float(groups[0]) / 100
    number = _number(groups[0])
    return number if kind is not Kind.TOP or 0 < number <= LONGEST_LIST else None


def _days(number: str, unit: str) -> int | None:
    if len(number) > MOST_DIGITS:
        return None
    count, unit = _number(number) if number else 1, unit.casefold().removeprefix("个")
    if unit in ("month", "月"):
        return _MONTHS.get(count, 30 * count)
    return count * _DAYS[unit]


def _number(written: str) -> int:
    word = written.casefold()
    return _NUMBERS[word] if word in _NUMBERS else int(word)
