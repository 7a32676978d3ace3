"""Errors of conditions: each points at its place and names what would be right there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from ml.errors import ConditionRefused
from ml.escape import visible

_AROUND: Final = 60
_SHOWN: Final = 40
_REMEDY: Final = "docs/conditions.md has the grammar"


def refused(text: str, position: int, *, expected: str, found: str, remedy: str = "") -> ConditionRefused:
    """The error for a fault of ``text`` at ``position`` (from 0)."""
    return ConditionRefused(
        position, text, pointed(text, position), expected=expected, found=found, remedy=remedy or _REMEDY
    )


def pointed(text: str, position: int) -> str:
    """The line around ``position`` and below it a caret, each indented by two blanks; long lines are cut."""
    first = max(text.rfind("\n", 0, position) + 1, position - _AROUND)
    end = text.find("\n", position)
    last = min(len(text) if end < 0 else end, position + _AROUND)
    before = visible(text[first:position])
    return f"  {before}{visible(text[position:last])}\n  {' ' * _width(before)}^"


def quoted(text: str) -> str:
    """A part of a condition as an error shows it; long ones are cut."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def nearest(name: str, known: Iterable[str]) -> str:
    """``Did you mean …?`` with the known name that is most like ``name``; empty where none is."""
    by_fold = {each.casefold(): each for each in sorted(known)}
    found = get_close_matches(name[: 2 * _SHOWN].casefold(), by_fold, n=1)
    return f"Did you mean {by_fold[found[0]]}?" if found else ""


def one_of(known: Iterable[str]) -> str:
    """Names that are known, as an error lists them."""
    names = sorted(known)
    shown = ", ".join(quoted(name) for name in names[:8])
    return f"{shown} or {len(names) - 8} others" if len(names) > 8 else shown or "none: there is none yet"


def _width(text: str) -> int:
    """Columns that a terminal needs for ``text``."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )
