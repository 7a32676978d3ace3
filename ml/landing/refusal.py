"""What cannot be accepted, and why: the content of a quarantine row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """Why a row or a whole file is kept out. Never holds a value, only what kind of value it was."""

    column: str | None
    value_class: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class RefusedRow:
    """A refusal of one record; ``row`` is its line (CSV, JSONL) or row number from 1 (Parquet)."""

    row: int
    refusal: Refusal


class RefusedFileError(Exception):
    """A file that is quarantined whole."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.reason)
