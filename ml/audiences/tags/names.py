"""Ids and names of statistical tags: from the catalogue's own values, in whatever script they are."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Final

from ml.tables import Col
from ml.words import Words

_PREFIXES: Final = {
    Col.item_category: "likes_category_",
    Col.item_category2: "likes_subcategory_",
    Col.item_brand: "likes_brand_",
}
_BRAND: Final = Words("Likes the brand {}", "喜欢品牌{}")
_OTHER: Final = Words("Likes {}", "喜欢{}")
_LONGEST: Final = 40
_APART: Final = re.compile(r"[\s\-_/.,&'()]+")
_PLAIN: Final = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


def tag_ids(values: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """By column and value, the id of the tag.

    It is the value in small letters without accents, with ``_`` for what stands between words. A short hash of the
    value is added where letters got lost, where it is long, and to all values that would be called the same: so no id
    ever changes its meaning.
    """
    plain = {each: _plain(each[1]) for each in values}
    shared = Counter((field, name) for (field, _), name in plain.items())
    return {
        (field, value): _PREFIXES[field]
        + (_hashed(name, value) if shared[field, name] > 1 or not _says(name, value) else name)
        for (field, value), name in plain.items()
    }


def tag_name(field: str, value: str) -> Words:
    """What people read."""
    words = _BRAND if field == Col.item_brand else _OTHER
    return Words(words.en.format(value), words.zh.format(value))


def _plain(value: str) -> str:
    letters = unicodedata.normalize("NFKD", value).casefold()
    without_accents = "".join(each for each in letters if not unicodedata.combining(each))
    return re.sub("[^a-z0-9_]", "", _APART.sub("_", without_accents)).strip("_")


def _says(name: str, value: str) -> bool:
    """Whether nothing but accents and what stands between words is lost in ``name``."""
    return len(name) <= _LONGEST and bool(_PLAIN.fullmatch(name)) and _letters(name) == _letters(value)


def _letters(text: str) -> int:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return sum(not unicodedata.combining(each) for each in _APART.sub("", decomposed))


def _hashed(name: str, value: str) -> str:
    digest = hashlib.sha256(value.encode()).hexdigest()[:8]
    return f"{name[:_LONGEST].strip('_')}_{digest}" if name else digest
