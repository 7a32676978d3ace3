"""The files of a source, record by record, in whichever of their kind's layouts they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ml.errors import LandingError
from ml.landing.adapters.kind import CsvLayout, JsonLayout, Kind, PlainLayout, Record, Translate
from ml.landing.json_records import half_a_character, json_objects
from ml.landing.limits import Limits
from ml.landing.refusal import Refusal, RefusedFileError
from ml.landing.text_files import Chunk, open_csv
from ml.landing.text_lines import Lines

_GZIP = ".gz"
_DEPTHS = ("*", "*/*")
Records = Iterator[tuple[int, Record | Refusal]]


@dataclass(frozen=True)
class SourceFile:
    """A file of a source; ``name`` is how people know it: relative to the folder that holds the source."""

    path: Path
    name: str


def source_files(kind: Kind, source: Path) -> tuple[list[SourceFile], list[str]]:
    """The files to read, of a folder and the folders in it, sorted by name, and notices about others there.

    Raises:
        LandingError: there is nothing to read.
    """
    try:
        source = source.expanduser().absolute()
        if source.is_file():
            return [SourceFile(source, source.name)], []
        found = sorted(path for depth in _DEPTHS for path in source.glob(depth) if path.is_file())
    except (OSError, RuntimeError, ValueError) as unusable:  # too long, of an unknown user, with a NUL
        raise _nothing(kind, "no such file or folder") from unusable
    visible = [path for path in found if not any(part[0] in "._" for part in path.relative_to(source).parts)]
    fit = [path for path in visible if _bare(path).endswith(kind.endings)]
    if not fit:
        raise _nothing(kind, "none" if source.is_dir() else "no such file or folder")
    named = [SourceFile(path, _printable(path.relative_to(source.parent).as_posix())) for path in fit]
    others = [path for path in visible if path not in set(fit)]
    told = [f"{len(others)} other files in the folder are not read"] if others else []
    return named, told


def open_source(kind: Kind, file: SourceFile, limits: Limits) -> tuple[Records, Translate]:
    """A file's records by line, and what translates them.

    Raises:
        RefusedFileError: now (its header is that of no layout) or while the records are read (it ends too early).
    """
    plain = next((each for each in kind.layouts if isinstance(each, PlainLayout) and _is_of(each, file.path)), None)
    if plain:
        return _plain_records(_lines(file, limits), plain), plain.start()
    for layout in kind.layouts:
        if isinstance(layout, JsonLayout):
            return _json_records(_lines(file, limits)), layout.start()
    return _csv_records(kind, file, limits)


def _lines(file: SourceFile, limits: Limits) -> Lines:
    """Lines of a file without a header; no text of theirs holds a line break, so one LF tells how lines end."""
    return Lines(file.path, limits, quoted=False, prefers_lf=True)


def _csv_records(kind: Kind, file: SourceFile, limits: Limits) -> tuple[Records, Translate]:
    """The file in the first layout that has all its columns in the header, and none of another's."""
    layouts = [layout for layout in kind.layouts if isinstance(layout, CsvLayout)]
    for layout in layouts:
        try:
            opened = open_csv(file.path, layout.table, limits)
        except RefusedFileError as refused:
            if refused.refusal.column not in layout.table.required or refused.refusal.value_class != "no column":
                raise
            continue
        if not layout.unless & opened.unknown.keys():
            return _rows(opened.chunks, opened.columns), layout.start()
    expected = "; ".join(f"{layout.table.name}: {', '.join(layout.table.required)}" for layout in layouts)
    reason = "the header lacks columns that every layout of this kind has"
    raise RefusedFileError(Refusal(None, "another header", reason, f"Export it with its header ({expected})"))


def _rows(chunks: Iterator[Chunk], columns: tuple[str, ...]) -> Records:
    for chunk in chunks:
        yield from ((row.row, row.refusal) for row in chunk.refused)
        for number, values in zip(chunk.numbers, chunk.rows, strict=True):
            yield number, dict(zip(columns, values, strict=True))


def _json_records(lines: Lines) -> Records:
    for number, line, record in json_objects(lines):
        if "\\u" in line and not isinstance(record, Refusal) and not _is_whole(record):
            yield number, half_a_character(line)
        else:
            yield number, record


def _is_whole(record: Record) -> bool:
    """Whether no text of a record holds half of a surrogate pair."""
    try:
        json.dumps(record, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def _plain_records(lines: Lines, layout: PlainLayout) -> Records:
    for number, line in lines:
        if line.strip():
            yield number, _split(line, layout)


def _split(line: bytes, layout: PlainLayout) -> Record | Refusal:
    kind = f"a line of {len(line)} characters"
    if b"\r" in line.rstrip(b"\r"):
        return Refusal(None, kind, "a bare CR stands inside the line", "End all lines by LF or CR LF")
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = line.decode("latin-1")
    fields = text.rstrip("\r").split(layout.separator)
    if len(fields) != len(layout.columns):
        reason = f"the line has {len(fields)} fields where {layout.file} has {len(layout.columns)}"
        return Refusal(None, kind, reason, "Restore the line from the original file")
    return dict(zip(layout.columns, fields, strict=True))


def _is_of(layout: PlainLayout, path: Path) -> bool:
    return _bare(path) == layout.file


def _bare(path: Path) -> str:
    """A file's name in small letters, without .gz."""
    return path.name.lower().removesuffix(_GZIP)


def _printable(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _nothing(kind: Kind, found: str) -> LandingError:
    endings = ", ".join(kind.endings)
    return LandingError(
        "SOURCE",
        expected=f"a file, or a folder of files that end in {endings} (also .gz)",
        found=found,
        remedy=f"Such as: {kind.example}",
    )
