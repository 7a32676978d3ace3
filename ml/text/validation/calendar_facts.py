"""Whether a date, a period, a weekday or a time of day is one of a fact sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

from ml.text.facts import FactSheet
from ml.text.validation.scan import Statement


def supports(statement: Statement, sheet: FactSheet) -> bool:
    """Whether the sheet states what the text states."""
    value: tuple[Any, ...] = statement.value
    match statement.kind:
        case "date":
            return any(_same(day, value[0]) for day in _days(sheet, statement.role))
        case "period":
            return any(_is(period.start, value[0]) and _is(period.end, value[1]) for period in sheet.periods)
        case "month":
            return any(day.month == value[0] for day in _days(sheet, ""))
        case "weekday":
            days = [day for day in _days(sheet, statement.role) if value[1] is None or _same(day, value[1])]
            return any(day.weekday() == value[0] for day in days)
        case "time":
            return _time(value, sheet)
    return _relative(value[0], statement.role, sheet)


def known(sheet: FactSheet) -> tuple[str, ...]:
    """The days and times of a sheet."""
    return (*(day.isoformat() for day in _days(sheet, "")), *(moment.isoformat("minutes") for moment in sheet.times))


def years(sheet: FactSheet) -> frozenset[int]:
    """The years of a sheet's days."""
    return frozenset(day.year for day in [*_days(sheet, ""), *([sheet.sent_on] if sheet.sent_on else [])])


def _days(sheet: FactSheet, role: str) -> Iterator[date]:
    for period in sheet.periods:
        if period.start and role != "end":
            yield period.start
        if period.end and role != "start":
            yield period.end


def _same(day: date, parts: tuple[int | None, int, int]) -> bool:
    return (day.month, day.day) == parts[1:] and parts[0] in {None, day.year}


def _is(day: date | None, parts: tuple[int | None, int, int]) -> bool:
    return day is not None and _same(day, parts)


def _time(value: tuple[Any, ...], sheet: FactSheet) -> bool:
    hour, minute = value
    if hour == 24 and minute == 0:
        hour = 0
    return 0 <= hour < 24 and 0 <= minute < 60 and time(hour, minute) in sheet.times


def _relative(value: int | str, role: str, sheet: FactSheet) -> bool:
    """Today and tomorrow, by the day on which the text is sent."""
    if sheet.sent_on is None or value == "unknown":
        return False
    if isinstance(value, str):
        monday = sheet.sent_on - timedelta(days=sheet.sent_on.weekday())
        span = [monday + timedelta(days=each) for each in (range(5, 7) if value == "weekend" else range(7))]
        return _within(span, role, sheet)
    day = sheet.sent_on + timedelta(days=value)
    return _within([day], role, sheet) or (value == 0 and not role and not sheet.periods)


def _within(span: list[date], role: str, sheet: FactSheet) -> bool:
    if role:
        return any(day in span for day in _days(sheet, role))
    return any(
        (period.start or date.min) <= day <= (period.end or date.max) for period in sheet.periods for day in span
    )
