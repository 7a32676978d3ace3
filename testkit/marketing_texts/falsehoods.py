"""Texts with one planted falsehood, of each kind that a validator must not let through."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from ml.text.facts import FactSheet
from ml.text.validation.verdict import Rule
from ml.words import LANGUAGES
from testkit.marketing_texts.changes import CHANGED
from testkit.marketing_texts.correct import Sample, joined, sentence
from testkit.marketing_texts.planted import PLANTED
from testkit.marketing_texts.sheets import random_sheet

KINDS: Final = (*CHANGED, *PLANTED)
_OF_SENTENCES: Final[dict[str, frozenset[Rule]]] = {
    **dict.fromkeys(("percent", "share", "brief"), frozenset({"discount", "attribution", "price"})),
    **dict.fromkeys(("price", "was", "saving", "unit_price", "spend"), frozenset({"price", "attribution"})),
    **dict.fromkeys(("multi_buy", "bundle"), frozenset({"offer", "attribution"})),
    **dict.fromkeys(("quantity", "count"), frozenset({"quantity", "attribution"})),
    **dict.fromkeys(("end", "start", "period", "time"), frozenset({"date"})),
    "link": frozenset({"link"}),
    "code": frozenset({"code"}),
}
_OF_PLANTED: Final[dict[str, frozenset[Rule]]] = {
    "another product of the shop": frozenset({"product"}),
    "another brand of the shop": frozenset({"brand"}),
    "an invented name": frozenset({"name"}),
    "an altered name": frozenset({"name", "quantity"}),
    "personal data": frozenset({"personal data"}),
    "another shopper's name": frozenset({"personal data"}),
    "a slot that nobody fills": frozenset({"slot"}),
    "a banned word": frozenset({"banned"}),
    "another language": frozenset({"language"}),
    "a hidden character": frozenset({"hidden character"}),
    "a disguised discount": frozenset({"discount", "quantity", "number"}),
    "letters that look alike": frozenset({"script"}),
    "markup": frozenset({"markup"}),
    "too many characters": frozenset({"length"}),
    "a sentence too long": frozenset({"readability"}),
    "a wrong year": frozenset({"date"}),
    "a wrong weekday": frozenset({"date"}),
    "a number of nothing": frozenset({"quantity", "number"}),
}


def rules_against(kind: str) -> frozenset[Rule]:
    """The rules of which one must find a falsehood of ``kind``."""
    if kind in CHANGED:
        return _OF_SENTENCES[CHANGED[kind][0]]
    return _OF_PLANTED.get(kind, frozenset({"claim"}))


def false_text(kind: str, sheet: FactSheet, rng: Random) -> str:
    """One sentence that is false of ``sheet`` in the way that ``kind`` says."""
    if kind in PLANTED:
        return PLANTED[kind](sheet, rng)
    about, change = CHANGED[kind]
    at, wrong = rng.randrange(3), ""
    while not wrong or _says_nothing(kind, wrong):
        wrong = sentence(about, change(sheet, at, rng), at, rng)
    return wrong


def _says_nothing(kind: str, text: str) -> bool:
    """Whether a form leaves out what was changed: how many products there are stays true."""
    if kind == "a wrong count":
        return "Three picks" in text or "三款" in text
    return False


def false_texts(count: int, seed: int) -> Iterator[Sample]:
    """``count`` texts in turn of each kind, each of up to three sentences of which one is false."""
    rng = Random(seed)
    for number in range(count):
        sheet = random_sheet(rng, LANGUAGES[number // len(KINDS) % len(LANGUAGES)])
        kind = KINDS[number % len(KINDS)]
        wrong = false_text(kind, sheet, rng)
        around = [
            sentence(each, sheet, rng.randrange(3), rng) for each in rng.sample(("filler", "claim", "code", "time"), 2)
        ]
        place = rng.randrange(3)
        yield Sample(joined([*around[:place], f"{wrong} ", *around[place:]], sheet.language, rng), sheet, kind, wrong)
