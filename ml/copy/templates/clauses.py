"""Templates made ready: the clauses of each part of an arm, by language, channel and tone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from jinja2 import StrictUndefined, Template, meta
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ml.copy.request import PARTS, Channel
from ml.copy.templates import chinese, chinese_short, english, english_short
from ml.copy.templates.voices import VOICES
from ml.text.facts import Channel as Part
from ml.words import Language

_TEXTS: Final[dict[Language, dict[Channel, dict[str, dict[str, str]]]]] = {
    "en": {
        "email": english.EMAIL,
        "push": english.PUSH,
        "sms": english_short.SMS,
        "ad": english_short.AD,
        "banner": english_short.BANNER,
    },
    "zh": {
        "email": chinese.EMAIL,
        "push": chinese.PUSH,
        "sms": chinese_short.SMS,
        "ad": chinese_short.AD,
        "banner": chinese_short.BANNER,
    },
}
LEADS: Final = ("offer", "products", "occasion", "personal", "question")
"""What each arm's text leads with, in the order of the arms."""
_VOICE: Final = re.compile(r"<(\w+)>")


class _Environment(ImmutableSandboxedEnvironment):
    """Templates only insert facts: no attribute, no item, no call, no function; what is not there is an error."""

    def getattr(self, _obj: Any, attribute: str) -> Any:
        raise SecurityError(f"a template asks for {attribute}")

    def getitem(self, _obj: Any, argument: Any) -> Any:
        raise SecurityError(f"a template asks for {argument}")

    def call(self, *_: Any, **__: Any) -> Any:
        raise SecurityError("a template calls a function")


ENVIRONMENT: Final = _Environment(autoescape=False, undefined=StrictUndefined)
"""Texts are no markup, so nothing is escaped; pages escape what they show."""
ENVIRONMENT.globals.clear()


@dataclass(frozen=True)
class Way:
    """One way to say a clause, and the facts that it needs."""

    template: Template
    needs: frozenset[str]


@dataclass(frozen=True)
class Clause:
    """Words that stay together.

    Attributes:
        order: 0 stays; of others the highest is left out first.
        paragraph: its number within the text.
        ways: the fullest first.
    """

    order: int
    paragraph: int
    ways: tuple[Way, ...]


@cache
def clauses_of(language: Language, channel: Channel, tone: str, lead: str) -> Mapping[Part, tuple[Clause, ...]]:
    """The clauses of each part."""
    texts = _TEXTS[language][channel][lead]
    return {part: _parsed(texts[part], VOICES[language][tone]) for part in PARTS[channel]}


def template_id(language: Language, channel: Channel, tone: str, lead: str) -> str:
    """What ``copy_variant`` calls a template."""
    return f"{language}/{channel}/{tone}/{lead}"


def _parsed(text: str, voice: Mapping[str, str]) -> tuple[Clause, ...]:
    paragraph, found = 0, []
    for line in text.strip().splitlines():
        if not line.strip():
            paragraph += 1
            continue
        order, _, words = line.strip().partition(" ")
        said = _VOICE.sub(lambda word: voice[word[1]], words)
        found.append(Clause(int(order), paragraph, tuple(_way(each.strip()) for each in said.split("||"))))
    return tuple(found)


def _way(source: str) -> Way:
    needs = meta.find_undeclared_variables(ENVIRONMENT.parse(source))
    return Way(ENVIRONMENT.from_string(source), frozenset(needs))
