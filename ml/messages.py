"""Texts that a page shows as texts: quotes, and messages as their readers see them. All of them are escaped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from ml.words import Language, Text

Tone: TypeAlias = Literal["good", "watch", "bad", "quiet"]
Form: TypeAlias = Literal["email", "push", "sms", "ad", "banner", "plain"]
"""How a message looks; ``plain`` is a text without a device around it."""


@dataclass(frozen=True)
class Run:
    """A stretch of a text that looks the same.

    Attributes:
        look: ``slot`` for what is filled per reader, ``refused`` for what a check objects to.
        note: what is said of it when it is pointed at.
    """

    text: str
    look: Literal["", "slot", "refused"] = ""
    note: Text = ""


@dataclass(frozen=True)
class Label:
    """A word or two and a colour, above a message or a quote."""

    text: Text
    tone: Tone = "quiet"


@dataclass(frozen=True)
class Quote:
    """What somebody wrote.

    Attributes:
        text: personal data masked.
        about: what it is about; ``by`` says where it comes from.
    """

    text: str
    about: Text
    by: Text = ""
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True)
class Preview:
    """A message as its reader sees it.

    Attributes:
        parts: in the order in which they are read: of an e-mail subject, preheader and body, of an ad headline and
            description, else one.
        heading: which one it is.
        sender: whose name stands above it.
        notes: what is said below it, a line each.
    """

    form: Form
    language: Language
    parts: tuple[tuple[Run, ...], ...]
    heading: Text
    sender: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class PreviewGroup:
    """Messages that are compared with each other, side by side where there is room."""

    heading: Text
    previews: tuple[Preview, ...]
