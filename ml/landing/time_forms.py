"""Accepted forms of timestamps and dates."""

from __future__ import annotations

from typing import Final

from ml.landing import patterns as p
from ml.landing.form import Accepted, Family, Forms, Refused, a_word, spaces_around

_DATE_ORDER: Final = "Write year-month-day: 2025-05-31"
_IN_PANDAS: Final = "in pandas: series.dt.tz_localize(zone); in Spark also outputTimestampType=TIMESTAMP_MICROS"
_FROM_EPOCH: Final = "Write timestamps with a time zone (in pandas: pd.to_datetime(series, unit='s', utc=True))"
_EPOCH_REMEDY: Final = (
    "Write it as UTC text, 2025-05-31T08:12:00Z (in pandas: pd.to_datetime(series, unit=UNIT, utc=True))"
)


def _epoch(unit: str, short: str, pattern: str, *examples: str) -> Refused:
    return Refused(
        f"a number, perhaps {unit} since 1970", pattern, _EPOCH_REMEDY.replace("UNIT", f"'{short}'"), examples
    )


TIMESTAMP: Final = Forms(
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
        a_word("NULL", "NaT", "0000-00-00 00:00:00"),
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
        spaces_around(p.WIDE_MOMENT, " 2025-05-31T08:12:00Z"),
    ),
    (Family.TEXT, Family.ZONED),
    {
        Family.NAIVE: f"Write timestamps with a time zone ({_IN_PANDAS}), or text that ends in Z or an offset",
        Family.DATE: "Write the time and its time zone too",
        Family.WHOLE: _FROM_EPOCH,
        Family.FLOATING: _FROM_EPOCH,
    },
)

DATE: Final = Forms(
    (
        Accepted("year-month-day", p.DAY, ("2025-05-31",)),
        Accepted(
            "the same with a midnight, without an offset", p.MIDNIGHT, ("2025-05-31 00:00:00", "2025-05-31T00:00")
        ),
    ),
    (
        a_word("NULL", "NaT", "0000-00-00"),
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
        spaces_around(p.DAY, " 2025-05-31"),
    ),
    (Family.TEXT, Family.DATE, Family.NAIVE),
    {Family.ZONED: "Write the date alone: of which zone the day is meant, nobody knows"},
)
