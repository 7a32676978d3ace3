"""Text that comes from data, made safe for where a person reads it; one function per destination (HTML: ``ml.html``).

Names, ids, file names and whatever quotes them are shown, never interpreted: a control character becomes its escape
(``\\x1b``), so that it neither drives a terminal nor forges a line, and so does what reorders or hides the text beside
it. Letters of all scripts stay, with the joiners that some of them need.
"""

from __future__ import annotations

import re
from typing import Final

_HIDDEN: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    r"\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control characters, line separators, bidirectional controls, blanks without width or ink, tags, lone surrogates."""
_MARKDOWN: Final = re.compile(r"([\\`*{}\[\]()#+\-.!|~$:@=^]|(?<![^\W_])_|_(?![^\W_]))")
"""What Markdown and its extensions interpret; an underscore within a word is none of it."""
_ENTITIES: Final = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def visible(text: str, keep: str = "") -> str:
    """``text`` with every hidden character as its Python escape, but for those in ``keep``; without any, one line."""
    return _HIDDEN.sub(lambda found: found[0] if found[0] in keep else _escaped(found[0]), text)


def for_markdown(text: str) -> str:
    """``text`` within a line, or a cell, of Markdown that may hold HTML."""
    escaped = _MARKDOWN.sub(r"\\\1", visible(text))
    return "".join(_ENTITIES.get(letter, letter) for letter in escaped)


def for_chat(text: str) -> str:
    """``text``, of several lines, in a message of a chat (Slack and its kin), where angle brackets call people."""
    return "".join(_ENTITIES.get(letter, letter) for letter in visible(text, keep="\n"))


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
