"""Dates, periods, weekdays and times of day in a text.

The value of ``date`` is (year or None, month, day); of ``period`` two of these; of ``month`` (month,); of ``weekday``
(0 for Monday, the date beside it or None); of ``relative`` (days from today,) or (a word,); of ``time`` (hour, minute).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from ml.text.facts import Locale
from ml.text.validation.numerals import TAKEN, N, fill
from ml.text.validation.scan import Scan, Statement

Parts: TypeAlias = tuple[int | None, int, int]
Role: TypeAlias = Literal["", "start", "end"]


@dataclass(frozen=True)
class Day:
    """A date in a text: its place, and year (None where it has none), month and day."""

    start: int
    end: int
    parts: Parts


_MONTHS: Final = (
    *("jan(?:uary)?", "feb(?:ruary)?", "(?-i:Mar(?:ch)?|MARCH)", "apr(?:il)?", "(?-i:May|MAY)", "june?", "july?"),
    *("aug(?:ust)?", "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?"),
)
_MONTH: Final = rf"(?:{'|'.join(_MONTHS)})\b(?:(?<=\b[A-Za-z]{{3}})\.|(?<=\b[A-Za-z]{{4}})(?<=sept)\.)?"
_ISO: Final = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DOTTED: Final = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)")
_SLASHED: Final = re.compile(
    r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?(?![\d/]|\s*(?:off|of|the|price|oz|lbs?|cups?|pts?|qts?|ft|kg"
    r"|g|l|ct|inch)\b)",
    re.I | re.A,
)
_SHORT_RANGE: Final = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})(?=\s*[-~至到]\s*(\d{1,2})\.(\d{1,2})(?![\d.%元折]))")
_SHORT_END: Final = re.compile(rf"(?<={TAKEN})\s*[-~至到]\s*(\d{{1,2}})\.(\d{{1,2}})(?![\d.])")
_DAY_DAY_MONTH: Final = re.compile(
    rf"(?P<a>{N})\s*(?:-|~|to|until|through|and)\s*(?:the\s+)?(?P<b>{N})\s+(?:of\s+)?(?P<month>{_MONTH})", re.I | re.A
)
_MONTH_DAY: Final = re.compile(
    rf"\b(?P<month>{_MONTH})\s+(?:the\s+)?(?P<a>{N})(?:\s*(?:-|~|to|until|through|thru)\s*(?:the\s+)?(?P<b>{N})"
    rf"(?!\s*(?:%|percent|[ap]\.?m\b|:|of\b|{_MONTH})))?",
    re.I | re.A,
)
_DAY_MONTH: Final = re.compile(rf"(?P<a>{N})\s+(?:of\s+)?(?P<month>{_MONTH})", re.I | re.A)
_CHINESE: Final = re.compile(
    rf"(?:(?P<year>{N})年)?(?P<month_zh>{N})月(?P<a>{N})[日号]?(?:\s*(?:至|到|-|~)\s*(?P<b>{N})[日号])?"
)
_YEAR: Final = re.compile(rf"\s*,?\s+({N})")
_TO: Final = re.compile(r"[日号]?\s*(?:-|~|to|through|thru|until|till|and|至|到)\s*(?:the\s+)?", re.I | re.A)
_END_BEFORE: Final = re.compile(
    r"(?:\buntil|\btill|\bthrough|\bthru|(?<!\bcome )(?<!\bstop )(?<!\bdrop )\bby|\bbefore|\bend(?:s|ing)?"
    r"|\bclos(?:es|ing)|\bexpir(?:es|ing)"
    r"|\bvalid to|\bto"
    r"|\blast day(?: is)?|截至|截止到?|截止时间为?|有效期至|[至到])"
    r"\s*(?:on|the end of|midnight on|midnight|的|于|:|,)?(?:\s*the)?\s*$",
    re.I | re.A,
)
_START_BEFORE: Final = re.compile(
    r"(?:\bfrom|\bstart(?:s|ing)?|\bbegin(?:s|ning)?|\bopen(?:s|ing)?|\bsince|\bas of|[自从])"
    r"\s*(?:on|的|于|:|,)?(?:\s*the)?\s*$",
    re.I | re.A,
)
_END_AFTER: Final = re.compile(r"\s*(?:之?前|为?止|截止|结束|is the last day|only\b)", re.I | re.A)
_START_AFTER: Final = re.compile(r"\s*(?:起|开始|开抢|开启|开售|onwards?\b)", re.I | re.A)
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY: Final = re.compile(
    r"\b(mon|tue|wed|thu|fri|sat|sun)(?:(?<=mon)day|(?<=tue)sday|(?<=wed)nesday|(?<=thu)rsday|(?<=fri)day"
    r"|(?<=sat)urday|(?<=sun)day)s?\b"
    rf"|(?:周|星期|礼拜)(?:(?P<zh>{N})|(?P<sunday>[日天]))",
    re.I | re.A,
)
_MONTH_ALONE: Final = re.compile(
    rf"(?:\b(?:in|during|until|since|by|this|next|all|early|late|mid|throughout|of)[\s-]+(?P<month>{_MONTH}))"
    rf"|(?P<month_zh>{N})月份?",
    re.I | re.A,
)
_RELATIVE: Final[dict[str, int | str]] = {
    **dict.fromkeys(("today", "tonight", "今天", "今日", "今晚"), 0),
    **dict.fromkeys(("tomorrow", "明天", "明日"), 1),
    **dict.fromkeys(("yesterday", "昨天"), -1),
    "后天": 2,
    **dict.fromkeys(("this weekend", "the weekend", "本周末", "这周末", "周末"), "weekend"),
    **dict.fromkeys(("this week", "本周", "这周"), "week"),
}
_RELATIVE_WORDS: Final = re.compile(
    rf"\b(?:today|tonight|tomorrow|yesterday|th(?:is|e) weekend|this week)\b|今天|今日|今晚|明天|明日|后天|昨天"
    r"|\bnext (?:week|month|year|weekend)\b|\b(?:the )?end of (?:the |this )?(?:week|month|year)\b"
    r"|月底|年底|下个?月|次日"
    rf"|下周(?!{N})"
    rf"|[本这]周末|周末(?=截止|结束|前|起|开始|特)|[本这]周(?!{N})",
    re.I | re.A,
)
_TIME: Final = re.compile(
    rf"(?P<h>{N})(?:[:.](?P<min>{N}))?\s*(?P<half>a\.?m\b\.?|p\.?m\b\.?|o'clock)|(?P<h24>{N}):(?P<min24>{N})"
    rf"|(?P<part>凌晨|早上?|上午|中午|下午|傍晚|晚上?|夜里)?(?P<hz>{N})[点时](?![间积])(?:(?P<minz>{N})分|(?P<sharp>整|半))?"
    rf"|\b(?P<word>noon|midnight)\b|(?P<zh>午夜|零点)",
    re.I | re.A,
)


def numeric_dates(text: str, locale: Locale) -> tuple[str, list[Day]]:
    """The dates in figures, taken from a text whose numbers are still there."""
    days: list[Day] = []

    def take(match: re.Match[str], parts: Parts) -> None:
        nonlocal text
        days.append(Day(match.start(), match.end(), parts))
        text = fill(text, match.start(), match.end(), TAKEN)

    for match in _ISO.finditer(text):
        take(match, (int(match[1]), int(match[2]), int(match[3])))
    for match in _DOTTED.finditer(text):
        take(match, (int(match[3]), int(match[2]), int(match[1])))
    for match in list(_SLASHED.finditer(text)):
        month, day = (match[2], match[1]) if locale == "en_GB" else (match[1], match[2])
        year = int(match[3]) + (2000 if len(match[3]) == 2 else 0) if match[3] else None
        take(match, (year, int(month), int(day)))
    if locale == "zh_CN":
        for match in list(_SHORT_RANGE.finditer(text)):
            take(match, (None, int(match[1]), int(match[2])))
            if last := re.compile(r"(\d{1,2})\.(\d{1,2})").search(text, match.end()):
                take(last, (None, int(last[1]), int(last[2])))
    return text, days


def read_dates(scan: Scan, numeric: Iterable[Day]) -> None:
    """Take every date, period, weekday and time from the text."""
    days = [*numeric, *_spelled(scan)]
    days.sort(key=lambda day: day.start)
    at = 0
    while at < len(days):
        pair = days[at : at + 2]
        is_period = len(pair) == 2 and _TO.fullmatch(scan.text, pair[0].end, pair[1].start) is not None
        _state(scan, pair if is_period else pair[:1])
        at += 2 if is_period else 1
    _read_weekdays(scan, days)
    _read_months(scan)
    _read_relative(scan)
    _read_times(scan)


def _spelled(scan: Scan) -> Iterator[Day]:
    for pattern in (_DAY_DAY_MONTH, _DAY_MONTH, _MONTH_DAY, _CHINESE):
        for match in list(pattern.finditer(scan.text)):
            groups = match.groupdict()
            first, last = _number(scan, match, "a"), _number(scan, match, "b") if groups.get("b") else None
            if groups.get("month_zh"):
                month = _number(scan, match, "month_zh") or 0
                year, end = (_number(scan, match, "year") if groups["year"] else None), match.end()
            else:
                month = month_number(match["month"])
                year, end = _year_after(scan, match.end())
            yield Day(match.start(), match.end("a") if last else end, (year, month, first or 0))
            if last:
                yield Day(match.start("b"), end, (year, month, last))
            scan.take(match.start(), match.end("a") if last else end)
            if last:
                scan.take(match.start("b"), end)


def month_number(word: str) -> int:
    """The number of an English month's name or its abbreviation."""
    return next(number for number, month in enumerate(_MONTHS, 1) if re.fullmatch(month, word.strip("."), re.I | re.A))


def _number(scan: Scan, match: re.Match[str], group: str) -> int | None:
    value = scan.value(match, group)
    return int(value) if value is not None and value == int(value) else None


def _year_after(scan: Scan, end: int) -> tuple[int | None, int]:
    match = _YEAR.match(scan.text, end)
    if (
        match
        and (numeral := scan.numerals[match.start(1)]).value is not None
        and re.fullmatch(r"(?:19|20)\d\d", numeral.raw)
    ):
        return int(numeral.raw), match.end()
    return None, end


def _state(scan: Scan, days: list[Day]) -> None:
    start, end = days[0].start, days[-1].end
    if len(days) == 2:
        first, last = days[0].parts, days[1].parts
        first = (first[0] or last[0], *first[1:]) if first[1:] <= last[1:] else first
        scan.statements.append(Statement(start, end, "period", (first, last)))
        scan.take(start, end)
    else:
        scan.statements.append(Statement(start, end, "date", (days[0].parts,), role=_role(scan, start, end)))


def _role(scan: Scan, start: int, end: int) -> Role:
    before = _WEEKDAY.sub("", scan.before(start)).rstrip(" ,(（")
    after = _WEEKDAY.sub("", scan.after(end)).lstrip(" ,()（）")
    if _END_BEFORE.search(before) or _END_AFTER.match(after):
        return "end"
    return "start" if _START_BEFORE.search(before) or _START_AFTER.match(after) else ""


def _read_weekdays(scan: Scan, days: list[Day]) -> None:
    for match in scan.each(_WEEKDAY):
        if match["zh"]:
            number = (_number(scan, match, "zh") or 8) - 1
        else:
            number = 6 if match["sunday"] else _WEEKDAYS.index(match[1].lower())
        beside = next((day for day in days if 0 <= day.start - match.end() <= 2), None)
        beside = beside or next((day for day in days if 0 <= match.start() - day.end <= 2), None)
        role = "" if beside else _role(scan, match.start(), match.end())
        value = (number, beside.parts if beside else None)
        scan.statements.append(Statement(match.start(), match.end(), "weekday", value, role=role))


def _read_months(scan: Scan) -> None:
    for match in scan.each(_MONTH_ALONE):
        month = month_number(match["month"]) if match["month"] else _number(scan, match, "month_zh")
        scan.say(match, "month", month)


def _read_relative(scan: Scan) -> None:
    for match in scan.each(_RELATIVE_WORDS):
        role = _role(scan, match.start(), match.end())
        value = (_RELATIVE.get(match.group().lower(), "unknown"),)
        scan.statements.append(Statement(match.start(), match.end(), "relative", value, role=role))


def _read_times(scan: Scan) -> None:
    for match in scan.each(_TIME):
        scan.say(match, "time", *_time(scan, match))


def _time(scan: Scan, match: re.Match[str]) -> tuple[int | None, int | None]:
    if match["word"] or match["zh"]:
        return (12, 0) if match["word"] and match["word"].lower() == "noon" else (0, 0)
    group, minutes = next(pair for pair in (("h", "min"), ("h24", "min24"), ("hz", "minz")) if match[pair[0]])
    hour = _number(scan, match, group)
    minute = _number(scan, match, minutes) if match[minutes] else 30 if match["sharp"] == "半" else 0
    half = (match["half"] or "").lower()[:1]
    if hour is not None and hour <= 12:
        hour += 12 if hour < 12 and (half == "p" or (match["part"] or "")[:1] in {"下", "傍", "晚"}) else 0
        hour = 0 if hour == 12 and (half == "a" or match["part"] == "凌晨") else hour
    return hour, minute
