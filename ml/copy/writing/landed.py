"""Lands what a language model wrote, as rows of ``copy_texts`` that never change, and remembers what was landed.

A text's id follows from the facts that it was written from, its arm and its part. So a text that is landed twice, by a
retry or by two days that ran at once, is one text: the one that arrived first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeAlias

import polars as pl

from ml.copy.columns import Copy
from ml.copy.landing_rows import WRITTEN, land_rows, landed_rows, rows_in
from ml.copy.request import Request
from ml.copy.writing.asking import Texts
from ml.copy.writing.prompt import PROMPT_VERSION
from ml.settings import Settings
from ml.text.facts import Channel as Part

TABLE: Final = "copy_texts"
Row: TypeAlias = Mapping[str, Any]


def text_id(sheet_id: str, arm: int, part: Part) -> str:
    """The id of a text."""
    return hashlib.sha256(json.dumps([sheet_id, arm, part]).encode()).hexdigest()[:32]


def places(request: Request) -> dict[str, tuple[int, Part]]:
    """The ids of all texts of a request, each with its arm and part."""
    arms = range(1, request.arms + 1)
    return {text_id(request.sheet_id, arm, part): (arm, part) for arm in arms for part in request.sheets}


def known_texts(copy_text: pl.DataFrame) -> set[str]:
    """The ids of the texts that a day knows, also of those that somebody else landed under other ids."""
    return {text_id(*place) for place in copy_text.select(Copy.sheet_id, Copy.arm, Copy.part).iter_rows()}


def rows_of(request: Request, texts: Texts, model: str) -> list[Row]:
    """Texts as rows of the table."""
    return [
        {
            Copy.text_id: text_id(request.sheet_id, arm, part),
            Copy.sheet_id: request.sheet_id,
            Copy.brief_id: request.brief_id,
            Copy.language: request.language,
            Copy.arm: arm,
            Copy.part: part,
            Copy.text: text,
            Copy.model: model,
            Copy.prompt_version: PROMPT_VERSION,
        }
        for (arm, part), text in texts.items()
    ]


def land_texts(settings: Settings, arrival: date, rows: Iterable[Row]) -> Path:
    """Add ``rows``, in whatever order they came, to the files of a day.

    Returns:
        The file. It counts once the day is landed again.

    Raises:
        DiskFull: nothing was written.
    """
    ordered = sorted(rows, key=lambda row: str(row[Copy.text_id]))
    return land_rows(settings, TABLE, arrival, ordered, WRITTEN)[0]


def written_on(settings: Settings, day: date) -> set[str]:
    """The ids of the texts in a day's own files, which its snapshot may not have yet."""
    return {str(row[Copy.text_id]) for row in landed_rows(settings, TABLE, day, WRITTEN)}


def remembered(settings: Settings, after: date) -> dict[str, Row]:
    """By id, what later days than ``after`` have had written.

    A day that is run after a later one, as in a backfill, takes the same texts: it asks for nothing anew, and the later
    day stays as it is.
    """
    files = sorted((settings.landing_dir / TABLE).glob(f"dt=*/{WRITTEN}*.jsonl"), reverse=True)
    rows: dict[str, Row] = {}
    for file in files:  # the earliest last: of one id it counts
        if file.parent.name > f"dt={after}":
            rows |= {row[Copy.text_id]: row for row in rows_in(file)}
    return rows
