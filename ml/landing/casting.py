"""SQL that turns a column of a file into the contract's type, and says which rows break its rules.

A column arrives as text (CSV, JSONL, Parquet strings) or in a type of its own (Parquet). Either way
it becomes ``s_<name>`` (as it came) and ``<name>`` (of the contract's type, or NULL), and rules are
conditions over both. So one set of rules judges every format, value by value: a column of an unsuitable
type costs the rows that hold a value in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ml.landing import patterns
from ml.landing.contract import FIRST_YEAR, LAST_YEAR, USUAL_FIRST_YEAR
from ml.landing.form import EMPTY, Family, Refused
from ml.landing.forms import FORMS
from ml.landing.schema import Column, LandingTable, Rule, Type

TEXT = "VARCHAR"
_FAMILIES = (
    (Family.OTHER, r".*\[|(STRUCT|MAP|UNION)\b"),
    (Family.TEXT, 'VARCHAR|"NULL"|ENUM|JSON'),
    (Family.WHOLE, "U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$"),
    (Family.FLOATING, "FLOAT|DOUBLE"),
    (Family.DECIMAL, "DECIMAL"),
    (Family.ZONED, "TIMESTAMPTZ|TIMESTAMP.* WITH TIME ZONE"),
    (Family.NAIVE, "TIMESTAMP"),
    (Family.DATE, "DATE$"),
    (Family.BOOLEAN, "BOOLEAN"),
    (Family.UUID, "UUID"),
    (Family.BINARY, "BLOB"),
)
_BY_TEXT = {
    Type.ID: {Family.DECIMAL, Family.WHOLE, Family.UUID},
    Type.DATE: {Family.NAIVE},
    Type.INTEGER: {Family.FLOATING, Family.DECIMAL},
    Type.BOOLEAN: {Family.WHOLE, Family.FLOATING, Family.DECIMAL},
}
"""Columns of other types that are judged by their values' text: days as midnights, whole numbers as floats."""


@dataclass(frozen=True)
class Reading:
    """How one column is read: ``s_<name>`` from the file, ``<name>`` from that, and the rules it brings."""

    source: str
    typed: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class ArrivalEnds:
    """SQL for the first instant after a row's arrival day, and the first year that is plausible on such a day."""

    sql: str
    first_year: int

    @classmethod
    def of(cls, end: datetime) -> ArrivalEnds:
        """Of rows that all arrived on the day that ends then."""
        early = end.year < USUAL_FIRST_YEAR
        return cls(_instant(end), FIRST_YEAR if early else USUAL_FIRST_YEAR)

    @classmethod
    def by_file(cls, ends: Sequence[datetime]) -> ArrivalEnds | None:
        """Of rows of files that are numbered from 0; None where other years are plausible in some than in others."""
        alike = {cls.of(end).first_year for end in ends}
        listed = ", ".join(_instant(end) for end in ends)
        return cls(f"([{listed}])[_file_no + 1]", alike.pop()) if len(alike) == 1 else None


def _instant(moment: datetime) -> str:
    return f"'{moment.isoformat()}'::timestamptz"


def read_columns(
    table: LandingTable, types: Mapping[str, str], ends: ArrivalEnds, *, accepts_id_words: bool = False
) -> dict[str, Reading]:
    """Per contract column, how to read it from a file whose columns have these warehouse types."""
    return {
        column.name: _reading(column, types[column.name], ends, accepts_id_words=accepts_id_words)
        if column.name in types
        else Reading("null", f"null::{column.type.sql}", ())
        for column in table.columns
    }


def value_class(source: str) -> str:
    """SQL that names the kind of a value without telling the value."""
    text = f"({source})::varchar"
    return f"""case
        when {text} is null then 'nothing'
        when trim({text}) = '' then 'empty text'
        when {_matches(text, patterns.NO_VALUE)} then 'a word for a missing value'
        when regexp_full_match({text}, '[+-]?0+(\\.0*)?') then 'zero'
        when regexp_full_match({text}, '-{patterns.ANY_NUMBER}') then 'a negative number'
        when regexp_full_match({text}, '{patterns.ANY_NUMBER}') then 'a number'
        when regexp_full_match({text}, '{patterns.DAY}') then 'a date'
        when regexp_full_match({text}, '{patterns.MOMENT_START}') then 'a timestamp'
        else 'text of ' || length({text}) || ' characters' end"""


def family_of(source_type: str) -> Family:
    """The kind of a Parquet column, by its warehouse type."""
    return next((family for family, pattern in _FAMILIES if re.match(pattern, source_type)), Family.OTHER)


def _reading(column: Column, source_type: str, ends: ArrivalEnds, *, accepts_id_words: bool) -> Reading:
    family, quoted = family_of(source_type), f'"{column.name}"'
    source = quoted
    if family is Family.TEXT and source_type != TEXT:
        source = f"{quoted}::varchar"
    if family is Family.FLOATING:  # numpy's missing value; comparing with NaN is optimised away by Parquet's statistics
        source = f"case when not isnan({quoted}) then {quoted} end"
    if family not in FORMS[column.type].parquet:
        rules = (*_presence(column), _unfit(column, family, source_type))
        return Reading(source, f"null::{column.type.sql}", rules)
    is_text = family is Family.TEXT or family in _BY_TEXT.get(column.type, ())
    if is_text:
        hints = () if column.type is Type.ID and accepts_id_words else FORMS[column.type].refused
        typed = _from_text(column, hints)
        rules = (*_presence(column), *_shape(column, hints), *_words(column), *_range(column, ends))
    else:
        typed = _from_type(column, family)
        rules = (*_presence(column), *_size(column, family), *_words(column), *_range(column, ends))
    return Reading(source, typed, rules)


def _matches(text: str, pattern: str) -> str:
    return f"regexp_full_match({text}, '{pattern.replace(chr(39), chr(39) * 2)}')"


def _from_text(column: Column, hints: tuple[Refused, ...]) -> str:
    """The value of a text: of an accepted form and no refused one, else NULL."""
    text, target = f"s_{column.name}::varchar", column.type.sql
    match column.type:
        case Type.TEXT:
            return f"case when trim({text}) <> '' then {text} end"
        case Type.ID:
            refused = "|".join(f"({hint.pattern})" for hint in hints)
            fit = f" and not {_matches(text, refused)}" if refused else ""
            return f"case when trim({text}) <> ''{fit} then {text} end"
        case Type.TIMESTAMP:
            plain = f"replace(regexp_replace(upper({text}), '{patterns.SPACED_END}', '\\1'), 'UTC', 'Z')"
            return (
                f"case when {_matches(text, patterns.MOMENT)} then try_cast({text} as {target}) "
                f"when {_matches(text, patterns.WIDE_MOMENT)} then try_cast({plain} as {target}) end"
            )
        case Type.BOOLEAN:
            return f"case when {_matches(text, patterns.BOOLEAN)} then lower({text})[1] in ('t', '1') end"
    accepted = "|".join(form.pattern for form in FORMS[column.type].accepted)
    return f"case when {_matches(text, accepted)} then try_cast({text} as {target}) end"


def _from_type(column: Column, family: Family) -> str:
    source, target = f"s_{column.name}", column.type.sql
    if column.type is Type.TEXT:
        return f"{source}::varchar"
    if column.type is Type.NUMBER and family is Family.FLOATING:
        return f"try_cast(round({source}, 4) as {target})"
    return f"try_cast({source} as {target})"


def _unfit(column: Column, family: Family, source_type: str) -> Rule:
    """Values of a column whose type cannot hold what the contract asks for."""
    name = column.name
    words = re.match("[A-Z_ ]*", source_type)
    plain = "LIST" if source_type.endswith("]") else words[0].strip() if words else ""
    reason = f"{name} is of type {plain}, expected {column.type.value}"
    remedy = FORMS[column.type].unfit.get(family, f"Write {name} as {column.type.value}")
    return Rule(name, f"s_{name} is not null", reason, remedy, f"a column of type {plain}")


def _presence(column: Column) -> tuple[Rule, ...]:
    if not column.required:
        return ()
    source = f"s_{column.name}"
    empty = f"{column.name} is null and ({source} is null or trim({source}::varchar) = '')"
    reason, remedy = f"{column.name} is empty", f"Every row needs {column.name}"
    return (Rule(column.name, empty, reason, remedy, is_presence=True),)


def _shape(column: Column, hints: tuple[Refused, ...]) -> tuple[Rule, ...]:
    """Texts that give no value: of each usual form with its own remedy, then the rest."""
    name, text = column.name, f"s_{column.name}::varchar"
    unread = f"{name} is null and trim({text}) <> ''"
    left_out = f"Leave such rows out: every row needs {name}"
    usual = (
        Rule(
            name,
            f"{unread} and {_matches(text, hint.pattern)}",
            f"{name} is {hint.kind}",
            hint.remedy.replace(EMPTY, left_out) if column.required else hint.remedy,
            hint.kind,
            doubt=unread,
        )
        for hint in hints
    )
    examples = FORMS[column.type].accepted[0].examples
    remedy = f"Write a {column.type.value}, such as {examples[0]}"
    rest = (Rule(name, unread, f"{name} is no {column.type.value}", remedy, doubt=unread),)
    return (*usual, *(() if column.type in (Type.ID, Type.TEXT) else rest))


def _size(column: Column, family: Family) -> tuple[Rule, ...]:
    """Numbers and times that the contract's type cannot hold."""
    name, source = column.name, f"s_{column.name}"
    lost = f"{name} is null and {source} is not null"
    large = Rule(name, lost, f"{name} is too large or infinite", f"Write a {column.type.value}", "a number")
    if column.type is Type.NUMBER and family is Family.DECIMAL:
        remedy = "Round it to 4 decimals"
        return (large, Rule(name, f"{name} <> {source}", f"{name} is a number of more than 4 decimals", remedy))
    return (large,)


def _words(column: Column) -> tuple[Rule, ...]:
    name = column.name
    if column.type not in (Type.ID, Type.TEXT):
        return ()
    nul = Rule(name, f"contains({name}, chr(0))", f"{name} holds a NUL byte", "Remove NUL bytes (\\0) from texts")
    if not column.one_of:
        return (nul,)
    words = ", ".join(f"'{word}'" for word in column.one_of)
    remedy = f"Use {words}"
    spelt = f"{name} not in ({words}) and replace(lower(trim({name})), ' ', '_') in ({words})"
    reason = f"{name} is one of the contract's words in other letters"
    return (
        nul,
        Rule(name, spelt, reason, f"Write it in small letters, without spaces. {remedy}"),
        Rule(name, f"{name} not in ({words})", f"{name} is none of the contract's words", remedy),
    )


def _range(column: Column, ends: ArrivalEnds) -> tuple[Rule, ...]:
    name, first = column.name, ends.first_year
    if column.type is Type.TIMESTAMP:
        return (
            Rule(
                name,
                f"{name} < '{first}-01-01 00:00:00+14'::timestamptz",  # where the year begins first
                f"{name} lies before {first}",
                _YEAR,
            ),
            Rule(name, f"{name} >= {ends.sql}", f"{name} lies after its arrival day", LATE),
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
LATE = "Drop the row in the folder dt= of the day it arrived on, in the shop's time zone (SHELDUCK_TIMEZONE)"
