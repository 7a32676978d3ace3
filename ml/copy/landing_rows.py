"""Rows that Shelduck itself lands for marketing copy: immutable files that a retry finds instead of writing again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from ml.durable import write_text
from ml.settings import Settings

BRIEFS: Final = "copy_briefs"
BRIEF_ITEMS: Final = "copy_brief_items"
DECISIONS: Final = "copy_decisions"
_DIGITS: Final = 16


def digest_of(content: object, digits: int = _DIGITS) -> str:
    """The SHA-256 of JSON content, in hex."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:digits]


def land_rows(settings: Settings, table: str, day: date, rows: Sequence[Mapping[str, object]]) -> tuple[Path, bool]:
    """Write ``rows`` as a file of the arrival day, named by their content.

    Returns:
        The file, and whether it is new: the same rows again are the same file.

    Raises:
        DiskFull: nothing was written.
    """
    file = settings.landing_dir / table / f"dt={day}" / f"shelduck-{digest_of(list(rows))}.jsonl"
    if file.exists():
        return file, False
    write_text(file, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return file, True


def landed_rows(settings: Settings, table: str, day: date) -> list[dict[str, object]]:
    """The rows that Shelduck itself has landed in a partition, by file."""
    files = sorted((settings.landing_dir / table / f"dt={day}").glob("shelduck-*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
