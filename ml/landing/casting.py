"""SQL that turns a column of a file into the contract's type, and says which rows break its rules.

A column arrives as text (CSV, JSONL, Parquet strings) or in a type of its own (Parquet). Either way
it becomes ``s_<name>`` (as it came) and ``<name>`` (TRY_CAST to the contract's type), and rules are
conditions over both. So one set of rules judges every format.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ml.landing.contract import FIRST_YEAR, LAST_YEAR, USUAL_FIRST_YEAR
from ml.landing.refusal import Refusal, RefusedFileError
from ml.landing.schema import Column, LandingTable, Rule, Type

TEXT = "VARCHAR"
_WHOLE = {f"{sign}{size}INT" for sign in ("", "U") for size in ("TINY", "SMALL", "BIG", "HUGE")} | {
    "INTEGER",
    "UINTEGER",
}
_FLOATING = {"FLOAT", "DOUBLE"}
_NESTED = re.compile(r"\[|^(STRUCT|MAP|UNION|BLOB|BIT|VARIANT|GEOMETRY)")

_DAY = r"\d{4}-\d{2}-\d{2}"
_CLOCK = r"[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?"
_MOMENT = rf"{_DAY}{_CLOCK} ?(Z|[+-]\d{{2}}(:?\d{{2}})?)"
_MIDNIGHT = rf"{_DAY}([T ]00:00(:00(\.0+)?)?)?"
_DECIMAL = r"[+-]?(\d+(\.\d{0,4}0*)?|\.\d{1,4}0*)"
_ANY_NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"
_INTEGER = r"[+-]?\d+(\.0*)?"
_BOOLEAN = "(?i)true|false|0|1"


@dataclass(frozen=True)
class Reading:
    """How one column is read: its expression over ``s_<name>`` and the rules it brings."""

    typed: str
    rules: tuple[Rule, ...]


def read_columns(table: LandingTable, types: Mapping[str, str], arrival_ends: datetime) -> dict[str, Reading]:
    """Per contract column, how to read it from a file whose columns have these warehouse types.

    Raises:
        RefusedFileError: a column's type cannot hold what the contract asks for.
    """
    return {
        column.name: _reading(column, types[column.name], arrival_ends)
        if column.name in types
        else Reading(f"null::{column.type.sql}", ())
        for column in table.columns
    }


def value_class(source: str) -> str:
    """SQL that names the kind of a value without telling the value."""
    text = f"({source})::varchar"
    return f"""case
        when {text} is null then 'nothing'
        when trim({text}) = '' then 'empty text'
        when regexp_full_match({text}, '[+-]?0+(\\.0*)?') then 'zero'
        when regexp_full_match({text}, '-{_ANY_NUMBER}') then 'a negative number'
        when regexp_full_match({text}, '{_ANY_NUMBER}') then 'a number'
        when regexp_full_match({text}, '{_DAY}') then 'a date'
        when regexp_full_match({text}, '{_DAY}{_CLOCK}.*') then 'a timestamp'
        else 'text of ' || length({text}) || ' characters' end"""


def _reading(column: Column, source_type: str, arrival_ends: datetime) -> Reading:
    typed = _typed(column, source_type)
    rules = (*_presence(column), *_shape(column, source_type), *_range(column, arrival_ends))
    return Reading(typed, rules)


def _typed(column: Column, source_type: str) -> str:
    source, target = f"s_{column.name}", column.type.sql
    exact = _exact(column.type, source_type, source, target)
    if exact:
        return exact
    if source_type == TEXT or _readable_as_text(column.type, source_type):
        shaped = f"regexp_full_match({source}::varchar, '{_pattern(column.type)}')"
        return f"case when {shaped} then try_cast({source}::varchar as {target}) end"
    raise RefusedFileError(_unsuitable(column, source_type))


def _exact(wanted: Type, source_type: str, source: str, target: str) -> str | None:
    """The expression where no look at the value's text is needed."""
    number = source_type in _WHOLE | _FLOATING or source_type.startswith("DECIMAL")
    match wanted, source_type:
        case (Type.ID, "VARCHAR"):
            expression = f"case when trim({source}) <> '' then {source} end"
        case (Type.TEXT, "VARCHAR"):
            expression = f"nullif({source}, '')"
        case (Type.TEXT, kind) if not _NESTED.search(kind):
            expression = f"{source}::varchar"
        case (Type.ID, kind) if kind in _WHOLE | {"UUID"}:
            expression = f"{source}::varchar"
        case (Type.TIMESTAMP, "TIMESTAMP WITH TIME ZONE") | (Type.DATE, "DATE") | (Type.BOOLEAN, "BOOLEAN"):
            expression = source
        case (Type.NUMBER, kind) if kind in _FLOATING:
            expression = f"try_cast(round({source}, 4) as {target})"
        case (Type.NUMBER | Type.RATIO, _) if number:
            expression = f"try_cast({source} as {target})"
        case (Type.INTEGER, kind) if kind in _WHOLE:
            expression = f"try_cast({source} as {target})"
        case _:
            return None
    return expression


def _readable_as_text(wanted: Type, source_type: str) -> bool:
    """Types of other tools' making: days as midnights, whole numbers as floats, flags as 0 and 1."""
    return (
        (wanted is Type.DATE and source_type.startswith("TIMESTAMP") and "ZONE" not in source_type)
        or (wanted is Type.INTEGER and (source_type in _FLOATING or source_type.startswith("DECIMAL")))
        or (wanted is Type.BOOLEAN and source_type in _WHOLE)
    )


def _pattern(wanted: Type) -> str:
    return {
        Type.TIMESTAMP: _MOMENT,
        Type.DATE: _MIDNIGHT,
        Type.NUMBER: _DECIMAL,
        Type.INTEGER: _INTEGER,
        Type.BOOLEAN: _BOOLEAN,
        Type.RATIO: _ANY_NUMBER,
    }[wanted]


def _unsuitable(column: Column, source_type: str) -> Refusal:
    remedies = {
        Type.TIMESTAMP: "Write timestamps with a time zone (in pandas: series.dt.tz_localize(zone)), "
        "or text that ends in Z or an offset",
        Type.ID: "Write ids as text; ids as floating-point numbers lose digits",
    }
    return Refusal(
        column.name,
        f"a column of type {source_type}",
        f"{column.name} is of type {source_type}, expected {column.type.value}",
        remedies.get(column.type, f"Write {column.name} as {column.type.value}"),
    )


def _presence(column: Column) -> tuple[Rule, ...]:
    if not column.required:
        return ()
    source = f"s_{column.name}"
    empty = f"{column.name} is null and ({source} is null or trim({source}::varchar) = '')"
    return (Rule(column.name, empty, f"{column.name} is empty", f"Every row needs {column.name}"),)


def _shape(column: Column, source_type: str) -> tuple[Rule, ...]:
    name, source = column.name, f"s_{column.name}"
    if column.type in (Type.ID, Type.TEXT):
        return _text_rules(column) if source_type == TEXT else ()
    unread = f"{name} is null and {source}::varchar <> ''"
    wrong = Rule(name, unread, f"{name} is no {column.type.value}", f"Write a {column.type.value}")
    if column.type is Type.TIMESTAMP and source_type == TEXT:
        naive = f"{name} is null and regexp_full_match({source}, '{_DAY}{_CLOCK}')"
        remedy = "Append Z for UTC or the offset, such as -05:00"
        return (Rule(name, naive, f"{name} has no offset, so nobody knows which hour is meant", remedy), wrong)
    if column.type is Type.NUMBER and source_type not in _WHOLE | _FLOATING:
        return (_too_fine(name, source, source_type), wrong)
    return (wrong,)


def _too_fine(name: str, source: str, source_type: str) -> Rule:
    lost = f"{name} <> {source}" if source_type != TEXT else f"regexp_full_match({source}, '[+-]?\\d*\\.\\d+')"
    broken = lost if source_type != TEXT else f"{name} is null and {lost}"
    return Rule(name, broken, f"{name} has more than 4 decimals, or is too large", "Round it to 4 decimals")


def _text_rules(column: Column) -> tuple[Rule, ...]:
    name = column.name
    nul = Rule(name, f"contains({name}, chr(0))", f"{name} holds a NUL byte", "Remove NUL bytes (\\0) from texts")
    if not column.one_of:
        return (nul,)
    words = ", ".join(f"'{word}'" for word in column.one_of)
    return (nul, Rule(name, f"{name} not in ({words})", f"{name} is none of the contract's words", f"Use {words}"))


def _range(column: Column, arrival_ends: datetime) -> tuple[Rule, ...]:
    name = column.name
    first = FIRST_YEAR if arrival_ends.year < USUAL_FIRST_YEAR else USUAL_FIRST_YEAR
    if column.type is Type.TIMESTAMP:
        end = arrival_ends.isoformat()
        return (
            Rule(
                name,
                f"{name} < '{first}-01-01 00:00:00+14'::timestamptz",  # where the year begins first
                f"{name} lies before {first}",
                _YEAR,
            ),
            Rule(name, f"{name} >= '{end}'::timestamptz", f"{name} lies after its arrival day", _LATE),
        )
    if column.type is Type.DATE:
        outside = f"{name} not between '{first}-01-01'::date and '{LAST_YEAR}-12-31'::date"
        return (Rule(name, outside, f"{name} lies outside the years {first} to {LAST_YEAR}", _YEAR),)
    if column.type is Type.INTEGER:
        return (Rule(name, f"{name} < 1", f"{name} is below 1", "Count from 1"),)
    if column.type is Type.RATIO:
        return (Rule(name, f"not isfinite({name})", f"{name} is not finite", "Write a finite number"),)
    return ()


_YEAR = "Check the source's date format"
_LATE = "Drop the row in the folder dt= of the day it arrived on, in the shop's time zone (SHELDUCK_TIMEZONE)"
