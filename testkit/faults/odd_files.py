"""Landing files as other programs write them, or as nobody should: what must be read, and what must cost one file."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

from testkit.faults import mutations as common
from testkit.faults.mutations import COLUMNS, ROWS, Mutated, Mutation, Row

MAX_ROWS = 5_000
MAX_BYTES = 2_000_000
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_NOTES = (
    "plain",
    "two\nlines",
    "a, b\r\n\r\nc",
    'say ""hi""',
    'inch 5" pot\n,,,,,,',
    "x\ny,z,1,2,3,4\nw",
    "",
    "a;b\tc|d",
)


def written_otherwise(chance: random.Random, good: list[Row]) -> Mutated:
    """Another encoding, separator, line end, quoting, packing or spelling of the name: all rows arrive."""
    encoding, ends = chance.choice(ENCODINGS), chance.choice(("\n", "\r\n", "\r", "\r\r\n"))
    if chance.random() < 0.3:
        ending, text = "jsonl", ends.join((*(json.dumps(row) for row in good), ""))
    else:
        separator = chance.choice(",;\t|")
        ending, text = chance.choice(("csv", "tsv")), _table(good, separator, ends, chance.random() < 0.5)
        if chance.random() < 0.3:
            text = f"sep={separator}{ends}{text}"
    content = text.encode(encoding)
    packed = gzip.compress(content, mtime=0) if chance.random() < 0.4 else content
    name = ending + chance.choice(("", ".gz"))
    return Mutated(chance.choice((name, name.upper())), packed, tuple(good))


def with_notes(chance: random.Random, good: list[Row]) -> Mutated:
    """A column of texts with line breaks, quotes and separators, properly quoted: all rows arrive."""
    noted = [{**row, "note": chance.choice(_NOTES)} for row in good]
    text = _table(
        noted, chance.choice(",;\t"), chance.choice(("\n", "\r\n", "\r")), chance.random() < 0.5, _noted(chance)
    )
    return Mutated("csv", text.encode(), tuple(good), only_written=True)


def unbalanced(chance: random.Random, good: list[Row]) -> Mutated:
    """Such texts, and a quote too many or too few, or the file cut off: nothing of a text becomes a row."""
    noted = [{**row, "note": chance.choice(_NOTES)} for row in good]
    text = _table(noted, ",", chance.choice(("\n", "\r\n")), chance.random() < 0.3, _noted(chance))
    first = text.index("\n") + 1
    quotes = [place for place in range(first, len(text)) if text[place] == '"']
    place = chance.randrange(first, len(text))
    if quotes and chance.random() < 0.4:
        place = chance.choice(quotes)
        text = text[:place] + text[place + 1 :]
    elif chance.random() < 0.8:
        text = text[:place] + chance.choice(('"', '"""', '",', ',"', '\n"')) + text[place:]
    else:
        text = text[:place]
    return Mutated("csv", text.encode(), (), records=None, only_written=True)


def mixed_ends(chance: random.Random, good: list[Row]) -> Mutated:
    """Some lines end by bare CR where the first ended by LF: they and what follows them are refused one by one."""
    lines = _table(good, ",", "\n", False).splitlines()
    marks = ["\n", *(chance.choice(("\n", "\r\n", "\r")) for _ in range(ROWS))]
    joined = [marks[number] == "\r" or marks[number + 1] == "\r" for number in range(ROWS)]
    if marks[-1] == "\r" and marks[-2] != "\r":
        joined[-1] = False  # nothing follows
    safe = tuple(row for row, is_joined in zip(good, joined, strict=True) if not is_joined)
    text = "".join(line + mark for line, mark in zip(lines, marks, strict=True))
    return Mutated("csv", text.encode(), safe, most=len(safe), only_written=True)


def bomb(chance: random.Random, good: list[Row]) -> Mutated:
    """A small file that unpacks into too much: it is refused whole."""
    filler = chance.choice((b"\n", b" \n", b"x\n", b"{}\n", b'"', b"[", b","))
    ending = chance.choice(("csv.gz", "jsonl.gz"))
    content = _table(good, ",", "\n", False).encode() + filler * (
        MAX_BYTES if filler.endswith(b"\n") else MAX_BYTES * 2
    )
    return Mutated(ending, gzip.compress(content, 1, mtime=0), (), most=0, records=None, whole=True)


def values_of_other_types(chance: random.Random, good: list[Row]) -> Mutated:
    """JSON values that are no text: those that their columns cannot be cost their row."""
    hurt = chance.randrange(ROWS)
    misfits: tuple[tuple[str, str], ...] = (
        *(
            ("user_id", "NaN"),
            ("user_id", "17850.0"),
            ("item_id", "1.23e+12"),
            ("event_id", "true"),
            ("user_id", "null"),
        ),
        *(("quantity", "Infinity"), ("quantity", "9" * 10_000), ("event_ts", "1112486027"), ("event_type", "Infinity")),
        *(("quantity", "[" * 5_000 + "]" * 5_000), ("quantity", "[" * 200_000), ("user_id", '{"a": 1}')),
    )
    column, value = chance.choice(misfits)
    lines = [json.dumps(row) for row in good]
    lines[hurt] = lines[hurt].replace(json.dumps(good[hurt][column]), value)
    return Mutated("jsonl", "\n".join(lines).encode(), common.others(good, hurt), most=ROWS - 1)


def parquet_claims(chance: random.Random, good: list[Row]) -> Mutated:
    """A Parquet footer that was tampered with: whatever it claims costs that file."""
    content = bytearray(_parquet(pa.Table.from_pylist(good)))
    size = int.from_bytes(content[-8:-4], "little")
    start = len(content) - 8 - size
    for _ in range(chance.choice((1, 2, 6))):
        place = chance.randrange(start, len(content) - 4)
        width = chance.choice((1, 2, 8))
        content[place : place + width] = chance.choice((b"\xff" * width, b"\x7f" * width, chance.randbytes(width)))
    return Mutated("parquet", bytes(content), (), records=None, whole=True)


def parquet_dressed(chance: random.Random, good: list[Row]) -> Mutated:
    """A Parquet file of another writer's making, with columns that nobody asked for: all rows arrive."""
    table = pa.Table.from_pylist([{**row, "event_ts": datetime.fromisoformat(row["event_ts"])} for row in good])
    extras = {
        "nested": pa.array([{"item_id": "x", "list": [1, 2]}] * ROWS),
        "ITEM_ID": pa.array(["other"] * ROWS),
        "binary": pa.array([b"\xff\xfe"] * ROWS),
        "map": pa.array([[("a", 1)]] * ROWS, pa.map_(pa.string(), pa.int64())),
        "time": pa.array([datetime(2025, 3, 3, tzinfo=UTC).time()] * ROWS),
        "decimal": pa.array([Decimal("1.5")] * ROWS),
        "null": pa.nulls(ROWS),
        "dictionary": pa.array(["x"] * ROWS).dictionary_encode(),
    }
    for name in chance.sample(list(extras), chance.randint(0, 4)):
        table = table.append_column(name, extras[name])
    for name in ("user_id", "item_id"):
        if chance.random() < 0.5:
            place = table.column_names.index(name)
            table = table.set_column(place, name, table[name].combine_chunks().dictionary_encode())
    return Mutated("parquet", _parquet(table, row_group_size=chance.choice((1, 4, 100))), tuple(good))


def _table(good: list[Row], separator: str, ends: str, quotes_all: bool, columns: tuple[str, ...] = COLUMNS) -> str:
    text = io.StringIO(newline="")
    has_breaks = any("\n" in value or "\r" in value for row in good for value in row.values())
    is_quoted = quotes_all or has_breaks
    writer = csv.DictWriter(
        text,
        columns,
        delimiter=separator,
        lineterminator=ends,
        quoting=csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL,
    )
    writer.writeheader()
    writer.writerows(good)
    return text.getvalue()


def _noted(chance: random.Random) -> tuple[str, ...]:
    return tuple(chance.sample((*COLUMNS, "note"), len(COLUMNS) + 1))


def _parquet(table: pa.Table, row_group_size: int = 100) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, row_group_size=row_group_size)
    return buffer.getvalue()


MUTATIONS: tuple[Mutation, ...] = (
    *(common.flipped, common.cut, common.doubled, common.wrong, common.wrong, common.broken_line, common.dressed),
    *(common.unusable, common.header_flipped, common.packed_flipped, common.parquet_flipped, common.parquet_typed),
    *(written_otherwise, written_otherwise, with_notes, unbalanced, unbalanced, mixed_ends, bomb),
    *(values_of_other_types, parquet_claims, parquet_claims, parquet_dressed),
)
