"""What is asked of whoever writes: one channel of a brief in one language, with the facts of each of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from ml.text.facts import Channel as Part
from ml.text.facts import FactSheet
from ml.words import Language

Channel: TypeAlias = Literal["email", "push", "sms", "ad", "banner"]
PARTS: Final[dict[Channel, tuple[Part, ...]]] = {
    "email": ("email_subject", "email_preheader", "email_body"),
    "push": ("push",),
    "sms": ("sms",),
    "ad": ("ad_headline", "ad_description"),
    "banner": ("banner",),
}
"""The parts of a channel, in the order in which they are read."""


@dataclass(frozen=True)
class Request:
    """One channel of a brief in one language.

    Attributes:
        arms: how many variants are wanted.
        sheets: by part of the channel, all that the part may state; of links it has one per arm, in their order.
        sheet_id: hex digest of what the sheets say, their channel and language: the same facts, the same id.
        occasion: what the texts are about, in their language; empty where nothing was said.
    """

    brief_id: str
    language: Language
    channel: Channel
    tone: str
    arms: int
    sheets: Mapping[Part, FactSheet]
    sheet_id: str
    occasion: str = ""

    def sheet_of(self, part: Part, arm: int) -> FactSheet:
        """What a part of one arm may state: of the links only the arm's own, which tells its clicks from others'."""
        sheet = self.sheets[part]
        return replace(sheet, links=sheet.links[arm - 1 : arm]) if sheet.links else sheet
