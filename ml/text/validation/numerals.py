"""Numbers as people write them: figures in several locales, English and Chinese number words, fractions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ml.text.validation.number_words import (
    CHINESE_IDIOMS,
    CHINESE_NUMERAL,
    ENGLISH_FRACTION,
    ENGLISH_IDIOMS,
    ENGLISH_NUMERAL,
    MOST_FIGURES,
    chinese_value,
    english_fraction,
    english_value,
)

NUMBER: Final = "\ue000"
FRACTION: Final = "\ue002"
REST: Final = "\ue001"
N: Final = f"{NUMBER}{REST}*"
"""A number in a text of which numbers are replaced; patterns over it hold for every form of a number."""
NF: Final = f"[{NUMBER}{FRACTION}]{REST}*"
TAKEN: Final = "\ue010"
"""Replaces what has been read."""

_FIGURES: Final = re.compile(
    r"(?<!\d)(?:(?<=[\s$€£¥(])\.)?\d+(?:[.,'\u00a0]\d+)*(?:(?=(k\b|st\b|nd\b|rd\b|th\b))\1)?", re.I | re.A
)
_SLASHED: Final = re.compile(
    r"(?<![\d/])(\d{1,2})/([1-9]\d?)(?![\d/])(?=[\s-]*(?:(?:off|of\s+the|oz|lbs?|cups?|pts?|qts?|ft|kg|g|l|inch)\b"
    r"|price|价))",
    re.I,
)
_TIMES: Final = re.compile(r"\s?(hundred|thousand|million|billion|mn|bn)\b|\s?([百千万亿]+)", re.I | re.A)
_LOCALES: Final = (
    (re.compile(r"\d+(?:\.\d+)?"), ""),
    (re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"), ","),
    (re.compile(r"\d{1,3}(?:['\u00a0]\d{3})+(?:[.,]\d{1,2})?"), "'\u00a0"),
    (re.compile(r"\d{1,3}(?:\.\d{3})+,\d{1,2}|\d{1,3}(?:\.\d{3}){2,}"), "."),
    (re.compile(r"\d+,\d{1,2}"), ""),
)
"""Forms of a number, and what separates its thousands. A point before three digits alone is a decimal point."""
_FACTORS: Final = {
    "k": 10**3, "hundred": 10**2, "thousand": 10**3, "million": 10**6, "mn": 10**6, "billion": 10**9, "bn": 10**9,
    "百": 10**2, "千": 10**3, "万": 10**4, "亿": 10**8, "百万": 10**6, "千万": 10**7,
}  # fmt: skip


@dataclass(frozen=True)
class Numeral:
    """A number in a text.

    Attributes:
        value: None where it cannot be read as one number.
        raw: as written; empty for number words.
        is_ordinal: third, 3rd.
        is_fraction: a half, two-thirds.
    """

    start: int
    end: int
    value: Decimal | None
    raw: str = ""
    is_ordinal: bool = False
    is_fraction: bool = False


def replaced(text: str) -> tuple[str, dict[int, Numeral]]:
    """``text`` with every number replaced, in the same length, and the numbers by their start."""
    found: dict[int, Numeral] = {}
    for scan in (_idioms, _slashed, _figures, _fractions, _english, _chinese):
        text = scan(text, found)
    return text.replace("\u00a0", " "), found


def fill(text: str, start: int, end: int, first: str, rest: str = "") -> str:
    """``text`` with a span replaced in the same length."""
    return text[:start] + first + (rest or first) * (end - start - 1) + text[end:]


def _keep(text: str, numeral: Numeral, found: dict[int, Numeral]) -> str:
    found[numeral.start] = numeral
    return fill(text, numeral.start, numeral.end, FRACTION if numeral.is_fraction else NUMBER, REST)


def _idioms(text: str, _: dict[int, Numeral]) -> str:
    """Words that hold a number and state none: ``one of``, 一起."""
    for pattern in (ENGLISH_IDIOMS, CHINESE_IDIOMS):
        text = pattern.sub(lambda idiom: TAKEN * len(idiom.group()), text)
    return text


def _slashed(text: str, found: dict[int, Numeral]) -> str:
    """Fractions in figures before what they are taken of: 1/3 off."""
    for match in _SLASHED.finditer(text):
        value = Decimal(match[1]) / Decimal(match[2])
        text = _keep(text, Numeral(match.start(), match.end(), value, is_fraction=True), found)
    return text


def _figures(text: str, found: dict[int, Numeral]) -> str:
    for match in _FIGURES.finditer(text):
        suffix = (match.group(1) or "").lower()
        body = match.group()[: len(match.group()) - len(suffix)]
        times = None if suffix else _TIMES.match(text, match.end())
        factor = _FACTORS.get((times.group(1) or times.group(2)).lower()) if times else _FACTORS.get(suffix, 1)
        value = figure(body)
        if value is None and "," in body and not times:
            text = _listed(text, match.start(), body, found)
            continue
        value = None if value is None or factor is None else value * factor
        end = times.end() if times else match.end()
        ordinal = suffix in {"st", "nd", "rd", "th"}
        text = _keep(text, Numeral(match.start(), end, value, body, is_ordinal=ordinal), found)
    return text


def _listed(text: str, start: int, body: str, found: dict[int, Numeral]) -> str:
    """Numbers with commas between them."""
    for part in re.finditer(r"[^,]+", body):
        numeral = Numeral(start + part.start(), start + part.end(), figure(part.group()), part.group())
        text = _keep(text, numeral, found)
    return text


def figure(body: str) -> Decimal | None:
    """The value of figures with separators; None where no locale writes them so."""
    if len(body) > MOST_FIGURES:
        return None
    body = f"0{body}" if body.startswith(".") else body
    for pattern, thousands in _LOCALES:
        if pattern.fullmatch(body):
            for separator in thousands:
                body = body.replace(separator, "")
            return Decimal(body.replace(",", "."))
    return None


def _fractions(text: str, found: dict[int, Numeral]) -> str:
    for match in ENGLISH_FRACTION.finditer(text):
        text = _keep(text, Numeral(match.start(), match.end(), english_fraction(match), is_fraction=True), found)
    return text


def _english(text: str, found: dict[int, Numeral]) -> str:
    for match in ENGLISH_NUMERAL.finditer(text):
        value, ordinal = english_value(match.group())
        text = _keep(text, Numeral(match.start(), match.end(), value, is_ordinal=ordinal), found)
    return text


def _chinese(text: str, found: dict[int, Numeral]) -> str:
    for match in CHINESE_NUMERAL.finditer(text):
        words = match.group()
        half = words == "半"
        numeral = Numeral(match.start(), match.end(), chinese_value(words), words, is_fraction=half)
        text = _keep(text, numeral, found)
    return text
