"""Whether a text states only what its fact sheet says: the validator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import replace
from functools import lru_cache
from typing import Final

from ml.text.facts import FactSheet
from ml.text.validation import style
from ml.text.validation.attribution import is_attributed
from ml.text.validation.claims import banned, claims
from ml.text.validation.dates import numeric_dates, read_dates
from ml.text.validation.instructions import instructions
from ml.text.validation.matching import RULES, allowed, facts_of, supporting
from ml.text.validation.money import read_money
from ml.text.validation.names import CLAIM, NAME, SLOT, Catalogue, Mention, mask, mentions, owners, pattern_of
from ml.text.validation.numerals import TAKEN, fill
from ml.text.validation.offers import read_offers
from ml.text.validation.personal import personal_data
from ml.text.validation.plain_names import is_plain
from ml.text.validation.quantities import read_quantities
from ml.text.validation.reading import Reading, read
from ml.text.validation.scan import Scan
from ml.text.validation.tokens import codes, greeted, links, markup, slots
from ml.text.validation.unknown_names import unknown_names
from ml.text.validation.verdict import Finding, Rule, Verdict

MOST_CHARACTERS: Final = 5_000
"""A longer text is refused unread: no channel takes it, and reading takes time."""


class Validator:
    """A fact sheet made ready; checks many texts against it.

    Args:
        catalogue: names of all products and brands of the shop; those that the sheet lacks are findings.
    """

    def __init__(self, sheet: FactSheet, catalogue: Catalogue | None = None) -> None:
        self.sheet, self.catalogue = sheet, catalogue
        self.facts = facts_of(sheet)
        named = [name for product in sheet.products for name in (*product.names, product.brand) if name]
        self._names = pattern_of([*filter(is_plain, [*named, *sheet.others]), *sheet.senders])
        self._unsafe = pattern_of(name for name in named if not is_plain(name))
        self._claims = pattern_of(text for claim in sheet.claims for text in claim.texts)
        self._tokens = pattern_of([*sheet.codes, *sheet.contacts])
        values = [slot.value for slot in sheet.slots if slot.value is not None]
        self._values = pattern_of(value for value in values if sum(map(str.isalpha, value)) >= 2 and is_plain(value))
        self._owners = owners(sheet)

    def of_part(self, sheet: FactSheet) -> Validator:
        """The validator of ``sheet``; made from this one where it states the same facts in another part or arm."""
        own = replace(self.sheet, channel=sheet.channel, limits=sheet.limits, links=sheet.links, slots=sheet.slots)
        if own != sheet or any(slot.value is not None for slot in (*sheet.slots, *self.sheet.slots)):
            return Validator(sheet, self.catalogue)
        other = copy(self)
        other.sheet = sheet
        return other

    def validate(self, text: str) -> Verdict:
        """The findings of ``text``, in the order of their places."""
        if len(text) > MOST_CHARACTERS:
            return Verdict(
                (Finding(0, len(text), "length", f"{len(text)} characters", (f"at most {MOST_CHARACTERS}",)),)
            )
        reading = read(text)
        found = [
            *_raw(reading),
            *style.length(text, self.sheet.limit),
            *(self._at(reading, each) for each in self._in(reading.text, reading)),
        ]
        return Verdict(tuple(sorted(set(found))))

    @staticmethod
    def _at(reading: Reading, finding: Finding) -> Finding:
        """A finding of the text as read, in its place in the text as written."""
        start, end = reading.place(finding.start, finding.end)
        words = finding.found or reading.original[start:end]
        return Finding(start, end, finding.rule, words, finding.allowed)

    def _in(self, text: str, reading: Reading) -> Iterator[Finding]:
        yield from _found(instructions(text), "instruction")
        text, wrong = links(text, self.sheet)
        yield from (Finding(start, end, rule, "", self.sheet.links[:3]) for start, end, rule in wrong)
        text, _ = mask(text, self._claims, CLAIM)
        text, spans = mask(text, self._names, NAME)
        named = mentions(reading.text, spans, self._owners)
        text, _ = mask(text, self._tokens, CLAIM)
        text, _ = mask(text, self._values, SLOT)
        yield from (Finding(start, end, "name", "") for start, end in mask(text, self._unsafe, NAME)[1])
        yield from (Finding(place, place + 1, "script", "") for place in _foreign(reading, text))
        text, wrong = slots(text, self.sheet)
        for places in (wrong, markup(text), codes(text), greeted(text)):
            yield from (Finding(start, end, rule, "") for start, end, rule in places)
        yield from _found(personal_data(text), "personal data")
        yield from self._words(text)
        yield from self._statements(text, named)

    def _words(self, text: str) -> Iterator[Finding]:
        """What is wrong with the words between names and numbers."""
        if self.catalogue is not None:
            for start, end, kind in self.catalogue.found(text):
                yield Finding(start, end, "brand" if kind == "brand" else "product", "")
        yield from (Finding(start, end, rule, "") for start, end, rule in unknown_names(text))
        yield from _found(banned(text, self.sheet), "banned")
        yield from style.language(text, self.sheet)
        yield from style.readability(text, self.sheet.limit)

    def _statements(self, text: str, named: list[Mention]) -> Iterator[Finding]:
        text, days = numeric_dates(text, self.sheet.locale)
        scan = Scan.of(text)
        replaced = scan.text
        for take in (lambda each: read_dates(each, days), read_offers, read_money):
            take(scan)
        for each in scan.statements:  # "free" in "get one free" claims nothing more than the offer
            text = fill(text, each.start, each.end, TAKEN)
        for start, end, kind in claims(text):
            yield Finding(start, end, "claim", "", (f"{kind} claims with a source",))
        read_quantities(scan)
        has_threshold = any(each.kind == "threshold" for each in scan.statements)
        for each in scan.statements:
            facts = supporting(each, self.facts, self.sheet, has_threshold=has_threshold)
            if facts is None:
                yield Finding(each.start, each.end, RULES[each.kind], "", allowed(each, self.facts, self.sheet))
                continue
            holders = {fact.owner for fact in facts}
            if facts and None not in holders:
                known = frozenset(holder for holder in holders if holder is not None)
                if not is_attributed(each, known, named, scan.statements, replaced):
                    yield Finding(each.start, each.end, "attribution", "", self._named(known))

    def _named(self, numbers: Iterable[int]) -> tuple[str, ...]:
        return tuple(self.sheet.products[number].names[0] for number in sorted(numbers))


def validate(text: str, sheet: FactSheet, catalogue: Catalogue | None = None) -> Verdict:
    """The verdict on one text."""
    return _validator(sheet, catalogue).validate(text)


@lru_cache(maxsize=64)
def _validator(sheet: FactSheet, catalogue: Catalogue | None) -> Validator:
    return Validator(sheet, catalogue)


def _raw(reading: Reading) -> Iterator[Finding]:
    for place in reading.hidden:
        code = f"U+{ord(reading.original[place]):04X}"
        yield Finding(place, place + 1, "hidden character", code)


def _foreign(reading: Reading, masked: str) -> Iterator[int]:
    """Places in the text as read of letters of other scripts that no name of the sheet has."""
    if not reading.foreign:
        return
    foreign = set(reading.foreign)
    for place, character in enumerate(masked):
        if reading.origin[place] in foreign and character not in (NAME, CLAIM, SLOT):
            yield place


def _found(spans: Iterable[tuple[int, int]], rule: Rule) -> Iterator[Finding]:
    yield from (Finding(start, end, rule, "") for start, end in spans)
