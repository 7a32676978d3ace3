"""Texts in the languages that Shelduck speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Language: TypeAlias = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")


@dataclass(frozen=True)
class Words:
    """One text in every language.

    Attributes:
        en, zh: the text in English and in simplified Chinese.
    """

    en: str
    zh: str

    def __str__(self) -> str:
        return self.en


Text: TypeAlias = str | Words
"""A text that depends on the reader's language, or one that does not: a name, a number, words of data."""


def said(text: Text, language: Language = "en") -> str:
    """``text`` in ``language``."""
    if isinstance(text, str):
        return text
    return text.zh if language == "zh" else text.en
