"""Accepted forms of numbers and flags."""

from __future__ import annotations

from typing import Final

from ml.landing import patterns as p
from ml.landing.form import EMPTY, Accepted, Family, Forms, Refused, a_word, spaces_around

_PLAIN: Final = "Write a point before the decimals and nothing between thousands: 1234.50"
_DIGITS: Final = "Write all digits (Excel: give the column the number format 0.00 before saving)"
_NUMERIC: Final = (Family.TEXT, Family.WHOLE, Family.FLOATING, Family.DECIMAL)
_NUMBER_FAULTS: Final = (
    a_word("N/A", "NULL", "nan", "-", "#DIV/0!"),
    Refused("infinite", p.INFINITE, EMPTY, ("inf", "-Infinity")),
    spaces_around(p.ANY_NUMBER, " 9.80", "9.80 "),
    Refused(
        "an amount with a currency sign or code",
        p.MONEY,
        "Write the number alone, and the currency's code in the column currency",
        ("€ 9.80", "$9.80", "9,80 €", "EUR 9.80", "9.80 USD", "1.234,50 EUR"),
    ),
    Refused("a percentage", p.PERCENT, "Write the number that is meant, without the sign %", ("10%", "12.5 %")),
    Refused("a negative number in brackets", p.BRACKETS, "Write the sign in front: -9.80", ("(9.80)", "9.80-")),
)
_SEPARATED: Final = Refused(
    "a number with a comma or thousands", p.SEPARATED, _PLAIN, ("9,80", "1,234.50", "1.234,50", "1 234.50", "1'234.50")
)
_SCIENTIFIC: Final = Refused("in scientific notation", p.SCIENTIFIC, _DIGITS, ("1.23E+12", "1e3", "1.5E+01"))

NUMBER: Final = Forms(
    (Accepted("digits, a point, at most 4 decimals", p.DECIMAL, ("9.80", "-3", ".5", "2.0", "1.250000")),),
    (
        *_NUMBER_FAULTS,
        Refused("a number that is too large", p.DECIMAL, "Write less than 10^14", ("1" + "0" * 15,)),
        Refused("a number of more than 4 decimals", p.FINE, "Round it to 4 decimals", ("1.00001",)),
        _SEPARATED,
        _SCIENTIFIC,
    ),
    _NUMERIC,
)

INTEGER: Final = Forms(
    (Accepted("digits; decimals that are zero", p.INTEGER, ("3", "3.0")),),
    (
        *_NUMBER_FAULTS[:3],
        Refused("a number that is too large", p.INTEGER, "Write at most 2147483647", ("99999999999",)),
        Refused("a number with decimals", p.FRACTION, "Write a whole number", ("3.5",)),
        _SEPARATED,
        _SCIENTIFIC,
    ),
    _NUMERIC,
)

BOOLEAN: Final = Forms(
    (Accepted("true or false, 1 or 0", p.BOOLEAN, ("true", "False", "1", "0", "1.0")),),
    (
        a_word("NULL", "None"),
        Refused(
            "another word for true or false",
            p.YES_OR_NO,
            "Write true or false",
            ("yes", "N", "t", "on", "ja"),
        ),
        spaces_around(p.BOOLEAN, " true"),
    ),
    (Family.TEXT, Family.BOOLEAN, Family.WHOLE, Family.FLOATING, Family.DECIMAL),
)

RATIO: Final = Forms(
    (Accepted("a number with a point, also in scientific notation", p.ANY_NUMBER, ("0.25", "1e-3", "1")),),
    (*_NUMBER_FAULTS, _SEPARATED),
    _NUMERIC,
)
