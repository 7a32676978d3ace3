"""What a validation says: findings with their place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Rule: TypeAlias = Literal[
    "price",
    "discount",
    "offer",
    "date",
    "quantity",
    "number",
    "product",
    "brand",
    "name",
    "link",
    "code",
    "slot",
    "claim",
    "banned",
    "length",
    "language",
    "readability",
    "personal data",
    "hidden character",
    "script",
    "markup",
    "instruction",
    "attribution",
    "duplicate",
]


@dataclass(frozen=True, order=True)
class Finding:
    """Something in a text that its fact sheet does not support.

    Attributes:
        start, end: its place in the text as written, in code points, end exclusive.
        found: the words there.
        allowed: what the sheet would support in that place; empty where nothing.
    """

    start: int
    end: int
    rule: Rule
    found: str
    allowed: tuple[str, ...] = ()

    def __str__(self) -> str:
        allowed = f"; allowed: {', '.join(self.allowed)}" if self.allowed else ""
        return f"{self.rule} at {self.start}: {self.found!r}{allowed}"


@dataclass(frozen=True)
class Verdict:
    """The findings of one text, in the order of their places."""

    findings: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the text may be published."""
        return not self.findings

    @property
    def reason(self) -> str:
        """The findings in one line."""
        return " · ".join(map(str, self.findings))
