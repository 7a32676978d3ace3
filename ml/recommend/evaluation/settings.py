"""What is judged: the settings, and the terms on which a shop publishes its shelves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ml.placements import Placement
from ml.settings import Settings

ALL: Final = "all"
NEW: Final = "new"
AGAIN: Final = "again"
DUE: Final = "due"
SETTING: Final = "setting"
COLD: Final = "cold"
SETTINGS: Final = (ALL, NEW, AGAIN, DUE)
"""Of shoppers who had bought something by the origin. *all*: anything that they buy counts. *new*: only what they never
bought before, and such items are filtered from the lists. *again*: only what they bought before, and the lists hold
nothing else. *due*: likewise, of what was due again at the origin. Recommenders are chosen on these: shoppers who are
*cold* (anything counts) get nearly the same list from each, so in a shop full of them a mean over everybody tells
little of the others. Their figures stand beside."""
USUAL: Final = (ALL, NEW)
"""The settings of a comparison that is for no shop's shelves."""
_OF: Final = {"anything": ALL, "not_seen": NEW, "seen": AGAIN, "due_again": DUE}
KS: Final = (5, 10, 20)


def setting_of(placement: Placement) -> str:
    """The setting whose lists are those of a placement without rules and objective."""
    return _OF[placement.eligible]


@dataclass(frozen=True)
class Terms:
    """How a shop publishes its shelves.

    Attributes:
        k: the longest list.
        placements: those that are on; empty where no shop's shelves are judged.
        objectives: by placement, what it is ranked for where that is not a purchase.
    """

    k: int = max(KS)
    placements: tuple[Placement, ...] = ()
    objectives: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> Terms:
        """Those of the settings."""
        return cls(settings.k, settings.placements_on, settings.objectives)

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings that are judged, in the order of ``SETTINGS``."""
        wanted = {setting_of(placement) for placement in self.placements} or set(USUAL)
        return tuple(setting for setting in SETTINGS if setting in wanted)
