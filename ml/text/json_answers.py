"""Finds the JSON object in what a language model wrote: alone, in a fence of Markdown, or after its reasoning."""

from __future__ import annotations

import json
import re
from typing import Any, Final

_MARK: Final = re.compile(r"<(/?)think(?:ing)?>", re.I)
_MOST_STARTS: Final = 50
"""Braces at which an object is looked for; each attempt reads on from there."""


def json_object(text: str) -> dict[str, Any] | None:
    """The last JSON object that stands by itself in ``text``; None where there is none.

    The last one: a model that talks first shows drafts before its answer.
    """
    text = _spoken(text)
    decoder, found, at = json.JSONDecoder(), None, 0
    for _ in range(_MOST_STARTS):
        at = text.find("{", at)
        if at < 0:
            break
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        found = value if isinstance(value, dict) else found
    return found


def _spoken(text: str) -> str:
    """``text`` without what stands between marks of reasoning; what is never ended is spoken. One pass."""
    kept, start, opened = [], 0, -1
    for mark in _MARK.finditer(text):
        if not mark[1] and opened < 0:
            opened = mark.start()
        elif mark[1] and opened >= 0:
            kept.append(text[start:opened])
            start, opened = mark.end(), -1
    return "".join([*kept, text[start:]])
