"""Texts that state only what their fact sheet says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from ml.text.facts import FactSheet
from ml.words import LANGUAGES, Language
from testkit.marketing_texts import chinese_copy, english_copy
from testkit.marketing_texts.sheets import random_sheet


@dataclass(frozen=True)
class Sample:
    """A text and its sheet.

    Attributes:
        kind: of its first sentence, or of the falsehood in it.
        wrong: the false sentence; empty in a correct text.
    """

    text: str
    sheet: FactSheet
    kind: str
    wrong: str = ""


def sentence(kind: str, sheet: FactSheet, at: int, rng: Random) -> str:
    """A sentence in the sheet's language about its product number ``at``."""
    write = english_copy.sentence if sheet.language == "en" else chinese_copy.sentence
    return write(kind, sheet, at, rng)


def joined(sentences: list[str], language: Language, rng: Random) -> str:
    """One text of several sentences, in one paragraph or a line each."""
    return rng.choice((" " if language == "en" else "", "\n")).join(sentences)


def correct_texts(count: int, seed: int) -> Iterator[Sample]:
    """``count`` texts in turn in each language; each kind of fact is stated about equally often."""
    rng = Random(seed)
    kinds = list(english_copy.SENTENCES)
    for number in range(count):
        language = LANGUAGES[number % len(LANGUAGES)]
        sheet = random_sheet(rng, language)
        chosen = [kinds[number // 2 % len(kinds)], *rng.sample(kinds, rng.randrange(1, 4))]
        sentences = [sentence(kind, sheet, rng.randrange(3), rng) for kind in dict.fromkeys(chosen)]
        yield Sample(joined(sentences, language, rng), sheet, chosen[0])
