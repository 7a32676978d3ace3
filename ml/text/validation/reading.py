"""A text as a reader sees it: one form per character, hidden characters gone, every place traced to the original."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31});")
_SPACES: Final = dict.fromkeys("\u00a0\u202f\u2007\u2009\u2008\u200a", "\u00a0")
_SIMPLIFIED: Final = dict(
    zip("兩萬億點價買贈減節優圓塊錢員貳陸零號時週雙", "两万亿点价买赠减节优圆块钱员贰陆零号时周双", strict=True)
)
_ALIKE: Final = {
    **dict(zip("АВЕКМНОРСТУХІЈЅԚԜ", "ABEKMHOPCTYXIJSQW", strict=True)),
    **dict(zip("аеорсухіјѕһԁɡԛԝвкмнт", "aeopcyxijshdgqwbkmht", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),
    **dict(zip("ονιαρυ", "oviapu", strict=True)),
}
"""Letters of other scripts that look like Latin ones (from Unicode's confusables)."""
_SIGNS: Final = {
    "٪": "%", "⁒": "%", "💲": "$", "🔟": "10", "💯": "100", "−": "-", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-",
    "～": "~", "〜": "~", "’": "'", "‘": "'", "⁄": "/", "∕": "/", "◯": "〇", "○": "〇", "฿": "฿",
}  # fmt: skip
_CONTROLS: Final = frozenset("\n\t\r")
_KNOWN: Final = {**_SIGNS, **_SPACES, **dict.fromkeys("\ufe0f\u20e3", ""), **{each: each for each in "²³™®©…，！？；"}}
"""Signs and what they are read as: parts of emoji as nothing, a few as they are."""
_FRACTION: Final = re.compile(r"(\d+)/(\d*)")


@dataclass(frozen=True)
class Reading:
    """A text and what a reader makes of it.

    Attributes:
        original: as written.
        text: as read.
        origin: for each character of ``text``, its place in ``original``; one more for the end.
        hidden: places in ``original`` of characters that readers do not see.
        foreign: places in ``original`` of letters of other scripts than Latin and Chinese.
    """

    original: str
    text: str
    origin: range | list[int]
    hidden: list[int] = field(default_factory=list)
    foreign: list[int] = field(default_factory=list)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that ``text[start:end]`` was read from."""
        first = self.origin[start]
        return first, max(self.origin[end - 1] + 1, first + 1) if end > start else first


def read(original: str) -> Reading:
    """``original`` as a reader sees it."""
    if original.isascii() and original.isprintable() and "&" not in original:
        return Reading(original, original, range(len(original) + 1))
    reading = Reading(original, "", [])
    pieces: list[str] = []
    origin: list[int] = []
    for place, character in _characters(original):
        piece = character if character in _CONTROLS or " " <= character <= "~" else _one(character, place, reading)
        pieces.append(piece)
        origin.extend([place] * len(piece))
    origin.append(len(original))
    return Reading(original, "".join(pieces), origin, reading.hidden, reading.foreign)


def _characters(original: str) -> list[tuple[int, str]]:
    """The characters with entities resolved, twice: a doubly escaped text is read too."""
    found: list[tuple[int, str]] = []
    at = 0
    for entity in _ENTITY.finditer(original):
        found += [(place, original[place]) for place in range(at, entity.start())]
        found += [(entity.start(), character) for character in html.unescape(html.unescape(entity.group()))]
        at = entity.end()
    found += [(place, original[place]) for place in range(at, len(original))]
    return found


def _one(character: str, place: int, reading: Reading) -> str:
    """What one character beyond ASCII is read as; notes hidden and foreign ones."""
    if "\u4e00" <= character <= "\u9fff":
        return _SIMPLIFIED.get(character, character)
    if (known := _KNOWN.get(character)) is not None:
        return "," if character == "，" and _between_wide_figures(reading.original, place) else known
    category = unicodedata.category(character)
    if category in {"Cf", "Cc", "Co", "Cs", "Cn", "Mn", "Me"} or character in "\u115f\u1160\u3164\u2800\u2028\u2029":
        if not (character == "\u200d" and place and unicodedata.category(reading.original[place - 1]) in {"So", "Mn"}):
            reading.hidden.append(place)
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category in {"Lu", "Ll", "Lo", "Lt", "Lm"} and not _is_own(character):
        reading.foreign.append(place)
        return _ALIKE.get(character, character)
    plain = unicodedata.normalize("NFKC", character).translate(_TABLE)
    return _FRACTION.sub(lambda found: f" {found[1]}/{found[2] or 1}", plain) if category == "No" else plain


def _between_wide_figures(original: str, place: int) -> bool:
    """Whether a comma in Chinese width separates thousands, and not the parts of a sentence."""
    return all("０" <= each <= "９" for each in original[max(place - 1, 0) : place + 2 : 2]) and place > 0


def _is_own(character: str) -> bool:
    """Whether a letter is Latin or Chinese, in any width or style."""
    name = unicodedata.name(character, "")
    return "LATIN" in name or "CJK" in name or name.startswith("MATHEMATICAL") or character in "〇々ªº℃"


_TABLE: Final = str.maketrans({**_SIGNS, **_SIMPLIFIED})
