"""Whether a name from the shop's data is a name: names are data that others wrote, and a text repeats them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ml.text.facts import FactSheet
from ml.text.validation import claim_words
from ml.text.validation.claims import pattern
from ml.text.validation.dates import numeric_dates, read_dates
from ml.text.validation.instructions import instructions
from ml.text.validation.money import read_money
from ml.text.validation.offers import read_offers
from ml.text.validation.personal import personal_data
from ml.text.validation.reading import read
from ml.text.validation.scan import Scan
from ml.text.validation.tokens import links, markup, slots

_MOST: Final = 120
_OFFER: Final = re.compile(
    r"\b(?:off|discount(?:ed)?|save|sale price|cheaper|half[- ]price|promo)\b|[折惠]|半价|立减|降价|特价|促销",
    re.I | re.A,
)
_LETTERS: Final = re.compile("[A-Za-zÀ-ÿ\u4e00-\u9fff]")
_NOTHING: Final = FactSheet(language="en", channel="push")


_WORDS: Final = re.compile("[A-Za-zÀ-ÿ]+|[\u4e00-\u9fff]{2}")
_MOST_WORDS_OF_PRAISE: Final = 3
"""A brand may be called Best Foods; a longer name with a superlative is an advertisement."""


@lru_cache(maxsize=65536)
def is_plain(name: str) -> bool:
    """Whether a name states no price, offer, date or claim and holds no link, address, markup or instruction."""
    reading = read(name)
    return bool(
        not reading.hidden
        and len(name) <= _MOST
        and "\n" not in name
        and (len(_LETTERS.findall(reading.text)) >= 2 or re.search("[\u4e00-\u9fff]", reading.text))
        and _is_harmless(reading.text)
        and _is_harmless(reading.text[::-1])
        and _states_nothing(reading.text)
    )


def _is_harmless(text: str) -> bool:
    """Whether a text addresses no model and leads nowhere."""
    if any(True for each in (instructions(text), markup(text), personal_data(text)) for _ in each):
        return False
    return not (links(text, _NOTHING)[1] or slots(text, _NOTHING)[1])


def _states_nothing(text: str) -> bool:
    """Whether a text names a thing and says nothing of its price, its discount, its days or its effects."""
    lists = [claim_words.PRICE, claim_words.MEDICAL, claim_words.BANNED]
    if len(_WORDS.findall(text)) > _MOST_WORDS_OF_PRAISE:
        lists.append(claim_words.SUPERLATIVE)
    if _OFFER.search(text) or any(pattern(lines).search(text) for lines in lists):
        return False
    rest, days = numeric_dates(text, "en_US")
    with_year = [day for day in days if day.parts[0]]  # 10/17 in a name is a size
    scan = Scan.of(rest)
    for take in (lambda each: read_dates(each, with_year), read_offers, read_money):
        take(scan)
    return all(statement.kind in {"share", "percent"} for statement in scan.statements)
