"""Placements: the shelves of a shop, as data. Which items may stand on each, and whether it is made at all."""

from __future__ import annotations

import json
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import NoDecode

Eligible: TypeAlias = Literal["anything", "not_seen", "seen", "due_again"]
"""Which items may stand on a shelf: any; none that the shopper chose before; only such; only such that are due again
by the shopper's own interval. What a shopper returned or disliked stands on none."""

PLACEMENT_NAME: Final = "[a-z][a-z0-9_]{0,62}"


class Placement(BaseModel):
    """A shelf of the shop.

    Attributes:
        name: as the published tables call it.
        on: whether it is made and published.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=f"^{PLACEMENT_NAME}$")
    eligible: Eligible
    on: bool = True

    @property
    def exclude_seen(self) -> bool:
        """Whether it leaves out what the shopper chose before."""
        return self.eligible == "not_seen"

    @property
    def only_seen(self) -> bool:
        """Whether it holds nothing but what the shopper chose before."""
        return self.eligible in ("seen", "due_again")

    @property
    def only_due(self) -> bool:
        """Whether what it holds must be due again."""
        return self.eligible == "due_again"


DUE_FROM: Final = 1.0
"""An item is due again when as many days have passed since its last purchase as lie between two, on average
(``feat_user_item.due_ratio``)."""
DEFAULT_LAYOUT: Final = "home"
"""The layout of a shop that has landed none: every placement, in the shop's order."""
DEFAULT_PLACES: Final = 5
NEWCOMER: Final = ""
"""No shopper's id: whose rows of ``page_slot`` are the screens of everybody without a shelf."""
FOR_YOU: Final = "for_you"
DISCOVER: Final = "discover"
BUY_AGAIN: Final = "buy_again"
DUE_AGAIN: Final = "due_again"

SHOP: Final = (
    Placement(name=FOR_YOU, eligible="anything"),
    Placement(name=DISCOVER, eligible="not_seen"),
    Placement(name=BUY_AGAIN, eligible="seen"),
    Placement(name=DUE_AGAIN, eligible="due_again", on=False),
)
"""Of a shop that sells: a shopper may well buy the same again."""
VIEWED_ONCE: Final = (
    Placement(name=FOR_YOU, eligible="not_seen"),
    Placement(name=DISCOVER, eligible="not_seen"),
    Placement(name="see_again", eligible="seen", on=False),
)
"""Of a site of ratings or content: what was rated or viewed is not offered again."""


def on(placements: tuple[Placement, ...]) -> tuple[Placement, ...]:
    """Those that are made and published."""
    return tuple(placement for placement in placements if placement.on)


def _list(value: object) -> object:
    """A text, as the environment has it, is JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as no_json:
        raise _refused() from no_json


def _distinct(placements: tuple[Placement, ...]) -> tuple[Placement, ...]:
    names = [placement.name for placement in placements]
    if len(set(names)) != len(names) or not any(placement.on for placement in placements):
        raise _refused()
    return placements


def _refused() -> ValueError:
    example = '[{"name": "for_you", "eligible": "not_seen"}]'
    eligible = "anything, not_seen, seen, due_again"
    return ValueError(
        f"SHELDUCK_PLACEMENTS: expected a JSON list such as {example}, each name once, one of them on, "
        f"eligible one of {eligible}; found another value"
    )


Placements = Annotated[tuple[Placement, ...], NoDecode, BeforeValidator(_list), AfterValidator(_distinct)]
