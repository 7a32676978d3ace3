"""Variants that say the same: readers who get two of them see one, and an experiment between them measures nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ml.text.validation.reading import read
from ml.text.validation.verdict import Finding, Verdict

_TOKEN: Final = re.compile("[a-z0-9]+|[\u4e00-\u9fff]")
_SHINGLE: Final = 2
ALIKE: Final = 0.8
"""The share of pairs of neighbouring words that two texts have in common from which they are the same text."""


def duplicates(texts: Sequence[str], alike: float = ALIKE) -> tuple[Verdict, ...]:
    """A verdict per text; the later one of two that say the same has a finding that names the earlier by its number."""
    seen: list[frozenset[tuple[str, ...]]] = []
    verdicts = []
    for text in texts:
        pairs = _pairs(text)
        twin = next((number for number, other in enumerate(seen) if _share(pairs, other) >= alike), None)
        finding = () if twin is None else (Finding(0, len(text), "duplicate", f"as variant {twin + 1}"),)
        verdicts.append(Verdict(finding))
        seen.append(pairs)
    return tuple(verdicts)


def _pairs(text: str) -> frozenset[tuple[str, ...]]:
    words = _TOKEN.findall(read(text).text.lower())
    return frozenset(tuple(words[at : at + _SHINGLE]) for at in range(max(len(words) - _SHINGLE + 1, 1)))


def _share(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    return len(one & other) / len(one | other)
