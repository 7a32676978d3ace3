"""A question as a query reads it: every word is a concept, part of a value, or means nothing; or it is unexplained.

Words are matched to the lexicon as they stand; one of six letters or more that is in no list counts as the word that it
shares three quarters of its runs of three letters with, so that a slip of the pen does no harm.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Final

from ml.assistant.questions.catalogue import LONGEST, Catalogue
from ml.assistant.questions.figures import figures
from ml.assistant.questions.lexicon import (
    ASKING,
    BETWEEN,
    BETWEEN_WORDS,
    CONCEPTS,
    FILLERS,
    FILLERS_ZH,
    GROUPING,
    NOUNS,
)
from ml.assistant.questions.terms import Kind, Reading, Span, Value
from ml.assistant.questions.tokens import Token, key_of, likeness, normalised, tokens, trigrams

LONGEST_QUESTION: Final = 500
"""Characters; nobody asks for more in one question."""
_LIKE: Final = 0.75
_CORRECTED: Final = 6
_FILLER: Final = "FILLER"
_ADJECTIVES: Final = (Kind.TOP, Kind.STAGE, Kind.SCHEME, Kind.BAND, Kind.CATEGORY)


@dataclass(frozen=True)
class Heard:
    """A question's tokens, and every span of them that means something.

    Attributes:
        tokens: corrected where a word was misspelt.
        spans: by first token, the longest first; of equal ones values before concepts.
    """

    text: str
    tokens: tuple[Token, ...]
    spans: Mapping[int, tuple[Span, ...]]

    @property
    def concepts(self) -> frozenset[str]:
        """Every concept that any of the words stands for, but for words within a longer phrase or name."""
        spans = [span for found in self.spans.values() for span in found]
        return frozenset(
            span.concept for span in spans if span.concept and not any(_is_within(span, other) for other in spans)
        )

    @cached_property
    def asked_for(self) -> frozenset[str]:
        """What the question says that it asks for: "which category", "top 3 stores"; empty where it does not say."""
        return self._nouns_after(ASKING)

    @cached_property
    def grouped_by(self) -> frozenset[str]:
        """What it says that a figure be told for each of: "by stage"."""
        return self._nouns_after(GROUPING)

    @cached_property
    def nouns(self) -> Mapping[int, str]:
        """By first token, the concepts that are nouns."""
        longest = {
            place: max(found, key=lambda span: (span.last, bool(span.concept))) for place, found in self.spans.items()
        }
        return {place: span.concept for place, span in longest.items() if span.concept in NOUNS}

    def _nouns_after(self, words: frozenset[str]) -> frozenset[str]:
        places = (place for place, token in enumerate(self.tokens) if token.text in words)
        return frozenset(filter(None, (self._noun_after(place) for place in places)))

    def _noun_after(self, place: int) -> str:
        """The noun that follows a word, but for values and adjectives between; empty where something else does."""
        if any(span.concept and span.last > place + 1 for span in self.spans.get(place, ())):
            return ""  # a word of a phrase: "what time", "per shopper"
        place += 1
        while place < len(self.tokens) and place not in self.nouns:
            after = [
                span.last for span in self.spans.get(place, ()) if span.kind in _ADJECTIVES or span.concept in BETWEEN
            ]
            if not after and self.tokens[place].text not in BETWEEN_WORDS:
                return ""
            place = min(after, default=place + 1)
        return self.nouns.get(place, "")

    def written(self, first: int, last: int) -> str:
        """The words ``first`` to ``last`` (exclusive) as they were asked."""
        return self.text[self.tokens[first].start : self.tokens[last - 1].end]


def words_of(question: str, catalogue: Catalogue) -> Heard:
    """A question's words; of one that is too long, none."""
    text = normalised(question)
    found = [_corrected(token, catalogue) for token in tokens(text)] if len(text) <= LONGEST_QUESTION else []
    by_place: dict[int, list[Span]] = defaultdict(list)
    for span in [*figures(text, found), *_named(found, catalogue), *_concepts(found)]:
        by_place[span.first].append(span)
    spans = {
        place: tuple(sorted(each, key=lambda span: (-span.last, span.kind is None))) for place, each in by_place.items()
    }
    return Heard(text, tuple(found), spans)


def read(words: Heard, kinds: Iterable[Kind]) -> Reading:
    """The question as a query reads it that takes values of these kinds: from left to right, the longest span first."""
    taken = frozenset(kinds)
    said: dict[str, str] = {}
    values: dict[Kind, tuple[Value, ...]] = {}
    unexplained: list[tuple[int, int]] = []
    place = 0
    while place < len(words.tokens):
        spans = (each for each in words.spans.get(place, ()) if not _goes_with_another(each, words))
        span = next((each for each in spans if _fits(each, taken, values)), None)
        if span is None:
            is_next = bool(unexplained) and unexplained[-1][1] == place
            unexplained.append((unexplained.pop()[0] if is_next else place, place + 1))
        elif span.kind is not None:
            values[span.kind] = span.values
        elif span.concept != _FILLER:
            said[span.concept] = words.written(span.first, span.last)
        place = span.last if span else place + 1
    return Reading(frozenset(said), values, tuple(words.written(*run) for run in unexplained), said)


def _fits(span: Span, kinds: frozenset[Kind], values: Mapping[Kind, tuple[Value, ...]]) -> bool:
    """Whether a query has a place for a span: no kind has two different values."""
    return span.kind is None or (span.kind in kinds and values.get(span.kind, span.values) == span.values)


def _goes_with_another(span: Span, words: Heard) -> bool:
    """Whether a stage is said of something else than shoppers: "new products", "active campaigns"."""
    return span.kind is Kind.STAGE and words.nouns.get(span.last, "SHOPPER") != "SHOPPER"


def _is_within(span: Span, other: Span) -> bool:
    is_longer = other.last - other.first > span.last - span.first
    return is_longer and other.first <= span.first and span.last <= other.last


def _named(found: list[Token], catalogue: Catalogue) -> Iterable[Span]:
    for first in range(len(found)):
        for last in range(first + 1, min(len(found), first + LONGEST) + 1):
            key = tuple(token.text for token in found[first:last])
            for kind in catalogue.names:
                if values := catalogue.called(kind, key):
                    yield Span(first, last, kind=kind, values=values)


def _concepts(found: list[Token]) -> Iterable[Span]:
    phrases, longest = _lexicon()
    for first in range(len(found)):
        for last in range(first + 1, min(len(found), first + longest) + 1):
            if concept := phrases.get(tuple(token.text for token in found[first:last])):
                yield Span(first, last, concept)


@cache
def _lexicon() -> tuple[Mapping[tuple[str, ...], str], int]:
    """Concept by phrase, and the tokens of the longest phrase."""
    fillers = [*FILLERS.split(), *FILLERS_ZH.split()]
    phrases = {key_of(filler): _FILLER for filler in fillers}
    phrases |= {key_of(phrase): concept for concept, listed in CONCEPTS.items() for phrase in listed.split(";")}
    return phrases, max(map(len, phrases))


@cache
def _spelt() -> Mapping[str, frozenset[str]]:
    """The runs of three letters of each word of the lexicon that is long enough to be recognised."""
    words = {word for phrase in _lexicon()[0] for word in phrase}
    return {word: trigrams(word) for word in sorted(words) if len(word) >= _CORRECTED and word.isascii()}


def _corrected(token: Token, catalogue: Catalogue) -> Token:
    word = token.text
    if len(word) < _CORRECTED or not (word.isascii() and word.isalpha()) or word in catalogue.words or word in _spelt():
        return token
    grams = trigrams(word)
    alike = {each: likeness(grams, known) for each, known in _spelt().items() if each[0] == word[0]}
    best = max(alike, key=lambda each: alike[each], default="")
    return replace(token, text=best) if best and alike[best] >= _LIKE else token
