"""The physical lines of a text file, whatever its packing, encoding and line ends.

Packing and encoding are told from the content, not from the name. Everything comes out as UTF-8 bytes.
A file ends its lines by LF (or CR LF) or, when its first line does, by bare CR.
"""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn, cast

from ml.landing.contract import MAX_LINE_BYTES
from ml.landing.limits import Limits
from ml.landing.refusal import Refusal, RefusedFileError

Line = tuple[int, bytes]
"""A line's number from 1 and its bytes without the LF that ended it; a CR may stand at its end."""

_READ_BYTES = 1 << 20
_GZIP = b"\x1f\x8b"
_FOREIGN = (
    (b"PK\x03\x04", "a ZIP archive (or an Excel workbook)", "Unpack it, or save it as CSV UTF-8"),
    (b"PAR1", "Parquet", "Let its name end in .parquet"),
    (b"\x28\xb5\x2f\xfd", "packed by zstd", "Pack it by gzip, or not at all"),
    (b"BZh", "packed by bzip2", "Pack it by gzip, or not at all"),
    (b"\xfd7zXZ\x00", "packed by xz", "Pack it by gzip, or not at all"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save it as CSV UTF-8"),
    (b"%PDF", "a PDF", "Save the table as CSV UTF-8"),
    (b"SQLite format 3", "an SQLite database", "Export the table as CSV UTF-8"),
    (_GZIP, "packed by gzip twice", "Pack it once"),
)
_BINARY = re.compile(rb"[\0-\x08\x0e-\x1f\x80-\xff]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = (
    (re.compile(rb"[^\0]\0\0\0", re.DOTALL), "utf-32-le"),
    (re.compile(rb"\0\0\0[^\0]", re.DOTALL), "utf-32-be"),
    (re.compile(rb"[^\0]\0[^\0]\0", re.DOTALL), "utf-16-le"),
    (re.compile(rb"\0[^\0]\0[^\0]", re.DOTALL), "utf-16-be"),
)
"""How two ASCII characters look in them: a header, or the start of a JSON object."""
_OUTSIDE_QUOTES = re.compile(rb'(?:"[^"]*"|[^"\r\n])*')
_SWAP = bytes.maketrans(b"\r\n", b"\n\r")


class Lines:
    """A file's lines, blank ones included; whoever took too many can give them back.

    ``are_swapped`` says that the file's lines end by bare CR. CR and LF are then exchanged in what comes out. With
    ``prefers_lf`` a file ends its lines by LF as soon as its first block holds one.
    """

    def __init__(self, path: Path, limits: Limits, *, quoted: bool, prefers_lf: bool = False) -> None:
        self.consumed = 0
        self._limits = limits
        self._back: deque[Line] = deque()
        blocks = _decoded(_unpacked(path))
        first = _first_blocks(blocks)
        self.are_swapped = _ends_by_bare_cr(first, quoted=quoted) and not (prefers_lf and b"\n" in first)
        self._fresh = self._split(first, blocks)

    def __iter__(self) -> Iterator[Line]:
        while True:
            while self._back:
                yield self._back.popleft()
            for line in self._fresh:
                yield line
                if self._back:
                    break
            else:
                if not self._back:
                    return

    def more(self) -> Line | None:
        """The next line; None at the end."""
        return self._back.popleft() if self._back else next(self._fresh, None)

    def give_back(self, taken: list[Line]) -> None:
        """Let these lines come again, before all others."""
        self._back.extendleft(reversed(taken))

    def _split(self, first: bytes, blocks: Iterator[bytes]) -> Iterator[Line]:
        number, tail = 0, b""
        for block in _chained(first, blocks):
            self.consumed += len(block)
            self._limits.check_bytes(self.consumed)
            if not tail and block.count(b"\n") == len(block):  # a bomb, as a rule: one "line" says the same
                yield number + 1, block[:-1]
                number += len(block)
                self._limits.check_rows(number)
                continue
            *whole, tail = (tail + (block.translate(_SWAP) if self.are_swapped else block)).split(b"\n")
            self._limits.check_rows(number + len(whole))
            for line in whole:
                number += 1
                yield number, line
                if b"\r" in line:
                    number += bare_breaks(line)
            if len(tail) > MAX_LINE_BYTES:
                raise RefusedFileError(
                    Refusal(None, "a line without an end", "a line is longer than 16 MiB", "End records with a newline")
                )
        if tail:
            yield number + 1, tail


def bare_breaks(line: bytes) -> int:
    """How many CR stand inside a line, not at its end."""
    return line.rstrip(b"\r").count(b"\r")


def _chained(first: bytes, blocks: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from blocks


def _first_blocks(blocks: Iterator[bytes]) -> bytes:
    """What comes up to the first line's end, and what follows it closely enough to tell CR LF from CR."""
    first = b""
    for block in blocks:
        first += block
        if b"\n" in first or b"\r" in first[:-1] or len(first) > MAX_LINE_BYTES:
            break
    return first


def _ends_by_bare_cr(first: bytes, *, quoted: bool) -> bool:
    """Whether the first line ends by CR alone; line breaks inside the quotes of a CSV's header do not count."""
    begins = _OUTSIDE_QUOTES.match(first) if quoted else None
    ends = re.compile(rb"\r+\n?|\n").search(first, begins.end() if begins else 0)
    return ends is not None and not ends.group().endswith(b"\n")


def _unpacked(path: Path) -> Iterator[bytes]:
    """The file's bytes in blocks, unpacked where they are gzip, whatever the name says.

    Raises:
        RefusedFileError: it ends too early, or is of a format that is no text.
        OSError: the disk failed; the file may be good.
    """
    with path.open("rb") as raw:
        is_packed = raw.peek(2)[:2] == _GZIP
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if is_packed else raw
        begins = True
        try:
            while block := stream.read(_READ_BYTES):
                if begins:
                    _refuse_foreign(block)
                    begins = False
                yield block
        except (EOFError, OSError, zlib.error) as broken:
            if isinstance(broken, OSError) and broken.errno is not None:
                raise  # gzip's own errors carry no number
            _refuse_unreadable(broken)


def _refuse_foreign(block: bytes) -> None:
    if not _BINARY.search(block[:64]):
        return
    for magic, what, remedy in _FOREIGN:
        if block.startswith(magic):
            raise RefusedFileError(Refusal(None, "a file of another format", f"the content is {what}", remedy))


def _refuse_unreadable(broken: Exception) -> NoReturn:
    cause = "truncated" if isinstance(broken, EOFError) else "its packing is damaged"
    reason = f"the file cannot be read to its end ({cause})"
    raise RefusedFileError(Refusal(None, "unreadable bytes", reason, "Pack and upload it again")) from broken


def _decoded(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks as UTF-8 without a byte order mark; bytes that are no UTF-8 are left for the lines to be judged."""
    first = next(blocks, b"")
    mark, encoding = _encoding(first)
    rest = _chained(first.removeprefix(mark), blocks)
    if encoding == "utf-8":
        yield from rest
        return
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for block in rest:
            yield decoder.decode(block).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as broken:
        reason = f"the file begins as {encoding.upper()} and does not go on so"
        raise RefusedFileError(Refusal(None, "broken encoding", reason, "Save the file as UTF-8")) from broken


def _encoding(first: bytes) -> tuple[bytes, str]:
    """The byte order mark, or nothing, and the encoding."""
    for mark, encoding in _MARKS:
        if first.startswith(mark):
            return mark, encoding
    return b"", next((encoding for shape, encoding in _UNMARKED if shape.match(first)), "utf-8")
