"""The words of a text that count when it is searched: English words without endings, pairs of Chinese characters."""

from __future__ import annotations

import re
from typing import Final

_PIECE: Final = re.compile(r"[a-z0-9]+(?:[.:][0-9]+)*|[\u4e00-\u9fff]+")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_ENDINGS: Final = ("ies", "ing", "ed", "es", "s", "y", "e")
_LEAST_STEM: Final = 3
_STOP_WORDS: Final = """
a about all am an and any are as at be been but by can could did do does every for from get give had
has have her his how i if in into is it its just long many may me more much must my need no not of
off on one only or our out please she should so some something tell than that the their them there
they this those to up us was we were what when where which who whom whose why will with within would
you your
"""
STOP_WORDS: Final = frozenset(_STOP_WORDS.split())
_STOP_PHRASES: Final = re.compile(
    "可以用|可不可以|能不能|是不是|有没有|什么时候|怎么样|多少钱|多少|多久|几点|可以|你们|我们|请问|什么|怎么|哪些|哪个|"
    "需要|[的了吗呢吧么是在有到和与把我你您几]"
)

_TURNS: Final = re.compile(
    r"\b(?:cannot|can't|not|no|never|without|except|only|at (?:least|most))\b"
    r"|\b(?:more|less|fewer|longer|later|earlier) than\b"
    "|n't|[不没无只]|除了|超过|少于|以上|以下|以外"
)


def turns(text: str) -> set[str]:
    """Words that turn what a sentence says: a passage without them says something else than a question with them."""
    plain = _STOP_PHRASES.sub(" ", text.lower())
    return {"not" if found in {"cannot", "can't", "n't"} else found for found in _TURNS.findall(plain)}


def is_chinese(text: str) -> bool:
    """Whether a text holds Chinese characters."""
    return bool(_CHINESE.search(text))


def terms(text: str) -> tuple[str, ...]:
    """The terms of a text in their order: words without stop words and endings; of Chinese each pair of neighbours."""
    found: list[str] = []
    for piece in _PIECE.findall(_STOP_PHRASES.sub(" ", text.lower())):
        if is_chinese(piece):
            found += [piece[at : at + 2] for at in range(max(len(piece) - 1, 1))]
        elif piece not in STOP_WORDS:
            found.append(_stem(piece))
    return tuple(found)


def _stem(word: str) -> str:
    """A word without its ending; two passes, so that ``deliveries`` and ``delivery`` meet in ``deliver``."""
    for _ in range(2):
        ending = next((each for each in _ENDINGS if word.endswith(each) and len(word) - len(each) >= _LEAST_STEM), "")
        word = word[: len(word) - len(ending)]
    return word
