"""In which language a text is: English, Chinese, or another one that no model here has learned.

Scripts tell Chinese and everything that is not written in Latin letters. English is told from the languages that are by
py3langid's identifier (naive Bayes over byte n-grams; its model ships in the package).
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

ENGLISH, CHINESE, OTHER = "en", "zh", "other"
LANGUAGES: Final = (ENGLISH, CHINESE, OTHER)

_LATIN: Final = (
    *("en", "ca", "cs", "da", "de", "es", "fi", "fr", "hu", "id"),
    *("it", "nl", "no", "pl", "pt", "ro", "sv", "tr", "vi"),
)
"""Those that shoppers write in. Ten times as many only make mistakes in short texts: "enjoy!" is no Faroese."""
_HAN, _KANA, _LATIN_LETTER, _ANOTHER = "han", "kana", "latin", "another"
_SCRIPTS: Final = {
    "CJK": _HAN,
    "HIRAGANA": _KANA,
    "KATAKANA": _KANA,
    "LATIN": _LATIN_LETTER,
    "FULLWIDTH": _LATIN_LETTER,
}
_LETTERS_OF_A_WORD: Final = 5
"""A Chinese character weighs as much as an English word, so that "check in 很快" is Chinese."""
_JAPANESE_FROM: Final = 0.25
"""Share of kana among kana and Chinese characters; a の for looks is no Japanese."""
_PREFERS_ENGLISH: Final = 3.0
"""How much likelier another language must be, as a log ratio: of a word or two the identifier knows little."""


def language_of(text: str) -> str:
    """``en``, ``zh`` or ``other``; a text without letters is ``other``."""
    letters = Counter(_script(letter) for letter in text if letter.isalpha())
    han, kana, latin, another = (letters[script] for script in (_HAN, _KANA, _LATIN_LETTER, _ANOTHER))
    if kana > _JAPANESE_FROM * (han + kana) or another > max(latin, han):
        return OTHER
    if han and han * _LETTERS_OF_A_WORD >= latin:
        return CHINESE
    return ENGLISH if latin and _is_english(text) else OTHER


@cache
def _script(letter: str) -> str:
    """The script in a letter's Unicode name, which begins with it."""
    return _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0], _ANOTHER)


def _is_english(text: str) -> bool:
    ranked = _identifier().rank(text.lower())
    scores: dict[str, float] = dict(ranked)
    return bool(ranked[0][1] - scores[ENGLISH] <= _PREFERS_ENGLISH)


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(_LATIN)
    return identifier
