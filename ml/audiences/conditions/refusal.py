"""Errors of conditions: each points at its place and names what would be right there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from ml.errors import ConditionRefused
from ml.escape import visible

_AROUND: Final = 60
_SHOWN: Final = 40
_BETWEEN_WORDS: Final = re.compile(r"[\W_]+")
_SHORTEST: Final = 3
_MISSPELT, _ALIKE = 0.8, 0.6
_MOST_NAMED: Final = 3
_REMEDY: Final = "docs/conditions.md has the grammar"


def refused(text: str, position: int, *, expected: str, found: str, remedy: str = "") -> ConditionRefused:
    """The error for a fault of ``text`` at ``position`` (from 0)."""
    subject = f"condition at character {position + 1}"
    refused = ConditionRefused(subject, expected=expected, found=found, remedy=remedy or _REMEDY)
    refused.position, refused.pointed = position, pointed(text, position)
    return refused


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
    """``Did you mean …?`` with a known name that is almost ``name``, else shares a word, else letters with it.

    Empty where there is none.
    """
    by_fold = {each.casefold(): each for each in sorted(known)}
    asked = name[: 2 * _SHOWN].casefold()
    found = get_close_matches(asked, by_fold, 1, _MISSPELT) or _sharing_a_word(asked, by_fold)
    found = found or get_close_matches(asked, by_fold, 1, _ALIKE)
    return f"Did you mean {' or '.join(by_fold[each] for each in found)}?" if found else ""


def one_of(known: Iterable[str]) -> str:
    """Names that are known, as an error lists them."""
    names = sorted(known)
    shown = ", ".join(quoted(name) for name in names[:8])
    return f"{shown} or {len(names) - 8} others" if len(names) > 8 else shown or "there is none"


def _sharing_a_word(asked: str, names: Iterable[str]) -> list[str]:
    """The names that hold the rarest word of ``asked``; none where even that is in many."""
    listed = list(names)
    words = [word for word in _BETWEEN_WORDS.split(asked) if len(word) >= _SHORTEST]
    holding = [found for word in words if (found := [each for each in listed if word in each])]
    rarest = min(holding, key=len, default=[])
    return rarest if len(rarest) <= _MOST_NAMED else []


def _width(text: str) -> int:
    """Columns that a terminal needs for ``text``."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )
