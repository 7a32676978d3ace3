"""Numbers that are no price, discount, offer or date: amounts in units, counts, ordinals.

The value of ``quantity`` is (number, the units that the words after it may mean, whether it is a word for one); each
unit as (base unit, factor).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, TypeAlias

from ml.text.validation import units
from ml.text.validation.numerals import NF
from ml.text.validation.scan import Hedge, Scan

Unit: TypeAlias = tuple[str, Decimal]
ORDINAL: Final = "th"
PIECES: Final = "pieces of a pack"
_ANY: Final = re.compile(
    rf"(?P<ordinal>第\s*)?(?P<n>{NF})\s*(?P<plus>\+|多(?=[个件位名家款种人天年])|余(?=[个件位名家款种人天年]))?",
    re.I | re.A,
)
_TIMES: Final = re.compile(r"\s*[x*×]\s*(?=[\ue000\ue010])", re.I | re.A)
_WORDS: Final = re.compile(r"[\s-]{0,2}([A-Za-z°℃]+)(?:[\s-]([A-Za-z]+))?(?:[\s-]([A-Za-z]+))?")
_HALF: Final = re.compile("半(?=[^\u4e00-\u9fff]|$|[的以内])")


def read_quantities(scan: Scan) -> None:
    """Take every number that is left."""
    for match in scan.each(_ANY):
        numeral = scan.numerals[match.start("n")]
        value = numeral.value
        if match["ordinal"] and value == 1:
            continue  # 第一次; 第一 alone is a claim
        if numeral.is_ordinal or match["ordinal"]:
            scan.say(match, "quantity", value, ((ORDINAL, Decimal(1)),), False)
            continue
        found, end = _units(scan, match.end())
        if value is not None and _HALF.match(scan.text, end):
            value += Decimal("0.5")
        is_word = not numeral.raw[:1].isdigit() and value == 1
        hedge: Hedge = "at least" if match["plus"] else scan.hedge(match.start())
        scan.say(match, "quantity", value, found, is_word, hedge=hedge)


def _units(scan: Scan, end: int) -> tuple[tuple[Unit, ...], int]:
    """What the words after a number say that it counts, nearest first, and where the nearest ends."""
    if _TIMES.match(scan.text, end):
        return ((PIECES, Decimal(1)),), end
    for spelling in units.chinese():
        if scan.text.startswith(spelling, end):
            return (units.known()[spelling],), end + len(spelling)
    words = _WORDS.match(scan.text, end)
    if words is None:
        return ((scan.text[end : end + 2].strip(), Decimal(1)),), end
    found: list[Unit] = []
    for word in words.groups():
        if word is None:
            break
        found.append(units.base(word))
        if word.lower() in units.known():
            break  # "6 hours of eggs" counts hours
    return tuple(found), words.end(1)
