"""Personal data in a text: addresses, telephone numbers, cards, identity numbers, keys of shoppers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ml.text import masking

_EMAIL: Final = re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+")
_LONG: Final = re.compile(r"(?<![\d.,])\+?\(?\d(?:(?!\.\s)[\d\s().-]){6,24}\d(?![\d%])|(?<!\d)1[3-9]\d{9}(?!\d)")
_IDENTITY: Final = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])")
_IP: Final = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_KEY: Final = re.compile(
    r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{12,}\b|\b(?:user|shopper|customer)[_ -]?(?:id|no\.?|number)\b",
    re.I | re.A,
)
_STREET: Final = re.compile(
    r"\b\d{1,5}\s+(?:[A-Z][a-z]+\s){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Boulevard|Blvd|Drive|Dr|Court|Ct)\b"
    r"|[\u4e00-\u9fff]{2,}(?:路|街|巷|大道|弄)\d{1,5}号"
)
_AS_IN_REVIEWS: Final = frozenset(
    {masking.EMAIL, masking.ACCOUNT_NAME, masking.BANK_ACCOUNT, masking.BANK_CARD, masking.IDENTITY_NUMBER}
)
"""What masking finds in reviews is refused too. Its telephone numbers and streets are left out: a model's number or a
name of an item may look like one, and the patterns here are made for copy."""
_LEAST_DIGITS: Final = 9
"""Of a telephone number or a card; a shorter one is refused as a number that no fact is."""
_AMOUNT: Final = re.compile(r"\.\d{1,2}(?!\d)")
_DATE: Final = re.compile(
    r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4}(?:\s*-\s*\d{1,2}[-./]\d{1,2}[-./]\d{4})?"
)


def personal_data(text: str) -> Iterator[tuple[int, int]]:
    """Their places in a text of which the shop's own contacts are masked."""
    for pattern in (_EMAIL, _IDENTITY, _IP, _KEY, _STREET):
        yield from (match.span() for match in pattern.finditer(text))
    yield from ((begin, end) for begin, end, kind in masking.personal_data(text) if kind in _AS_IN_REVIEWS)
    for match in _LONG.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        is_amount = match.group().count(".") <= 2 and _AMOUNT.search(match.group())
        if len(digits) >= _LEAST_DIGITS and not is_amount and not _DATE.search(match.group()):
            yield match.span()
