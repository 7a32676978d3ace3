"""Whether a name from the shop's data is a name: names are data that others wrote, and a text repeats them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ml.copy.facts import FactSheet
from ml.copy.validation import claim_words
from ml.copy.validation.claims import pattern
from ml.copy.validation.instructions import instructions
from ml.copy.validation.money import read_money
from ml.copy.validation.offers import read_offers
from ml.copy.validation.personal import personal_data
from ml.copy.validation.reading import read
from ml.copy.validation.scan import Scan
from ml.copy.validation.tokens import links, markup, slots

_MOST: Final = 120
_OFFER: Final = re.compile(
    r"\b(?:off|discount(?:ed)?|save|sale price|cheaper|half[- ]price|promo)\b|[折惠]|半价|立减|降价|特价|促销", re.I
)
_LETTERS: Final = re.compile("[A-Za-zÀ-ÿ\u4e00-\u9fff]")
_NOTHING: Final = FactSheet(language="en", channel="push")


@lru_cache(maxsize=65536)
def is_plain(name: str) -> bool:
    """Whether a name states no price, offer or medical claim and holds no link, address, markup or instruction."""
    reading = read(name)
    text = reading.text
    if (
        reading.hidden
        or not 0 < len(name) <= _MOST
        or "\n" in name
        or (len(_LETTERS.findall(text)) < 2 and not re.search("[\u4e00-\u9fff]", text))
    ):
        return False
    if any(True for each in (instructions(text), markup(text), personal_data(text)) for _ in each):
        return False
    if links(text, _NOTHING)[1] or slots(text, _NOTHING)[1] or _OFFER.search(text):
        return False
    if any(pattern(lines).search(text) for lines in (claim_words.PRICE, claim_words.MEDICAL, claim_words.BANNED)):
        return False
    scan = Scan.of(text)
    read_offers(scan)
    read_money(scan)
    return all(statement.kind in {"share", "percent"} for statement in scan.statements)
