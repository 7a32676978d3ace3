"""CSV records: Python's csv module reads them, and every physical line of what it cannot read is accounted for.

A quoted text may hold line breaks, so a record begins on one line and ends on the same or a later one. Where its
quotes do not close as they must, nobody can tell which of the following lines lie inside the text that was opened.
Each of them is refused until one comes that can only be a record of its own.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ml.landing.contract import MAX_LINE_BYTES
from ml.landing.csv_layout import Layout
from ml.landing.refusal import Refusal
from ml.landing.schema import Type
from ml.landing.text_lines import Line, Lines, bare_breaks

Values = list[str | None]
Records = Iterator[tuple[int, Values | Refusal]]

NOT_CLOSED = "a quote is not closed"
_ROWS_IN_A_TEXT = 10
"""A quoted text whose lines all look like records, so many of them, is taken for records that lost a quote."""
_UNSWAP = str.maketrans("\r\n", "\n\r")
_DOUBLED = 'Write a quote inside a quoted text twice (""), and close the text before the next comma or line end'
csv.field_size_limit(MAX_LINE_BYTES)


@dataclass(frozen=True)
class Taken:
    """The physical lines that a record took, and its fields, or what was wrong with its quotes."""

    lines: list[Line]
    fields: list[str]
    fault: str | None = None


def take_record(first: Line, lines: Lines, separator: str) -> Taken:
    """Read one record that begins on the line ``first``; takes more lines while a quote is open."""
    taken = [first]

    def feed() -> Iterator[str]:
        yield _text(first) + "\n"
        size = len(first[1])
        while size <= MAX_LINE_BYTES and (line := lines.more()) is not None:
            taken.append(line)
            size += len(line[1])
            yield _text(line) + "\n"

    try:
        fields = next(csv.reader(feed(), delimiter=separator, strict=True))
    except csv.Error as broken:
        return Taken(taken, [], _fault(str(broken)))
    if lines.are_swapped and len(taken) > 1:
        fields = [field.translate(_UNSWAP) for field in fields]
    return Taken(taken, fields)


def _text(line: Line) -> str:
    return line[1].decode("utf-8", "surrogateescape")


def _fault(told: str) -> str:
    if "end of data" in told:
        return NOT_CLOSED
    return "a text goes on behind its closing quote" if "expected after" in told else "a CR stands outside of quotes"


def csv_records(lines: Lines, layout: Layout) -> Records:
    """The records behind the header: values, or why there are none, with the line that each begins on."""
    return _Reader(lines, layout).records()


class _Reader:
    """Reads records. From the line ``since`` on it is not certain whether a quote is open.

    Where a text was opened and broke, ``until`` is the line on which it did.
    """

    def __init__(self, lines: Lines, layout: Layout) -> None:
        self.lines, self.layout = lines, layout
        self.width = len(layout.header)
        self.since: int | None = None
        self.until = 0

    def records(self) -> Records:
        width, separator, places, header = self.width, self.layout.separator, self.layout.places, self.layout.header
        for number, line in self.lines:
            if self.since is not None or b"\r" in line[:-1]:
                yield from self._careful((number, line))
                continue
            try:
                text = line.decode().rstrip("\r")
                is_quoted = '"' in text
                fields = _one_line(text, separator) if is_quoted else text.split(separator)
            except (UnicodeDecodeError, csv.Error):
                yield from self._careful((number, line))
                continue
            if len(fields) == width and fields != header and (width > 1 or line.strip()):
                yield number, [fields[place] for place in places]
            elif line.strip():
                yield number, self._misfit(fields, len(text))

    def _careful(self, first: Line) -> Records:
        """The record that begins on ``first``, which is no simple line, or comes after quotes out of balance."""
        if not first[1].strip():
            return
        taken = take_record(first, self.lines, self.layout.separator)
        if taken.fault and taken.fault != NOT_CLOSED:
            self.until = taken.lines[-1][0]
        if self.since is not None and (taken.fault or not self._is_certain(taken)):
            yield from self._only_first(taken, _unbalanced(self.since))
        elif taken.fault:
            if b'"' in first[1]:
                self.since = first[0]
            yield from self._only_first(taken, Refusal(None, _size(first), taken.fault, _remedy(taken.fault)))
        else:
            self.since = None
            yield from self._whole(taken)

    def _only_first(self, taken: Taken, refusal: Refusal) -> Records:
        """Refuse the first line; those behind it are looked at again."""
        self.lines.give_back(taken.lines[1:])
        return _each(taken.lines[:1], refusal)

    def _whole(self, taken: Taken) -> Records:
        refusal = self._refusal(taken)
        if refusal is None:
            yield taken.lines[0][0], [taken.fields[place] for place in self.layout.places]
        else:
            yield from _each(taken.lines, refusal)

    def _refusal(self, taken: Taken) -> Refusal | None:
        """Why a record whose quotes close is not to be used."""
        size = sum(len(line) for _, line in taken.lines)
        if len(taken.fields) != self.width or taken.fields == self.layout.header:
            return self._misfit(taken.fields, size)
        try:
            "".join(taken.fields).encode()
        except UnicodeEncodeError:
            return _not_utf8()
        for column, place in zip(self.layout.columns, self.layout.places, strict=True):
            field = taken.fields[place]
            if ("\n" in field or "\r" in field) and (column.type is not Type.TEXT or column.one_of):
                reason = f"{column.name} holds a line break; is a quote missing?"
                return Refusal(column.name, f"text of {len(field)} characters", reason, _DOUBLED)
        return _swallowed() if self._holds_records(taken.lines[1:-1]) else None

    def _misfit(self, fields: list[str], size: int) -> Refusal:
        if fields == self.layout.header:
            kind = f"a line of {size} characters"
            return Refusal(None, kind, "the header comes again", "Write the header once, as the first line")
        return _misfit(len(fields), self.width, size)

    def _holds_records(self, inner: list[Line]) -> bool:
        """Whether the lines inside a quoted text look as if a missing quote had swallowed records."""
        if not inner:
            return False
        split = [_text(line).rstrip("\r").split(self.layout.separator) for line in inner]
        alike = [fields for fields in split if len(fields) == self.width]
        return len(split) == len(alike) >= _ROWS_IN_A_TEXT or any(
            self.layout.has_typed_values(fields) for fields in alike
        )

    def _is_certain(self, taken: Taken) -> bool:
        """Whether a line after unbalanced quotes can only be a record.

        Its values are of the types that their columns ask for, or it has a quoted field that would be none
        if a quote were open before it.
        """
        text = _text(taken.lines[0]).rstrip("\r")
        if taken.lines[0][0] == self.until or len(taken.fields) != self.width or self._refusal(taken):
            return False
        is_later = taken.lines[0][0] > self.until
        return (is_later and self.layout.has_own_quotes(text)) or (
            len(taken.lines) == 1 and self.layout.has_typed_values(taken.fields)
        )


def _one_line(text: str, separator: str) -> list[str]:
    """The fields of a record whose quotes close on its line; raises csv.Error where they do not."""
    return next(csv.reader((text,), delimiter=separator, strict=True))


@lru_cache(maxsize=1000)
def _misfit(found: int, width: int, size: int) -> Refusal:
    reason = f"the line has {found} fields where the header has {width}"
    return Refusal(None, f"a line of {size} characters", reason, "Quote texts that hold separators")


def _each(lines: list[Line], refusal: Refusal) -> Records:
    """The same refusal for every physical line that is not blank, those that end by a bare CR among them."""
    for number, line in lines:
        pieces = line.rstrip(b"\r").split(b"\r") if bare_breaks(line) else [line]
        for offset, piece in enumerate(pieces):
            if piece.strip():
                yield number + offset, refusal


def _size(line: Line) -> str:
    return f"a line of {len(line[1])} characters"


def _remedy(fault: str) -> str:
    return "End all lines by LF or CR LF, and quote texts that hold a CR" if "CR" in fault else _DOUBLED


def _unbalanced(since: int) -> Refusal:
    return Refusal(None, "a line that may lie in an open text", f"the quotes of line {since} do not close", _DOUBLED)


def _swallowed() -> Refusal:
    return Refusal(
        None, "lines inside one text", "a quoted text holds lines that look like records; is a quote missing?", _DOUBLED
    )


def _not_utf8() -> Refusal:
    return Refusal(None, "bytes that are no UTF-8", "the line is not UTF-8", "Save the file as UTF-8 (CSV UTF-8)")
