"""Names in a text: those of the sheet are set aside, those of other products and brands are found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from ml.text.facts import FactSheet
from ml.text.validation.numerals import fill
from ml.text.validation.reading import read

NAME: Final = "\ue020"
LINK: Final = "\ue021"
SLOT: Final = "\ue022"
CLAIM: Final = "\ue023"
MASKS: Final = NAME + LINK + SLOT + CLAIM
"""What replaces the words that a sheet allows as they are."""
Span: TypeAlias = tuple[int, int]
_LATIN: Final = "A-Za-z0-9À-ÿ"


@dataclass(frozen=True)
class Mention:
    """A product in a text: by its name, or by its brand, which several products may have."""

    start: int
    end: int
    owners: frozenset[int]


def pattern_of(words: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern for any of ``words``, longest first, whole, in any case and spacing; None for no words."""
    unique = sorted({read(each).text.strip() for each in words} - {""}, key=lambda each: (-len(each), each))
    if not unique:
        return None
    alternatives = "|".join(_whole(r"\s+".join(map(re.escape, each.split())), each) for each in unique)
    return re.compile(alternatives, re.I)


def _whole(pattern: str, words: str) -> str:
    """``pattern`` where no Latin letter or figure goes on, before or after."""
    before = rf"(?<![{_LATIN}])(?<!\d[.,])" if re.match(f"[{_LATIN}]", words) else ""
    after = rf"(?![{_LATIN}]|[.,]\d)" if re.search(f"[{_LATIN}]$", words) else ""
    return f"{before}{pattern}{after}"


def mask(text: str, pattern: re.Pattern[str] | None, by: str) -> tuple[str, list[Span]]:
    """``text`` with the matches of ``pattern`` replaced, and their places."""
    spans = [match.span() for match in pattern.finditer(text)] if pattern else []
    for start, end in spans:
        text = fill(text, start, end, by)
    return text, spans


def owners(sheet: FactSheet) -> dict[str, frozenset[int]]:
    """The numbers of the products that each name and brand of a sheet stands for, by its words in lower case."""
    found: dict[str, set[int]] = {}
    for number, product in enumerate(sheet.products):
        for name in (*product.names, product.brand):
            found.setdefault(_key(read(name).text), set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


def mentions(text: str, spans: Sequence[Span], known: dict[str, frozenset[int]]) -> list[Mention]:
    """The products of a sheet that a text names in ``spans``; names of the shop are no products."""
    found = [Mention(start, end, known.get(_key(text[start:end]), frozenset())) for start, end in spans]
    return [mention for mention in found if mention.owners]


def _key(words: str) -> str:
    return " ".join(words.lower().split())


class Catalogue:
    """Names of all products and brands of a shop, searched in a text in time that does not grow with their number.

    Names of one common word are found only where they are written as names: with a capital within a sentence.
    """

    _TOKEN: Final = re.compile(r"[A-Za-z0-9À-ÿ']+|[\u4e00-\u9fff]")
    _SHORTEST_CHINESE: Final = 3

    def __init__(self, names: Iterable[str], brands: Iterable[str] = ()) -> None:
        self._kinds: dict[tuple[str, ...], str] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}
        lengths: dict[str, set[int]] = {}
        for kind, words in (("brand", brands), ("product", names)):
            for each in words:
                key = tuple(token.lower() for token in self._TOKEN.findall(read(each).text))
                if key and (key[0] < "\u4e00" or len(key) >= self._SHORTEST_CHINESE):
                    self._kinds[key] = kind
                    lengths.setdefault(key[0], set()).add(len(key))
        self._lengths = {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()}

    def __len__(self) -> int:
        return len(self._kinds)

    def found(self, text: str) -> Iterator[tuple[int, int, str]]:
        """The places of names in a text whose own names are masked, longest first, each with its kind."""
        tokens = [(match.group(), match.start(), match.end()) for match in self._TOKEN.finditer(text)]
        words = [token.lower() for token, _, _ in tokens]
        at = 0
        while at < len(tokens):
            size = self._longest(text, tokens, words, at)
            if size:
                yield tokens[at][1], tokens[at + size - 1][2], self._kinds[tuple(words[at : at + size])]
            at += size or 1

    def _longest(self, text: str, tokens: list[tuple[str, int, int]], words: list[str], at: int) -> int:
        for size in self._lengths.get(words[at], ()):
            if at + size <= len(words) and tuple(words[at : at + size]) in self._kinds:
                chosen = tokens[at : at + size]
                if not _MASKED.search(text, chosen[0][1], chosen[-1][2]) and _written_as_name(text, chosen):
                    return size
        return 0


_MASKED: Final = re.compile(f"[{MASKS}]")
_OPENING: Final = re.compile(r"(?:^|[.!?:\n\"“(\[*>•-])\s*$")


def _written_as_name(text: str, tokens: list[tuple[str, int, int]]) -> bool:
    """Whether words can be meant as a name: three or more, Chinese, or with a capital that no sentence begins."""
    first = tokens[0][0]
    if len(tokens) >= 3 or first >= "\u4e00":
        return True
    capitals = [token[0].isupper() for token, _, _ in tokens]
    if all(capitals[1:]) and len(tokens) > 1 and capitals[0]:
        return True
    return len(first) >= 3 and capitals[0] and not opens(text, tokens[0][1]) and len(tokens) == 1


def opens(text: str, place: int) -> bool:
    """Whether a sentence, a line or a quotation begins at ``place``."""
    return _OPENING.search(text[max(0, place - 4) : place]) is not None
