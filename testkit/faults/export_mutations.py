"""What happens to exports on their way, and which of their shoppers nothing happened to."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from testkit.faults.exports import Export
from testkit.faults.mutations import WRONG
from testkit.faults.odd_files import ENCODINGS

_ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, "", " ", "x" * 3_000, [], {}, [1], {"a": [1]}, [[]], [{}], [None], "\0", "٣", "\u2028"),
    *(10**400, 1e308, -(10**30), "1e999999", "9" * 400, "NaN", "-inf", "a@b.example", "=1+1", *(v for _, v in WRONG)),
)
_RAW = ("NaN", "Infinity", "-Infinity", "1e999999", "9" * 5_000, '"\\ud83d"', "[" * 3_000 + "]" * 3_000, "[" * 90_000)


@dataclass(frozen=True)
class MutatedExport:
    """A file's bytes, what its name gains, and the shoppers whose rows must land as if nothing had happened."""

    content: bytes
    safe: frozenset[str]
    ending: str = ""


Mutation = Callable[[random.Random, Export], MutatedExport]


def _hurt(export: Export, place: int, line: bytes) -> MutatedExport:
    """One line replaced; behind a line with other quotes than before nothing is certain."""
    lines = list(export.lines)
    is_quoted = export.header is not None and lines[place].count(b'"') != line.count(b'"')
    lines[place] = line
    certain = export.lines[:place] if is_quoted else export.lines
    users = zip(certain, export.users, strict=False)
    safe = {user for number, (_, user) in enumerate(users) if number != place} - {export.users[place]}
    if is_quoted:
        safe -= set(export.users[place:])
    return MutatedExport((export.header or b"") + b"".join(lines), frozenset(safe))


def _place(chance: random.Random, export: Export) -> int:
    return chance.randrange(len(export.lines))


def flipped(chance: random.Random, export: Export) -> MutatedExport:
    """A byte becomes any other."""
    place = _place(chance, export)
    line = bytearray(export.lines[place])
    line[chance.randrange(len(line) - 1)] ^= chance.randrange(1, 256)
    return _hurt(export, place, bytes(line))


def header_flipped(chance: random.Random, export: Export) -> MutatedExport:
    """A byte of the first line, a header where there is one."""
    content = bytearray(export.content)
    content[chance.randrange(content.index(b"\n"))] ^= chance.randrange(1, 256)
    return MutatedExport(bytes(content), frozenset())


def cut(chance: random.Random, export: Export) -> MutatedExport:
    """The file ends anywhere."""
    content = export.content[: chance.randrange(len(export.content))]
    lines = content.count(b"\n") - (export.header is not None)
    lost = set(export.users[max(0, lines) :])
    return MutatedExport(content, frozenset(set(export.users) - lost))


def shortened(chance: random.Random, export: Export) -> MutatedExport:
    """A line loses its end, or its beginning."""
    place = _place(chance, export)
    line = export.lines[place][:-1]
    at = chance.randrange(len(line))
    return _hurt(export, place, chance.choice((line[:at], line[at:])) + b"\n")


def doubled(chance: random.Random, export: Export) -> MutatedExport:
    """A line comes again at the end."""
    place = _place(chance, export)
    content = export.content + export.lines[place]
    return MutatedExport(content, frozenset(set(export.users) - {export.users[place]}))


def dressed(chance: random.Random, export: Export) -> MutatedExport:
    """Another encoding, line end or packing, a byte order mark, blank lines: all of it must land."""
    text = export.content.decode()
    lines = text.splitlines(keepends=True)
    if chance.random() < 0.3:
        lines.insert(chance.randrange(1, len(lines) + 1), " \n" if export.header is None else "\n")
    text = "".join(lines)
    if chance.random() < 0.5:
        text = text.replace("\n", "\r\n")
    content = text.encode(chance.choice(ENCODINGS) if text.isascii() or chance.random() < 0.7 else "utf-8-sig")
    packed = chance.random() < 0.4
    users = frozenset(export.users)
    return MutatedExport(gzip.compress(content, mtime=0) if packed else content, users, ".gz" if packed else "")


def unusable(chance: random.Random, export: Export) -> MutatedExport:
    """Nothing, a header alone, noise, another encoding, a packed file that was cut off or flipped."""
    packed = bytearray(gzip.compress(export.content, mtime=0))
    packed[chance.randrange(len(packed))] ^= chance.randrange(1, 256)
    content, ending = chance.choice(
        (
            (b"", ""),
            (export.header or b"\n", ""),
            (chance.randbytes(400), ""),
            (export.content.decode().encode("utf-16")[:-1], ""),
            (export.content.replace(b"\n", b"\r"), ""),
            (export.content.replace(b"\n", b""), ""),
            (gzip.compress(export.content)[: chance.randrange(2, 60)], ".gz"),
            (bytes(packed), ".gz"),
            (b"PK\x03\x04" + export.content, ""),
            (b"[" + export.content.replace(b"\n", b",\n") + b"]", ""),
        )
    )
    return MutatedExport(content, frozenset(), ending)


def recolumned(chance: random.Random, export: Export) -> MutatedExport:
    """A column is renamed, removed, repeated, or swaps its name with another's; of JSON that happens in every line."""
    if export.separator:
        split = [line.decode().removesuffix("\n").split(export.separator) for line in export.lines]
        lines = [export.separator.join(fields[::-1] if chance.random() < 0.5 else fields[1:]) for fields in split]
        return MutatedExport("\n".join(lines).encode(), frozenset())
    if export.header is None:
        return MutatedExport(b"".join(_rekeyed(chance, line) for line in export.lines), frozenset())
    rows = list(csv.reader(io.StringIO(export.content.decode())))
    one, two = chance.sample(range(len(rows[0])), 2)
    change = chance.randrange(4)
    if change == 0:
        rows[0][one] = chance.choice(("", "other", rows[0][one].lower(), f" {rows[0][one]} ", "2025-03-03"))
    elif change == 1:
        rows = [[*row[:one], *row[one + 1 :]] for row in rows]
    elif change == 2:
        rows = [[*row, row[one]] for row in rows]
    else:
        rows[0][one], rows[0][two] = rows[0][two], rows[0][one]
    return MutatedExport(_table(rows), frozenset())


def misvalued(chance: random.Random, export: Export) -> MutatedExport:
    """A value of a line becomes one of another type, size or shape."""
    place, odd = _place(chance, export), chance.choice(_ODD)
    if export.header is None and not export.separator:
        return _hurt(export, place, _misvalued_json(chance, export.lines[place], odd))
    text = odd if isinstance(odd, str) else json.dumps(odd)
    if export.separator:
        fields = export.lines[place].decode().removesuffix("\n").split(export.separator)
        fields[chance.randrange(len(fields))] = text
        return _hurt(export, place, export.separator.join(fields).encode() + b"\n")
    (row,) = csv.reader(io.StringIO(export.lines[place].decode()))
    row[chance.randrange(len(row))] = text
    return _hurt(export, place, _table([row]))


def _table(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _misvalued_json(chance: random.Random, line: bytes, odd: Any) -> bytes:
    record = json.loads(line)
    holder, key = chance.choice(list(_places(record)))
    if chance.random() < 0.3:
        holder[key] = "\x01"
        return json.dumps(record).replace('"\\u0001"', chance.choice(_RAW)).encode() + b"\n"
    holder[key] = odd
    return json.dumps(record).encode() + b"\n"


def _rekeyed(chance: random.Random, line: bytes) -> bytes:
    record = json.loads(line)
    holder, key = chance.choice([each for each in _places(record) if isinstance(each[0], dict)])
    value = holder.pop(key)
    if chance.random() < 0.6:
        holder[chance.choice((f"{key}2", key.upper(), "other", *holder))] = value
    return json.dumps(record).encode() + b"\n"


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every key of every object and every place of every list within."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [place for key in keys for place in ((value, key), *_places(value[key]))]


MUTATIONS: tuple[Mutation, ...] = (
    *(flipped, flipped, header_flipped, cut, shortened, doubled, dressed, dressed),
    *(unusable, recolumned, misvalued, misvalued, misvalued),
)
