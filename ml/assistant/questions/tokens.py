"""Text to tokens: English words without plural s, Chinese letter by letter, and symbols that mean something."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_\u3400-\u9fff]+|[\u3400-\u9fff]|[^\w\s.,:!?'\"()/&-]")
_IGNORED: Final = frozenset("，。：！？；、‘’“”（）《》「」【】…–—·’“”‘")
"""Punctuation that changes no meaning; other symbols (``;``, ``*``, ``=`` …) are tokens that nothing explains."""
_KEPT: Final = ("ss", "us", "is")


@dataclass(frozen=True)
class Token:
    """A word, Chinese letter, number or symbol.

    Attributes:
        text: as it is compared: lower case, no plural s.
        start, end: where it stands in the normalised question.
    """

    text: str
    start: int
    end: int


def normalised(text: str) -> str:
    """One form for what looks alike (full width, compatibility forms)."""
    return unicodedata.normalize("NFKC", text)


def tokens(text: str) -> list[Token]:
    """The tokens of a normalised text."""
    found = (Token(_stem(each[0].casefold()), each.start(), each.end()) for each in _TOKEN.finditer(text))
    return [token for token in found if token.text not in _IGNORED]


def key_of(text: str) -> tuple[str, ...]:
    """What names and phrases are compared by."""
    return tuple(token.text for token in tokens(normalised(text)))


def trigrams(text: str) -> frozenset[str]:
    """The runs of three letters of a word or text, its ends marked."""
    padded = f" {text} "
    return frozenset(padded[place : place + 3] for place in range(len(padded) - 2))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice coefficient of two sets of trigrams, 0 to 1."""
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0


def _stem(word: str) -> str:
    plural = len(word) > 3 and word.isascii() and word.endswith("s") and not word.endswith(_KEPT)
    return word[:-1] if plural else word
