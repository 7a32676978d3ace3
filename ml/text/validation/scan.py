"""A text of which names and numbers are replaced, and the statements that are read from it one kind after another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from ml.text.validation.numerals import TAKEN, Numeral, fill, replaced

Kind: TypeAlias = Literal[
    "price",
    "was",
    "saving",
    "reward",
    "threshold",
    "unit_price",
    "percent",
    "share",
    "multi_buy",
    "bundle",
    "date",
    "month",
    "weekday",
    "relative",
    "period",
    "time",
    "quantity",
    "count",
    "unreadable",
]
Hedge: TypeAlias = Literal["", "about", "over", "under", "at least"]
_SENTENCE: Final = re.compile(r"[.!?。！？；;\n]")
_HEDGES: Final[tuple[tuple[Hedge, re.Pattern[str]], ...]] = (
    (
        "about",
        re.compile(r"(?:\babout|\baround|\bapprox(?:imately|\.)?|\broughly|\bsome|大约|约|左右|大概)\s*$", re.I | re.A),
    ),
    ("over", re.compile(r"(?:\bover|\bmore than|\babove|超过|逾|不止)\s*$", re.I | re.A)),
    ("under", re.compile(r"(?:\bnearly|\balmost|\bunder|\bless than|\bbelow|近|将近|不到|接近)\s*$", re.I | re.A)),
)


@dataclass(frozen=True)
class Statement:
    """What a text states at a place.

    Attributes:
        value: what it states, by kind; see the readers of each.
        hedge: whether it says ``about``, ``over`` or ``under``.
        role: of a date: first or last day; of anything else empty.
    """

    start: int
    end: int
    kind: Kind
    value: tuple[object, ...] = ()
    hedge: Hedge = ""
    role: Literal["", "start", "end"] = ""


@dataclass
class Scan:
    """The text still unread, in the length of the whole, and what was read."""

    text: str
    numerals: dict[int, Numeral]
    statements: list[Statement] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> Scan:
        """A scan of a text whose names are replaced."""
        return cls(*replaced(text))

    def each(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """The matches of ``pattern``, each taken from the text once it has been handled."""
        for match in list(pattern.finditer(self.text)):
            yield match
            self.take(match.start(), match.end())

    def take(self, start: int, end: int) -> None:
        """Mark a span as read."""
        if end > start:
            self.text = fill(self.text, start, end, TAKEN)

    def value(self, match: re.Match[str], group: int | str) -> Decimal | None:
        """The value of the number that a group matched; None for an unreadable one."""
        return self.numerals[match.start(group)].value

    def say(self, match: re.Match[str], kind: Kind, *value: object, hedge: Hedge = "") -> None:
        """Note what a match states; a value of None cannot be read."""
        unreadable = any(each is None for each in value)
        self.statements.append(
            Statement(match.start(), match.end(), "unreadable" if unreadable else kind, value, hedge)
        )

    def before(self, start: int, length: int = 28) -> str:
        """The words before a place, of the same sentence."""
        return _SENTENCE.split(self.text[max(0, start - length) : start])[-1]

    def after(self, end: int, length: int = 28) -> str:
        """The words after a place, of the same sentence."""
        return _SENTENCE.split(self.text[end : end + length], maxsplit=1)[0]

    def hedge(self, start: int) -> Hedge:
        """Whether the words before a place say that what follows is rounded."""
        words = self.before(start, 16)
        return next((hedge for hedge, pattern in _HEDGES if pattern.search(words)), "")
