"""Personal data in a text replaced by what kind of data it was, such as ``[phone]``.

The loader calls ``masked`` on the texts of reviews before they are stored, so that nothing behind the landing files
sees what it replaces. Patterns find e-mail addresses, links, bank accounts and cards, identity and telephone numbers,
names in messengers, and street addresses, in the forms usual in English and Chinese. Names of people are not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ml.text.personal_numbers import CARD, IBAN, IDENTITY, PHONES, SOCIAL_SECURITY, cards_in, iban_end
from ml.text.personal_places import ACCOUNT, EMAILS, LINK, STREETS, STREETS_OF_CHINA

EMAIL, URL, ACCOUNT_NAME, BANK_ACCOUNT, BANK_CARD = "email", "link", "account", "iban", "card"
IDENTITY_NUMBER, PHONE, ADDRESS = "id", "phone", "address"

_FORMS: Final[Sequence[tuple[str, re.Pattern[str]]]] = (
    *((EMAIL, pattern) for pattern in EMAILS),
    (URL, LINK),
    (ACCOUNT_NAME, ACCOUNT),
    (BANK_ACCOUNT, IBAN),
    (IDENTITY_NUMBER, IDENTITY),
    (IDENTITY_NUMBER, SOCIAL_SECURITY),
    (BANK_CARD, CARD),
    *((PHONE, pattern) for pattern in PHONES),
    *((ADDRESS, pattern) for pattern in (*STREETS_OF_CHINA, *STREETS)),
)
"""In this order: what an earlier one found, a later one does not see."""
KINDS: Final = tuple(dict.fromkeys(kind for kind, _ in _FORMS))
PLACEHOLDER: Final = re.compile(rf"\[(?:{'|'.join(KINDS)})\]")

_SUSPECT: Final = re.compile(
    r"[\d@#_号栋幢座]|\.[a-z]{2}|www\.|://|[(\[\s]at\s?[)\]\s]|[一幺][三四五六七八九][〇零一二三四五六七八九幺]{3}"
    r"|[a-z甲乙丙丁东西南北中前后一二三四五六七八九十百零〇两]\s*(?:弄|巷|单元|门|层|楼|室|房)",
    re.I,
)
"""No form matches a text without one of these, and most reviews have none."""
_HALF_WIDTH: Final = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
"""Full-width signs, each by the one half-width sign that it stands for."""
_STOP: Final = "。"
_DOT_OF_HOST: Final = re.compile(rf"(@[a-z0-9\-]{{1,63}}){_STOP}(?=[a-z]{{2}})", re.I | re.A)
_SEEN: Final = "\x00"


def masked(text: str) -> str:
    """``text`` with personal data replaced; the same object where it has none. Masking twice changes nothing."""
    parts, start = [], 0
    for begin, end, kind in personal_data(text):
        parts += [text[start:begin], f"[{kind}]"]
        start = end
    return "".join([*parts, text[start:]]) if parts else text


def personal_data(text: str) -> list[tuple[int, int, str]]:
    """Where personal data stands in ``text``: first place, place behind it, kind; in their order, without overlaps."""
    left = PLACEHOLDER.sub(lambda known: _SEEN * len(known.group()), _half_width(text))
    if not _SUSPECT.search(left):
        return []
    found: list[tuple[int, int, str]] = []
    for kind, pattern in _FORMS:
        if places := list(_places(kind, pattern, left)):
            found += [(begin, end, kind) for begin, end in places]
            left = _blanked(left, places)
    return sorted(found)


def _half_width(text: str) -> str:
    """As long as ``text``; 。 is the dot of an address if a keyboard wrote it there, else it ends a link as ; does."""
    return _DOT_OF_HOST.sub(r"\1.", text.translate(_HALF_WIDTH)).replace(_STOP, ";")


def _places(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(text):
        begin, end = match.span(pattern.groups)
        if kind == BANK_CARD:
            yield from ((begin + first, begin + last) for first, last in cards_in(match.group()))
        elif kind == BANK_ACCOUNT and (count := iban_end(match.group())):
            yield begin, begin + count
        elif kind != BANK_ACCOUNT:
            yield begin, end


def _blanked(text: str, places: Sequence[tuple[int, int]]) -> str:
    parts, start = [], 0
    for begin, end in places:
        parts += [text[start:begin], _SEEN * (end - begin)]
        start = end
    return "".join([*parts, text[start:]])
