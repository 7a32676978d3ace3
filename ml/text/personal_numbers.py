"""Patterns of numbers that point to a person: telephone, bank card, bank account, identity.

They read a text whose full-width forms were made half-width; digits of any script count. Where a pattern has a group,
the group is the number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

_DASH: Final = r"\-\u2010-\u2015"
_SPACE_OR_DASH: Final = rf"[\s{_DASH}\u200b]"
_GAP: Final = rf"[\s.{_DASH}\u200b\u00b7/]"
_ALONE_FROM, _ALONE_TO = r"(?<!\d)", r"(?!\d)"

CARD: Final = re.compile(rf"{_ALONE_FROM}\d(?:[\s.{_DASH}\u200b]{{0,2}}\d){{12,}}")
"""Numbers beside each other, 13 digits or more; ``cards_in`` says which of them are cards."""
_GROUP: Final = re.compile(r"\d+")
_LEAST_DIGITS, _MOST_DIGITS, _LONGEST_GROUPS = 13, 19, 5
_PRINTED: Final = re.compile(r"1[3-9]|4 4 4 [1-4]|4 4 4 4 [1-3]|4 6 [45]|6 13")
"""Digits of the groups in which cards are written (ISO/IEC 7813, issuers' own)."""

_IBAN_LENGTHS: Final = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU XK", 21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
"""By country the characters of an account number, as its registry has them (ISO 13616)."""
IBAN: Final = re.compile(rf"(?<![A-Z0-9])[A-Z]{{2}}\d{{2}}(?:{_GAP}?[A-Z0-9]){{11,30}}", re.I | re.A)
"""Perhaps with words behind it; ``iban_end`` says where it ends."""

_BIRTHDAY: Final = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
IDENTITY: Final = re.compile(
    rf"{_ALONE_FROM}(?:"
    rf"[1-9]\d{{5}}{_SPACE_OR_DASH}?(?:1[89]|20)\d\d{_BIRTHDAY}{_SPACE_OR_DASH}?\d{{3}}[\dXx](?![A-Za-z])"
    rf"|[1-9]\d{{5}}\d\d{_BIRTHDAY}\d{{3}}"
    r"|\d{3}-\d\d-\d{4}"
    rf"){_ALONE_TO}"
)
"""Chinese identity numbers of 18 and 15 digits, by the birthday in them, and US social security numbers."""
SOCIAL_SECURITY: Final = re.compile(
    rf"(?:\bssn|\bsocial\s+security)\b[^\d\n]{{0,12}}(\d{{3}}{_SPACE_OR_DASH}?\d\d{_SPACE_OR_DASH}?\d{{4}}){_ALONE_TO}",
    re.I,
)
"""A US one without its dashes, behind the word for it."""

_MOBILE_OF_CHINA: Final = (
    rf"1[3-9]\d(?:{_GAP}?\d{{4}}{_GAP}?\d{{4}}|{_GAP}\d{{3}}{_GAP}\d{{5}}|{_GAP}\d{{5}}{_GAP}\d{{3}})"
)
_EXTENSION: Final = r"(?:\s?(?:转|ext?\.?|x|-)\s?\d{1,5})?"
_FORMS: Final = (
    # with the country's code, whose 0 may stand in brackets
    rf"(?:\+|00){_GAP}?[1-9]\d{{0,2}}\)?(?:{_GAP}?(?:\(\d{{1,4}}\)|\d)){{6,14}}",
    rf"(?:86{_GAP}{{0,2}})?{_MOBILE_OF_CHINA}",
    # North America
    rf"(?:1{_GAP})?(?:\([2-9]\d\d\){_GAP}?|[2-9]\d\d{_GAP})\d{{3}}{_GAP}\d{{4}}{_EXTENSION}",
    # land lines and service numbers of China
    rf"(?:\(0\d{{2,3}}\){_GAP}?|0\d{{2,3}}{_GAP})\d{{3,4}}{_GAP}?\d{{4}}{_EXTENSION}",
    rf"[48]00(?:{_GAP}\d{{3,4}}{_GAP}?\d{{3,4}}|\d{{7}})",
    # the United Kingdom and others where a national number begins with 0
    rf"(?:\(0\d{{2,4}}\){_GAP}?|0\d{{2,4}}{_GAP})\d{{3,4}}{_GAP}?\d{{3,4}}",
    rf"0[1-9]\d{{8,9}}|07\d{{3}}{_GAP}\d{{6}}",
)
_WORDS: Final = (
    r"(?:(?<![a-z])(?:(?:tele)?phone|mobile|cell|call|ring|text|tel|sms|fax|whatsapp|number)"
    "|电话|電話|手机|手機|联系|聯絡|致电|拨打|传真|热线|座机|固话)"
)
PHONES: Final = (
    *(re.compile(f"{_ALONE_FROM}(?:{form}){_ALONE_TO}", re.I) for form in _FORMS),
    re.compile("[一幺][三四五六七八九][〇零一二三四五六七八九幺]{9}"),
    # any other one near a word for it
    re.compile(rf"{_WORDS}[^\d\n]{{0,12}}(?<!\d)(\d(?:{_GAP}?\d){{6,14}}){_ALONE_TO}", re.I),
)


def cards_in(found: str) -> Iterator[tuple[int, int]]:
    """Where cards stand in numbers beside each other: all of them, or else groups as on a card, the longest first."""
    if "." not in found and _is_card(_digits(found)):
        yield 0, len(found)
        return
    groups = [match.span() for match in _GROUP.finditer(found)]
    free = 0
    for first in range(len(groups)):
        if first < free:
            continue
        for last in range(min(first + _LONGEST_GROUPS, len(groups)), first, -1):
            if _is_printed(found, groups[first:last]):
                yield groups[first][0], groups[last - 1][1]
                free = last
                break


def _is_printed(found: str, groups: Sequence[tuple[int, int]]) -> bool:
    sizes = " ".join(str(end - begin) for begin, end in groups)
    return bool(_PRINTED.fullmatch(sizes)) and _is_card(_digits(found[groups[0][0] : groups[-1][1]]))


def _digits(number: str) -> list[int]:
    return [int(digit) for digit in number if digit.isdecimal()]


def _is_card(digits: Sequence[int]) -> bool:
    """Whether digits fulfil the check of bank cards (Luhn, ISO/IEC 7812) and begin as those for payment do."""
    if not _LEAST_DIGITS <= len(digits) <= _MOST_DIGITS or not 2 <= digits[0] <= 6:
        return False
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def iban_end(found: str) -> int:
    """How many characters of ``found`` are an account number of its country with the right check digits; 0 if none."""
    kept = [place for place, letter in enumerate(found) if letter.isalnum()]
    count = _IBAN_LENGTHS.get(found[:2].upper(), 0)
    if not count or len(kept) < count or (len(kept) > count and kept[count] == kept[count - 1] + 1):
        return 0
    letters = "".join(found[place] for place in kept[:count])
    rest = int("".join(str(int(letter, 36)) for letter in letters[4:] + letters[:4])) % 97
    return kept[count - 1] + 1 if rest == 1 else 0
