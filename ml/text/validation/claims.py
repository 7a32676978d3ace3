"""Claims without a source and words that no text uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ml.text.facts import FactSheet
from ml.text.validation import claim_words
from ml.text.validation.names import pattern_of

KINDS = {
    "price": claim_words.PRICE,
    "superlative": claim_words.SUPERLATIVE,
    "medical": claim_words.MEDICAL,
    "environmental": claim_words.ENVIRONMENTAL,
    "dietary": claim_words.DIETARY,
    "scarcity": claim_words.SCARCITY,
}


@cache
def pattern(lines: str) -> re.Pattern[str]:
    """One pattern of a list."""
    return re.compile("|".join(f"(?:{line})" for line in lines.strip().splitlines()), re.I | re.A)


def claims(text: str) -> Iterator[tuple[int, int, str]]:
    """Places and kinds of claims in a text of which the sheet's own are masked and its offers are taken."""
    for kind, lines in KINDS.items():
        yield from ((*match.span(), kind) for match in pattern(lines).finditer(text))


def banned(text: str, sheet: FactSheet) -> Iterator[tuple[int, int]]:
    """Places of words that nobody should use, and of those that the sheet bans."""
    for each in (pattern(claim_words.BANNED), pattern_of(sheet.banned)):
        if each is not None:
            yield from (match.span() for match in each.finditer(text))
