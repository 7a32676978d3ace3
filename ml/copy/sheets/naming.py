"""How texts name a product: a plain name of the shop's data in readable letters, or none and why."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ml.text.validation.plain_names import is_plain

NOT_PLAIN: Final = "its name states an offer, a date or a claim, or holds an instruction or an address"
_WORD: Final = re.compile(r"(?<!\d)[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ']*")
_MEASURE: Final = re.compile(r"(?<=\d )(?:OZ|LB|GA|ML|CT|PK|KG|GR|LTR|PT|QT|CC|DZ|G|L)\b")
_UNCLOSED: Final = re.compile(r"\s*\([^()]*$")
_SIZE: Final = re.compile(r", (\d[^,]*)$")
_SPACES: Final = re.compile(r"\s+")


@lru_cache(maxsize=65536)
def readable(name: str) -> str:
    """A name that is written in capitals with capitals only where words begin; FLOUR, 2 LB is Flour (2 lb).

    Nothing is added or translated, so the validator knows it as the same name: it compares without regard to case.
    """
    name = _SPACES.sub(" ", name).strip()
    if any(each.islower() for each in name) or not any(each.isupper() for each in name):
        return name
    short = _UNCLOSED.sub("", name) or name
    measured = _MEASURE.sub(lambda unit: unit.group().lower(), short)
    bracketed = _SIZE.sub(r" (\1)", measured)
    return _WORD.sub(lambda word: word.group() if word.group().islower() else word.group().capitalize(), bracketed)


def name_of(landed: str | None) -> str | None:
    """The name as texts write it; None where what was landed is none (``NOT_PLAIN``)."""
    return readable(landed) if landed and is_plain(landed) and is_plain(readable(landed)) else None
