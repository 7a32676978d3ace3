"""Reviews that look like spam. Rules only: each says why, and a person can check it in the text."""

from __future__ import annotations

import re
from typing import Final

_MANY: Final = 20
"""Reviews of one person on one day from which they count as written in bulk."""
_CONTACT: Final = re.compile(r"\[(?:link|phone|email|account)\]")
_LURES: Final = re.compile(
    r"\b(?:click here|buy now|visit (?:my|our) (?:site|page|shop|store|website)|promo code|earn money|work from home|"
    r"(?:add|dm|message|text|contact|join) (?:me|us|my|our) (?:(?:on|via|at) )?(?:whats ?app|telegram)|"
    r"free gift card|follow (?:me|us) on)\b|"
    r"加微信|加我微信|微信号|加qq|扣扣|刷单|兼职|代购加|点击链接|私聊我|关注公众号",
    re.IGNORECASE,
)
_REPEATED: Final = re.compile(r"(.{1,10}?)\1{9,}", re.DOTALL)
_WORD: Final = 3
"""Letters from which what is repeated is a word; fewer are drawn out ("loooove", 哈哈哈) and spam only where hardly
anything else is said."""
_HARDLY_ELSE: Final = 0.9
_SHORT: Final = 40
_EMPTY: Final = re.compile(r"[\W_]+")


def spam_reason(text: str, reviews_of_day: int | None) -> str | None:
    """Why a review looks like spam: ``bulk``, ``contact``, ``lure`` or ``repetition``; None where it does not.

    Args:
        text: title and text, personal data masked.
        reviews_of_day: how many the same person wrote on its day; None where anonymous.
    """
    if (reviews_of_day or 0) >= _MANY:
        return "bulk"
    if _LURES.search(text):
        return "lure"
    rest = _EMPTY.sub("", _CONTACT.sub("", text))
    if _CONTACT.search(text) and len(rest) < _SHORT:
        return "contact"
    return "repetition" if _repeats(_EMPTY.sub("", text)) else None


def _repeats(letters: str) -> bool:
    return any(
        len(match.group(1)) >= _WORD or len(match.group()) >= _HARDLY_ELSE * len(letters)
        for match in _REPEATED.finditer(letters)
    )
