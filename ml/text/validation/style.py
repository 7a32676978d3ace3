"""Length, language and readability of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import wcwidth

from ml.text.facts import FactSheet, Limits
from ml.text.validation.names import MASKS
from ml.text.validation.verdict import Finding
from ml.text.validation.word_lists import listed

_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet of short messages (3GPP TS 23.038)."""
_GSM_TWICE: Final = frozenset("\f^{}\\[~]|€")
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_LETTERS: Final = re.compile("[A-Za-zÀ-ÿ]")
_WORD: Final = re.compile("[A-Za-zÀ-ÿ']+")
_SENTENCES: Final = re.compile(
    r"(?<!\bMrs)(?<!\b(?:Mr|Ms|Dr|No|St|vs))(?<!\b[A-Za-z])[.!?]+[)\"']*(?:\s|$)|[。！？；\n]|(?<=[A-Z])[!?]"
)
_OTHER_LANGUAGES: Final = frozenset(
    listed(
        "le la les des une est pour avec dans sur vous votre nos der die das und ist für mit nicht auf ein eine sie"
        " ihre "
        "el los las una para con por más su sus il lo gli che di per della sono con nuestro ofertas angebote profitez"
    )
)
_ENGLISH: Final = frozenset(
    listed(
        "the a an and or of to in on for with your you our we is are it this that at by from as now be have all can get"
    )
)
_LOUD: Final = re.compile(r"[!！?？]{2,}")
_TWICE: Final = re.compile(r"\b([A-Za-z]{2,})\s+\1\b|([\u4e00-\u9fff]{2,})\2\2", re.I)
_MOST_EXCLAMATIONS: Final = 4
_MOST_FOREIGN: Final = 0.3
_SHORT: Final = 8
"""Letters of a unit or a currency, which are Latin in a Chinese text too."""


def length(text: str, limit: Limits) -> Iterator[Finding]:
    """A text without words, and one that is longer than its channel takes."""
    if not text.strip():
        yield Finding(0, len(text), "length", "no text", ("some text",))
    measured = (
        (limit.characters, characters(text) if limit.characters else 0, "characters"),
        (limit.width, max(wcwidth.wcswidth(text), len(text)) if limit.width else 0, "columns"),
        (limit.segments, segments(text) if limit.segments else 0, "segments"),
    )
    for most, found, what in measured:
        if most is not None and found > most:
            yield Finding(0, len(text), "length", f"{found} {what}", (f"at most {most}",))


def characters(text: str) -> int:
    """What a reader counts as characters (grapheme clusters of Unicode)."""
    return len(text) if text.isascii() else sum(1 for _ in wcwidth.iter_graphemes(text))


def segments(text: str) -> int:
    """Parts of a short message: 160 or 153 characters in its default alphabet, else 70 or 67 of UTF-16."""
    if all(each in _GSM or each in _GSM_TWICE for each in text):
        size, alone, joined = len(text) + sum(each in _GSM_TWICE for each in text), 160, 153
    else:
        size, alone, joined = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if size <= alone else -(-size // joined)


def language(text: str, sheet: FactSheet) -> Iterator[Finding]:
    """A text, its names masked, that is not in the language of its sheet."""
    han, latin = len(_HAN.findall(text)), len(_LETTERS.findall(text))
    if han + latin < 2:
        return
    if sheet.language == "zh":
        if latin > _SHORT and han < latin * (1 - _MOST_FOREIGN):
            yield Finding(0, len(text), "language", "not Chinese", ("zh",))
        return
    if han or any(map(_is_other, _SENTENCES.split(text))):
        yield Finding(0, len(text), "language", "not English", ("en",))


def _is_other(sentence: str) -> bool:
    """Whether a sentence has more of the commonest words of other European languages than of English ones."""
    words = [word.lower() for word in _WORD.findall(sentence)]
    others = sum(word in _OTHER_LANGUAGES for word in words)
    return others >= 2 and others > sum(word in _ENGLISH for word in words)


def readability(text: str, limit: Limits) -> Iterator[Finding]:
    """Sentences too long to follow, shouting, and words repeated."""
    at = 0
    for end in [*(match.end() for match in _SENTENCES.finditer(text)), len(text)]:
        sentence = text[at:end]
        words = len(_WORD.findall(sentence)) + len(re.findall(f"[{MASKS}]+", sentence))
        han = len(_HAN.findall(sentence))
        if words > limit.sentence_words:
            yield Finding(at, end, "readability", f"{words} words in a sentence", (f"at most {limit.sentence_words}",))
        if han > limit.sentence_characters:
            most = f"at most {limit.sentence_characters}"
            yield Finding(at, end, "readability", f"{han} characters in a sentence", (most,))
        at = end
    yield from _shouting(text)
    yield from (Finding(*match.span(), "readability", "a word twice") for match in _TWICE.finditer(text))


def _shouting(text: str) -> Iterator[Finding]:
    words = [word for word in _WORD.findall(text) if len(word) > 1]
    if len(words) >= 4 and sum(word.isupper() for word in words) > len(words) / 2:
        yield Finding(0, len(text), "readability", "capitals throughout")
    yield from (Finding(*match.span(), "readability", "marks in a row") for match in _LOUD.finditer(text))
    if text.count("!") + text.count("！") > _MOST_EXCLAMATIONS:
        yield Finding(0, len(text), "readability", "too many exclamation marks", (f"at most {_MOST_EXCLAMATIONS}",))
