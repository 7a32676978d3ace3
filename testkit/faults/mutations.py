"""Landing files that went wrong on their way, and an oracle that knows which of their rows nothing happened to."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

DAY = date(2025, 3, 3)
COLUMNS = ("event_id", "user_id", "item_id", "event_type", "event_ts", "quantity")
ROWS = 6
Row = dict[str, str]


@dataclass(frozen=True)
class Mutated:
    """A file's ending and bytes, and what must come of it.

    ``safe`` are the rows that must arrive as they were; ``most`` bounds what may be accepted at all;
    ``records`` is what the file holds where that is known; ``whole`` says that it may be refused as one.
    ``only_written`` says that no row may be accepted that was not written as one.
    """

    ending: str
    content: bytes
    safe: tuple[Row, ...]
    most: int = ROWS
    records: int | None = ROWS
    whole: bool = False
    all_or_nothing: bool = False
    only_written: bool = False


Mutation = Callable[[random.Random, list[Row]], Mutated]


def rows(chance: random.Random, day: date = DAY) -> list[Row]:
    """Good rows; ids so long that no flipped bit makes one another's."""
    dawn = datetime.combine(day, time(), UTC)
    return [
        {
            "event_id": f"{chance.getrandbits(64):016x}",
            "user_id": f"u{chance.getrandbits(32):08x}",
            "item_id": f"i{chance.getrandbits(32):08x}",
            "event_type": chance.choice(("purchase", "view_item", "add_to_cart")),
            "event_ts": (dawn + timedelta(seconds=chance.randrange(86_400))).isoformat(),
            "quantity": str(chance.randint(1, 99)),
        }
        for _ in range(ROWS)
    ]


def _csv(good: list[Row], columns: tuple[str, ...] = COLUMNS) -> list[bytes]:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(good)
    return text.getvalue().encode().splitlines(keepends=True)


def _lines(ending: str, good: list[Row]) -> tuple[list[bytes], int]:
    """The lines of a text file and how many come before the first row."""
    if ending == "csv":
        return _csv(good), 1
    return [json.dumps(row).encode() + b"\n" for row in good], 0


def _text(chance: random.Random, good: list[Row]) -> tuple[str, list[bytes], int, int]:
    """A format, its lines, how many come before the first row, and a row to hurt."""
    ending = chance.choice(("csv", "jsonl"))
    lines, first = _lines(ending, good)
    return ending, lines, first, chance.randrange(ROWS)


def others(good: list[Row], hurt: int) -> tuple[Row, ...]:
    return tuple(row for number, row in enumerate(good) if number != hurt)


def flipped(chance: random.Random, good: list[Row]) -> Mutated:
    """A byte of a row becomes any other, a line break and a quote included."""
    ending, lines, first, hurt = _text(chance, good)
    line = bytearray(lines[first + hurt])
    line[chance.randrange(len(line) - 1)] ^= chance.randrange(1, 256)
    lines[first + hurt] = bytes(line)
    return Mutated(ending, b"".join(lines), others(good, hurt), most=ROWS + 1, records=None)


def cut(chance: random.Random, good: list[Row]) -> Mutated:
    """The file ends too early, anywhere behind its first line."""
    ending, lines, first, _ = _text(chance, good)
    content = b"".join(lines)
    kept = content[: chance.randrange(len(lines[0]), len(content))]
    whole_lines = kept.count(b"\n") - first
    return Mutated(ending, kept, tuple(good[:whole_lines]), records=None)


def doubled(chance: random.Random, good: list[Row]) -> Mutated:
    """A line comes twice: the second is a repeated key."""
    ending, lines, first, hurt = _text(chance, good)
    lines.insert(chance.randrange(first + hurt + 1, len(lines) + 1), lines[first + hurt])
    return Mutated(ending, b"".join(lines), tuple(good), records=ROWS + 1)


WRONG = (
    *(("event_id", ""), ("event_id", "   "), ("user_id", ""), ("item_id", ""), ("event_id", "e\0x")),
    *(("event_type", "bought"), ("event_type", ""), ("event_ts", "yesterday"), ("event_ts", "2025-02-30T00:00:00Z")),
    *(("event_ts", "2025-03-03 09:00:00"), ("event_ts", "9999-12-31T00:00:00Z"), ("event_ts", "1900-01-01T00:00:00Z")),
    *(("quantity", "two"), ("quantity", "9" * 40), ("quantity", "1e999"), ("quantity", "NaN"), ("quantity", "0.00001")),
    *(("quantity", "--1"), ("quantity", "1,5"), ("quantity", "0x10"), ("user_id", "\0")),
    *(("user_id", "nan"), ("item_id", "NULL"), ("event_id", "#N/A"), ("user_id", "17850.0"), ("item_id", "1.23E+12")),
    *(("user_id", "true"), ("user_id", " s01"), ("event_ts", "31/05/2025 08:12"), ("event_ts", "1748679120")),
    *(("quantity", "$2"), ("quantity", "2 EUR"), ("quantity", "N/A"), ("event_ts", "2025-03-03T09:00:00+99:00")),
)


def wrong(chance: random.Random, good: list[Row]) -> Mutated:
    """A value of the wrong type, out of range, empty or with a NUL byte, in any format."""
    ending, hurt = chance.choice(("csv", "jsonl", "parquet")), chance.randrange(ROWS)
    column, value = chance.choice(WRONG)
    bad = [{**row, column: value} if number == hurt else row for number, row in enumerate(good)]
    content = _parquet(bad) if ending == "parquet" else b"".join(_lines(ending, bad)[0])
    return Mutated(ending, content, others(good, hurt), most=ROWS - 1)


def broken_line(chance: random.Random, good: list[Row]) -> Mutated:
    """A line that is none: other encoding, too many or few fields, an open quote, no object."""
    ending, lines, first, hurt = _text(chance, good)
    line = lines[first + hurt].removesuffix(b"\n")
    any_format = [line[:5] + b"\xe9" + line[5:], line[: len(line) // 2], b"null", b"\xff" + line]
    only_csv = [line + b",more", b'"' + line, b",".join(line.split(b",")[:-1])]
    only_json = [line + line, line[:-1] + b', "event_id": "twice"}', b"[" + line + b"]", b'{"event_id": {"a": 1}}']
    lines[first + hurt] = chance.choice(any_format + (only_csv if ending == "csv" else only_json)) + b"\n"
    return Mutated(ending, b"".join(lines), others(good, hurt), most=ROWS - 1)


def dressed(chance: random.Random, good: list[Row]) -> Mutated:
    """What looks odd and is right: other column order, byte order mark, Windows line ends, blank lines, gzip."""
    columns = tuple(chance.sample(COLUMNS, len(COLUMNS)))
    lines = _csv(good, columns) if chance.random() < 0.7 else _lines("jsonl", good)[0]
    ending = "csv" if lines[0].startswith(columns[0].encode()) else "jsonl"
    if chance.random() < 0.5:
        lines = [line.replace(b"\n", b"\r\n") for line in lines]
    if chance.random() < 0.5:
        lines.insert(chance.randrange(1, len(lines) + 1), b" \n")
    content = chance.choice((b"", b"\xef\xbb\xbf")) + b"".join(lines)
    if chance.random() < 0.3:
        return Mutated(f"{ending}.gz", gzip.compress(content, mtime=0), tuple(good))
    return Mutated(ending, content, tuple(good))


def unusable(chance: random.Random, good: list[Row]) -> Mutated:
    """A file of which nothing can be used: no header, a required column missing, another encoding, random bytes."""
    content = b"".join(_csv(good))
    missing = chance.choice(COLUMNS[:5])
    fewer = tuple(column for column in COLUMNS if column != missing)
    ending, spoiled = chance.choice(
        (
            ("csv", content.decode().encode("utf-16")[:-1]),
            ("csv", content.replace(b"\n", b"\x0c")),
            ("csv", b"".join(_csv(good, fewer))),
            ("csv", b"".join(_csv(good)[1:])),
            ("csv", b""),
            ("parquet", content),
            ("xlsx", content),
            ("csv.gz", gzip.compress(content)[:-9]),
            ("csv", b'"' + content),
            ("parquet", chance.randbytes(300)),
            ("parquet", _parquet(good)[: chance.randrange(1, 400)]),
            ("parquet", _parquet([{**row, "extra": "x"} for row in good], drop=chance.choice(COLUMNS[:5]))),
        )
    )
    return Mutated(ending, spoiled, (), most=0, records=None, whole=True)


def header_flipped(chance: random.Random, good: list[Row]) -> Mutated:
    """A byte of the header: a column is renamed, or the file cannot be used."""
    lines = _csv(good)
    header = bytearray(lines[0])
    header[chance.randrange(len(header))] ^= chance.randrange(1, 256)
    return Mutated("csv", bytes(header) + b"".join(lines[1:]), (), records=None, whole=True)


def packed_flipped(chance: random.Random, good: list[Row]) -> Mutated:
    """A byte of a gzip file: its checksum tells, so all rows arrive or none."""
    content = bytearray(gzip.compress(b"".join(_csv(good)), mtime=0))
    content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
    return Mutated("csv.gz", bytes(content), (), records=None, whole=True, all_or_nothing=True)


def parquet_flipped(chance: random.Random, good: list[Row]) -> Mutated:
    """Bytes of a Parquet file, which has no checksum: whatever is read must be accounted for."""
    content = bytearray(_parquet(good, chance.choice(("zstd", "snappy", "uncompressed"))))
    for _ in range(chance.choice((1, 1, 8))):
        content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
    return Mutated("parquet", bytes(content), (), records=None, whole=True)


def parquet_typed(chance: random.Random, good: list[Row]) -> Mutated:
    """A column of a type that cannot hold what the contract asks for."""
    misfits = (("event_ts", pl.lit(datetime(2025, 3, 3, 9))), ("item_id", pl.lit(1.5)), ("user_id", pl.lit([["u"]])))
    column, value = chance.choice(misfits)
    frame = pl.DataFrame(good).with_columns(value.alias(column) if column != "user_id" else pl.lit(["u"]).alias(column))
    return Mutated("parquet", _bytes(frame, "zstd"), (), most=0, records=None, whole=True)


def _parquet(good: list[Row], compression: str = "zstd", drop: str | None = None) -> bytes:
    frame = pl.DataFrame(good)
    return _bytes(frame.drop(drop) if drop else frame, compression)


def _bytes(frame: pl.DataFrame, compression: str) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression=compression)  # type: ignore[arg-type]
    return buffer.getvalue()
