"""JSON lines: one object per line, with the names that the contract does not know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ml.landing.csv_records import Records, Values
from ml.landing.refusal import Refusal
from ml.landing.schema import Column, LandingTable, Type
from ml.landing.text_lines import Lines, bare_breaks

_MAX_UNKNOWN = 1_000
_NO_JSON = "Write one JSON object per line, each name once, without [ ] around them or commas between"


class Fraction(str):
    """A number that was written with a point or an exponent, digit by digit."""


class Constant(str):
    """NaN or an infinity, which Python and pandas write though JSON has no such values."""


def json_records(lines: Lines, table: LandingTable, unknown: dict[str, None]) -> Records:
    """The records of a file; names beside the contract's are added to ``unknown`` (of very many, the first)."""
    known = frozenset(table.names)
    for number, line, record in json_objects(lines):
        if isinstance(record, Refusal):
            yield number, record
            continue
        extra = record.keys() - known
        if extra and len(unknown) < _MAX_UNKNOWN:
            unknown.update(dict.fromkeys(name for name in record if name in extra))
        yield number, _values(record, table, line)


def json_objects(lines: Lines) -> Iterator[tuple[int, str, dict[str, Any] | Refusal]]:
    """The objects of a file, of any depth: line number, the line, and the object or why there is none.

    Numbers are texts, digit by digit; those with a point or an exponent are of the class ``Fraction``.
    """
    decoder = json.JSONDecoder(parse_float=Fraction, parse_int=str, parse_constant=Constant, object_pairs_hook=_object)
    for number, line in lines:
        if not line.strip():
            continue
        if b"\r" in line and bare_breaks(line):
            yield from ((place, "", refusal) for place, refusal in _broken(number, line))
            continue
        try:
            text = line.decode()
        except UnicodeDecodeError:
            refusal = Refusal(None, "bytes that are no UTF-8", "the line is not UTF-8", "Save the file as UTF-8")
            yield number, "", refusal
            continue
        yield number, text, _parsed(decoder, text)


def _broken(number: int, line: bytes) -> Iterator[tuple[int, Refusal]]:
    for offset, piece in enumerate(line.rstrip(b"\r").split(b"\r")):
        if piece.strip():
            kind, reason = f"a line of {len(piece)} characters", "a bare CR ends a line where LF ended the first"
            yield number + offset, Refusal(None, kind, reason, "End all lines by LF or CR LF")


def _parsed(decoder: json.JSONDecoder, line: str) -> dict[str, Any] | Refusal:
    kind = f"a line of {len(line)} characters"
    try:
        record = decoder.decode(line)
    except (ValueError, RecursionError):
        return Refusal(None, kind, "the line is not JSON", _NO_JSON)
    if not isinstance(record, dict):
        return Refusal(None, kind, "the line is JSON but no object", 'Write objects: {"column": value}')
    return record


def _values(record: dict[str, Any], table: LandingTable, line: str) -> Values | Refusal:
    refusal = next(filter(None, (_unfit(column, record.get(column.name)) for column in table.columns)), None)
    if refusal:
        return refusal
    values = [json_text(record.get(name)) for name in table.names]
    if "\\u" in line and not is_encodable(values):
        return half_a_character(line)
    return values


def half_a_character(line: str) -> Refusal:
    """The refusal of a line of which a value ``is_encodable`` not."""
    kind = f"a line of {len(line)} characters"
    return Refusal(None, kind, "the line holds half a character", "Write characters beyond U+FFFF as UTF-8")


def _unfit(column: Column, value: object) -> Refusal | None:
    """Why a JSON value cannot be one of a column, whatever it says: of what type it is decides as in Parquet."""
    name = column.name
    if value is None or type(value) is str:
        return None
    if isinstance(value, dict | list):
        return Refusal(name, "an object or a list", f"{name} is nested", "Write plain values")
    if isinstance(value, Constant) and (value != "NaN" or column.required):
        kind = "NaN, a missing value" if value == "NaN" else "infinite"
        return Refusal(name, kind, f"{name} is {kind}", "Write null, or leave the name out")
    if column.type is Type.ID and isinstance(value, Fraction):
        remedy = "Write ids as text; ids as floating-point numbers lose digits"
        return Refusal(name, "a number with a point or an exponent", f"{name} is no whole number and no text", remedy)
    if column.type is Type.ID and isinstance(value, bool):
        return Refusal(name, "true or false", f"{name} is true or false", "Write ids as text")
    return None


def is_encodable(values: Values) -> bool:
    """Whether no text holds half of a surrogate pair."""
    try:
        "".join(filter(None, values)).encode()
    except UnicodeEncodeError:
        return False
    return True


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("a name is repeated")
    return record


def json_text(value: object) -> str | None:
    """A plain value as a CSV would hold it; NaN, where a value may be missing, is none."""
    if value is None or isinstance(value, Constant):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
