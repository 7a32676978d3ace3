"""Names that neither sheet nor catalogue knows: capitals within a sentence, titles in quotation marks, trade marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ml.text.validation.names import MASKS, opens
from ml.text.validation.verdict import Rule
from ml.text.validation.word_lists import listed

_WORD: Final = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'’&]*")
_TRADE_MARK: Final = re.compile(r"([A-Za-z\u4e00-\u9fff][\w\u4e00-\u9fff]*)\s?[™®©]")
_TITLE: Final = re.compile(rf"[《「『]([^》」』{MASKS}]*[A-Za-z\u4e00-\u9fff][^》」』{MASKS}]*)[》」』]")
_ALWAYS: Final = frozenset(
    listed(
        "i i'm i'll i've i'd ok vip faq diy tv usa uk us eu english chinese french italian spanish japanese british "
        "american european asian mediterranean january february march april may june july august september october"
        " november "
        "december jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday"
        " saturday sunday "
        "usd cny rmb eur gbp jpy cad aud hkd am pm bogo bogof p.s ps rsvp mr mrs ms dr"
    )
)
_EMPHASIS: Final = frozenset(
    listed(
        "a all and any are at back best big buy by can come day days deal deals enjoy every extra fast find for"
        " free fresh from "
        "get go great grab here home hot hurry in is it just last left less limited love low make more most my new"
        " no not now of "
        "off offer on one online only open or order our out over per pick price prices ready sale save shop so"
        " special start stock "
        "stop store take taste that the this time to today tomorrow treat two try until up us value very want was"
        " week weekend "
        "what when while with yes you your"
    )
)
_SMALL: Final = frozenset(listed("a an the of and for to in on with is at by or up as from it"))
_TITLE_CASE: Final = 0.75


def unknown_names(text: str) -> Iterator[tuple[int, int, Rule]]:
    """Their places in a text of which known names are masked.

    A line in title case (three of four words with capitals, small ones not counted) is passed over: any word in it may
    have one.
    """
    for match in _TRADE_MARK.finditer(text):
        yield match.start(1), match.end(), "brand"
    for match in _TITLE.finditer(text):
        yield match.start(1), match.end(1), "name"
    at = 0
    for line in text.split("\n"):
        yield from _in_line(text, line, at)
        at += len(line) + 1


def _in_line(text: str, line: str, at: int) -> Iterator[tuple[int, int, Rule]]:
    words = list(_WORD.finditer(line))
    if not words:
        return
    inner = [word for word in words if not opens(text, at + word.start())]
    capitals = [word for word in inner if word.group()[0].isupper()]
    if len(capitals) > 1 and len(capitals) >= _TITLE_CASE * sum(word.group() not in _SMALL for word in inner):
        return
    for word in capitals:
        plain = word.group().lower().removesuffix("'s")
        if plain not in _ALWAYS and not (word.group().isupper() and plain in _EMPHASIS):
            yield at + word.start(), at + word.end(), "name"
