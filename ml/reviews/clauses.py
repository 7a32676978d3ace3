"""A review in clauses: the parts of a text that may speak well of one thing and ill of another."""

from __future__ import annotations

import re
from typing import Final

from ml.text.language import CHINESE

_SENTENCE: Final = re.compile(
    r"(?<=[.!?;…])\s+|\n+|\s+(?:but|however|although|though|yet|except)\b[,\s]*", re.IGNORECASE
)
_CHINESE: Final = re.compile(r"[。！？；!?;…\n]+|，(?=但|不过|可是|然而|就是|只是)|[,，、\s]+(?=但是|不过|可惜)")
_LONGEST: Final = 200
"""Characters of a clause; a longer one is cut at a comma, or at this length."""
_COMMA: Final = re.compile(r"(?<=[,，、:：])")


def clauses(text: str, language: str) -> list[str]:
    """The clauses of a text in their order, none empty; together they hold every word but conjunctions."""
    parts = (_CHINESE if language == CHINESE else _SENTENCE).split(text)
    return [piece for part in parts for piece in _pieces(part.strip()) if any(map(str.isalnum, piece))]


def _pieces(part: str) -> list[str]:
    """A part in pieces of at most ``_LONGEST`` characters."""
    if len(part) <= _LONGEST:
        return [part]
    pieces, piece = [], ""
    for step in _COMMA.split(part):
        if piece and len(piece) + len(step) > _LONGEST:
            pieces.append(piece)
            piece = ""
        piece += step
        while len(piece) > _LONGEST:
            pieces.append(piece[:_LONGEST])
            piece = piece[_LONGEST:]
    return [found.strip() for found in (*pieces, piece) if found.strip()]
