"""Rows that Shelduck itself lands for marketing copy: immutable files that a retry finds instead of writing again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from ml.durable import write_text, writing
from ml.settings import Settings

BRIEFS: Final = "copy_briefs"
BRIEF_ITEMS: Final = "copy_brief_items"
DECISIONS: Final = "copy_decisions"
DECIDED, WRITTEN = "shelduck-", "written-"
"""How files begin that hold what a person or a plan decided, and what a language model wrote."""
_DIGITS: Final = 16


def digest_of(content: object, digits: int = _DIGITS) -> str:
    """The SHA-256 of JSON content, in hex."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:digits]


def land_rows(
    settings: Settings, table: str, day: date, rows: Sequence[Mapping[str, object]], prefix: str = DECIDED
) -> tuple[Path, bool]:
    """Add ``rows`` to the files of an arrival day, whole or not at all, as a file named by their content.

    Args:
        prefix: of the file's name; tells what wrote it.

    Returns:
        The file, and whether it is new: the same rows again are the same file. It counts once the day is landed again.

    Raises:
        DiskFull: nothing was written.
    """
    file = settings.landing_dir / table / f"dt={day}" / f"{prefix}{digest_of(list(rows))}.jsonl"
    if file.exists():
        return file, False
    with writing(f"landing {table} of {day}"):
        write_text(file, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return file, True


def landed_rows(settings: Settings, table: str, day: date, prefix: str = DECIDED) -> list[dict[str, object]]:
    """The rows that Shelduck itself has landed in a partition, by file."""
    files = sorted((settings.landing_dir / table / f"dt={day}").glob(f"{prefix}*.jsonl"))
    return [row for file in files for row in rows_in(file)]


def rows_in(file: Path) -> list[dict[str, Any]]:
    """The rows of a file; a line ends at a line feed, whatever else Unicode takes for a line's end stands in texts."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
