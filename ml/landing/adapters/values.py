"""Values of sources as the contract's forms expect them. What cannot be converted stays as it is, for them to judge."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from ml.landing import patterns
from ml.landing.adapters.kind import UnusableRecord
from ml.landing.contract import LAST_YEAR
from ml.landing.json_records import Constant, json_text
from ml.landing.refusal import Refusal

_NUMBER: Final = re.compile(patterns.ANY_NUMBER, re.ASCII)
_NAIVE: Final = re.compile(patterns.NAIVE_MOMENT, re.ASCII)
_COUNT: Final = re.compile(r"\d{1,20}(\.\d*)?", re.ASCII)
_NO_VALUE: Final = re.compile(patterns.NO_VALUE)
_PER_SECOND: Final = {"seconds": 1, "microseconds": 1_000_000}
_FOUR_DECIMALS: Final = Decimal("0.0001")
_LARGEST_EXPONENT: Final = 15
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)


def digest(*parts: str | None) -> str:
    """An id of what has none: equal parts give equal ids, in every run."""
    joined = "\x1f".join("\x00" if part is None else part for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def plain(record: Mapping[str, Any], column: str) -> str | None:
    """The text of a column; None where it is empty or missing.

    Raises:
        UnusableRecord: it holds an object, a list or an infinity.
    """
    value = record.get(column)
    if isinstance(value, dict | list):
        raise UnusableRecord(Refusal(column, "an object or a list", f"{column} is nested", "Write plain values"))
    if isinstance(value, Constant) and value != "NaN":
        raise UnusableRecord(Refusal(column, "infinite", f"{column} is infinite", "Write null, or leave the name out"))
    text = json_text(value)
    return None if text is None or not text.strip() else text


def nested(record: Mapping[str, Any], column: str) -> Mapping[str, Any]:
    """The object in a column; an empty one where it is missing.

    Raises:
        UnusableRecord: it holds something else.
    """
    value = record.get(column)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise UnusableRecord(_not_of_shape(column, "an object"))
    return value


def objects(record: Mapping[str, Any], column: str) -> list[Mapping[str, Any]]:
    """The objects of the list in a column; none where it is missing.

    Raises:
        UnusableRecord: it holds something else.
    """
    value = record.get(column)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise UnusableRecord(_not_of_shape(column, "a list of objects"))
    return value


def known(text: str | None) -> str | None:
    """A text, unless it is a tool's word for a missing one, such as ``(not set)``."""
    return None if text is None or _NO_VALUE.fullmatch(text) else text


def from_epoch(record: Mapping[str, Any], column: str, unit: str = "seconds") -> str | None:
    """A count since 1970-01-01 UTC as the contract's text; None where it is missing.

    Raises:
        UnusableRecord: it is no such count, or lies behind the last year that landing knows.
    """
    text = plain(record, column)
    if text is None:
        return None
    if _COUNT.fullmatch(text):
        micros = int(Decimal(text) * (1_000_000 // _PER_SECOND[unit]))
        if micros < (LAST_YEAR - 1969) * 366 * 86_400 * 1_000_000:
            return (_START + timedelta(microseconds=micros)).isoformat()
    kind = "a number" if _NUMBER.fullmatch(text) else f"text of {len(text)} characters"
    reason = f"{column} is no count of {unit} since 1970"
    raise UnusableRecord(Refusal(column, kind, reason, f"Write {unit} since 1970-01-01 00:00 UTC as a number"))


def in_utc(text: str | None) -> str | None:
    """A time that its source gives in UTC without saying so, with a Z."""
    return f"{text}Z" if text is not None and _NAIVE.fullmatch(text) else text


def rounded(text: str | None) -> str | None:
    """A floating-point number rounded to 4 decimals, half away from zero; whatever is no number stays."""
    value = number(text)
    return text if value is None else _text(value)


def amount(price: str | None, quantity: str | None, less: str | None = None) -> str | None:
    """Price times quantity (1 where it is missing) less a discount, rounded to 4 decimals; None without a price.

    A part that is no number is given back instead, so that the contract's forms refuse it by its own name.
    """
    if price is None:
        return None
    parts = [price, quantity or "1", less or "0"]
    numbers = [number(part) for part in parts]
    wrong = next((part for part, value in zip(parts, numbers, strict=True) if value is None), None)
    if wrong is not None:
        return wrong
    each, pieces, off = (value for value in numbers if value is not None)
    return _text(each * pieces - off)


def unsigned(text: str | None) -> str | None:
    """A number without its minus sign."""
    return text[1:] if text is not None and text.startswith("-") and _NUMBER.fullmatch(text) else text


def number(text: str | None) -> Decimal | None:
    """A number that money or pieces can be; None for everything else."""
    if text is None or len(text) > 100 or not _NUMBER.fullmatch(text):
        return None
    value = Decimal(text)
    return value if value.adjusted() < _LARGEST_EXPONENT else None


def first_of(text: str | None, separator: str) -> str | None:
    """The first of several values in one text."""
    return text.split(separator)[0].strip() or None if text else None


def _text(value: Decimal) -> str:
    text = f"{value.quantize(_FOUR_DECIMALS, ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".")


def _not_of_shape(column: str, shape: str) -> Refusal:
    return Refusal(
        column, "another shape", f"{column} is not {shape}", f"Write {column} as {shape}, as the source does"
    )
