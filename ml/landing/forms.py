"""The one table of accepted values: per type of the contract its forms, and the usual other ones with what helps.

The loader judges by it, ``shelduck contract`` and ``docs/landing.md`` print it, and the tests try every example.
Patterns are read by the warehouse (RE2) and match a whole value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from ml.landing import patterns as p
from ml.landing.schema import Type


class Family(Enum):
    """Kinds of Parquet columns; the value is what a person reads."""

    TEXT = "text"
    WHOLE = "whole numbers"
    FLOATING = "floating-point numbers"
    DECIMAL = "decimals"
    ZONED = "timestamps with a time zone, of any unit"
    NAIVE = "timestamps without a time zone"
    DATE = "dates"
    BOOLEAN = "booleans"
    UUID = "UUIDs"
    BINARY = "bytes"
    OTHER = "other types"


@dataclass(frozen=True)
class Accepted:
    """A form that is read."""

    what: str
    pattern: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Refused:
    """A usual form that is not read: ``kind`` says what it is, as in "event_ts is a date without a time"."""

    kind: str
    pattern: str
    remedy: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Forms:
    """What a type accepts as text, which columns of a Parquet file suit it, and what helps with others."""

    accepted: tuple[Accepted, ...]
    refused: tuple[Refused, ...]
    parquet: tuple[Family, ...]
    unfit: dict[Family, str] = field(default_factory=dict)


_EMPTY: Final = "Leave the field empty (JSON: null)"
_DATE_ORDER: Final = "Write year-month-day: 2025-05-31"
_PLAIN: Final = "Write a point before the decimals and nothing between thousands: 1234.50"
_DIGITS: Final = "Write all digits (Excel: give the column the number format 0.00 before saving)"
_IN_PANDAS: Final = "in pandas: series.dt.tz_localize(zone); in Spark also outputTimestampType=TIMESTAMP_MICROS"
_FROM_EPOCH: Final = "Write timestamps with a time zone (in pandas: pd.to_datetime(series, unit='s', utc=True))"
_EPOCH_REMEDY: Final = (
    "Write it as UTC text, 2025-05-31T08:12:00Z (in pandas: pd.to_datetime(series, unit=UNIT, utc=True))"
)


def _word(*examples: str) -> Refused:
    return Refused("a word for a missing value", p.NO_VALUE, _EMPTY, examples or ("NULL", "nan", "N/A"))


def _padded(pattern: str, *examples: str) -> Refused:
    return Refused("a value with spaces around it", p.padded(pattern), "Remove the spaces around it", examples)


def _epoch(unit: str, short: str, pattern: str, *examples: str) -> Refused:
    return Refused(
        f"a number, perhaps {unit} since 1970", pattern, _EPOCH_REMEDY.replace("UNIT", f"'{short}'"), examples
    )


_NUMERIC: Final = (Family.TEXT, Family.WHOLE, Family.FLOATING, Family.DECIMAL)
_NUMBER_FAULTS: Final = (
    _word("N/A", "NULL", "nan", "-", "#DIV/0!"),
    Refused("infinite", p.INFINITE, _EMPTY, ("inf", "-Infinity")),
    _padded(p.ANY_NUMBER, " 9.80", "9.80 "),
    Refused(
        "an amount with a currency sign or code",
        p.MONEY,
        "Write the number alone, and the currency's code in the column currency",
        ("€ 9.80", "$9.80", "9,80 €", "EUR 9.80", "9.80 USD", "1.234,50 EUR"),
    ),
    Refused("a percentage", p.PERCENT, "Write the number without the sign", ("10%", "12.5 %")),
    Refused("a negative number in brackets", p.BRACKETS, "Write the sign in front: -9.80", ("(9.80)", "9.80-")),
)
_SEPARATED: Final = Refused(
    "a number with a comma or thousands", p.SEPARATED, _PLAIN, ("9,80", "1,234.50", "1.234,50", "1 234.50", "1'234.50")
)
_SCIENTIFIC: Final = Refused("in scientific notation", p.SCIENTIFIC, _DIGITS, ("1.23E+12", "1e3", "1.5E+01"))

FORMS: Final = {
    Type.ID: Forms(
        (Accepted("text as it is, digits and leading zeros kept", p.ANY, ("s01", "00042", "b7-Ä/9", "12e5", "1.7")),),
        (
            _word("nan", "NULL", "None", "n/a", "#N/A", "undefined", "NaT", "-"),
            Refused("true or false", p.TRUTH, "Write the id; a flag is none", ("true", "False")),
            Refused(
                "a whole number with a point",
                p.WHOLE_WITH_POINT,
                "Write the digits alone (in pandas: series.astype('Int64') before writing)",
                ("17850.0", "42.00"),
            ),
            Refused(
                "in scientific notation",
                p.EXCEL_SCIENTIFIC,
                "Write all digits (Excel: give the column the format Text before it is filled)",
                ("1.23E+12", "4,5E+11", "1e+20"),
            ),
            _padded(p.ANY, " s01", "i07 "),
        ),
        (Family.TEXT, Family.WHOLE, Family.UUID, Family.DECIMAL),
        {
            Family.FLOATING: "Write ids as text; ids as floating-point numbers lose digits",
            Family.BOOLEAN: "Write the id; a flag is none",
            Family.BINARY: "Write ids as text, not as bytes (in pandas: series.str.decode('utf-8'))",
        },
    ),
    Type.TEXT: Forms(
        (Accepted("text as it is", p.ANY, ("web", "Rake, large")),),
        (),
        tuple(family for family in Family if family not in (Family.BINARY, Family.OTHER)),
        {Family.BINARY: "Write text, not bytes (in pandas: series.str.decode('utf-8'))"},
    ),
    Type.TIMESTAMP: Forms(
        (
            Accepted(
                "date, T or a space, time, offset or Z",
                p.MOMENT,
                ("2025-05-31T08:12:00Z", "2025-05-31T08:12:00+02:00", "2025-05-31 08:12:00.25-0330"),
            ),
            Accepted(
                "seconds may be left out; decimals of a second beyond the sixth are cut off",
                p.MOMENT,
                ("2025-05-31T08:12+02", "2025-05-31T08:12:00.123456789Z"),
            ),
            Accepted(
                "a space before the offset, Z or UTC; small letters",
                p.WIDE_MOMENT,
                (
                    "2025-05-31 08:12:00 +0200",
                    "2025-05-31 08:12:00 Z",
                    "2025-05-31 08:12:00 UTC",
                    "2025-05-31t08:12:00z",
                ),
            ),
        ),
        (
            _word("NULL", "NaT", "0000-00-00 00:00:00"),
            Refused(
                "a timestamp without an offset",
                p.NAIVE_MOMENT,
                "Append Z for UTC or the offset, such as -05:00",
                ("2025-05-31T08:12:00", "2025-05-31 08:12"),
            ),
            Refused(
                "a date without a time",
                p.DAY,
                "Write the time and its offset too: 2025-05-31T08:12:00+02:00",
                ("2025-05-31",),
            ),
            Refused(
                "an hour or a day that does not exist",
                p.MOMENT_LIKE,
                "Check the source's clock: months to 12, hours to 23, seconds to 59, offsets to 14 hours",
                ("2025-02-30T08:12:00Z", "2025-05-31T23:59:60Z", "2025-05-31T08:12:00+99:00"),
            ),
            Refused(
                "a timestamp with AM or PM",
                p.HALF_DAY,
                "Write hours from 00 to 23, and the offset",
                ("2025-05-31 08:12 PM", "05/31/2025 8:12:00 am"),
            ),
            Refused(
                "a timestamp with a zone's name",
                p.ZONE_NAME,
                "Write the offset of that hour in digits, such as +02:00",
                (
                    "2025-05-31T08:12:00 Europe/Berlin",
                    "2025-05-31 08:12:00 CEST",
                    "2025-05-31T08:12:00+02:00[Europe/Paris]",
                ),
            ),
            Refused(
                "a date with the day or the month first",
                p.OTHER_ORDER,
                f"{_DATE_ORDER}T08:12:00+02:00, with the offset",
                ("31/05/2025 08:12", "31.05.2025 08:12:00", "5/31/2025", "31-05-2025"),
            ),
            Refused(
                "a date in other separators than -",
                p.OTHER_SEPARATORS,
                f"{_DATE_ORDER}T08:12:00+02:00, with the offset",
                ("2025/05/31 08:12", "20250531T081200Z", "20250531"),
            ),
            Refused(
                "a date with the month in words",
                p.MONTH_WORD,
                f"{_DATE_ORDER}T08:12:00Z",
                ("Sat, 31 May 2025 08:12:00 GMT", "31-May-2025 08:12"),
            ),
            _epoch("seconds", "s", p.EPOCH_SECONDS, "1748679120", "1748679120.5"),
            _epoch("milliseconds", "ms", p.EPOCH_MILLISECONDS, "1748679120000"),
            _epoch("microseconds", "us", p.EPOCH_MICROSECONDS, "1748679120000000"),
            _epoch("nanoseconds", "ns", p.EPOCH_NANOSECONDS, "1748679120000000000"),
            Refused(
                "a number, perhaps Excel's count of days",
                p.EXCEL_DAYS,
                "Give the column a date format before saving, and write 2025-05-31T08:12:00+02:00",
                ("45808.341666",),
            ),
            _padded(p.WIDE_MOMENT, " 2025-05-31T08:12:00Z"),
        ),
        (Family.TEXT, Family.ZONED),
        {
            Family.NAIVE: f"Write timestamps with a time zone ({_IN_PANDAS}), or text that ends in Z or an offset",
            Family.DATE: "Write the time and its time zone too",
            Family.WHOLE: _FROM_EPOCH,
            Family.FLOATING: _FROM_EPOCH,
        },
    ),
    Type.DATE: Forms(
        (
            Accepted("year-month-day", p.DAY, ("2025-05-31",)),
            Accepted(
                "the same with a midnight, without an offset", p.MIDNIGHT, ("2025-05-31 00:00:00", "2025-05-31T00:00")
            ),
        ),
        (
            _word("NULL", "NaT", "0000-00-00"),
            Refused("a day that does not exist", p.MIDNIGHT, "Check the source's calendar", ("2025-02-30",)),
            Refused(
                "a date with a time of day",
                p.MOMENT_START,
                "Write the date alone",
                ("2025-05-31 08:12:00", "2025-05-31T00:00:00Z"),
            ),
            Refused(
                "a date with the day or the month first",
                p.OTHER_ORDER,
                _DATE_ORDER,
                ("31/05/2025", "31.05.2025", "5/31/2025"),
            ),
            Refused("a date in other separators than -", p.OTHER_SEPARATORS, _DATE_ORDER, ("20250531", "2025/05/31")),
            Refused("a date with the month in words", p.MONTH_WORD, _DATE_ORDER, ("31 May 2025", "31-May-2025")),
            Refused("a number", p.ANY_NUMBER, _DATE_ORDER, ("45808", "1748679120")),
            _padded(p.DAY, " 2025-05-31"),
        ),
        (Family.TEXT, Family.DATE, Family.NAIVE),
        {Family.ZONED: "Write the date alone: of which zone the day is meant, nobody knows"},
    ),
    Type.NUMBER: Forms(
        (Accepted("digits, a point, at most 4 decimals", p.DECIMAL, ("9.80", "-3", ".5", "2.0", "1.250000")),),
        (
            *_NUMBER_FAULTS,
            Refused("a number that is too large", p.DECIMAL, "Write less than 10^14", ("1" + "0" * 15,)),
            Refused("a number of more than 4 decimals", p.FINE, "Round it to 4 decimals", ("1.00001",)),
            _SEPARATED,
            _SCIENTIFIC,
        ),
        _NUMERIC,
    ),
    Type.INTEGER: Forms(
        (Accepted("digits; decimals that are zero", p.INTEGER, ("3", "3.0")),),
        (
            *_NUMBER_FAULTS[:3],
            Refused("a number that is too large", p.INTEGER, "Write at most 2147483647", ("99999999999",)),
            Refused("a number with decimals", p.FRACTION, "Write a whole number", ("3.5",)),
            _SEPARATED,
            _SCIENTIFIC,
        ),
        _NUMERIC,
    ),
    Type.BOOLEAN: Forms(
        (Accepted("true or false, 1 or 0", p.BOOLEAN, ("true", "False", "1", "0", "1.0")),),
        (
            _word("NULL", "None"),
            Refused(
                "another word for true or false",
                p.YES_OR_NO,
                "Write true or false",
                ("yes", "N", "t", "on", "ja"),
            ),
            _padded(p.BOOLEAN, " true"),
        ),
        (Family.TEXT, Family.BOOLEAN, Family.WHOLE, Family.FLOATING, Family.DECIMAL),
    ),
    Type.RATIO: Forms(
        (Accepted("a number with a point, also in scientific notation", p.ANY_NUMBER, ("0.25", "1e-3", "1")),),
        (*_NUMBER_FAULTS, _SEPARATED),
        _NUMERIC,
    ),
}


def forms_markdown() -> str:
    """All forms as Markdown; ``docs/landing.md`` holds the same text."""
    return "\n\n".join(_section(kind, forms) for kind, forms in FORMS.items())


def _section(kind: Type, forms: Forms) -> str:
    read = "\n".join(f"- {form.what}: {_quoted(form.examples)}" for form in forms.accepted)
    columns = ", ".join(family.value for family in forms.parquet)
    heading = f"### {kind.value}\n\n{read}\n- Parquet columns of {columns}; others may hold no values"
    if not forms.refused:
        return heading
    rows = "\n".join(f"| {form.kind} | {_quoted(form.examples)} | {form.remedy} |" for form in forms.refused)
    return f"{heading}\n\n| refused | such as | what helps |\n|---|---|---|\n{rows}"


def _quoted(examples: tuple[str, ...]) -> str:
    return ", ".join(f"`{example}`" for example in examples)
