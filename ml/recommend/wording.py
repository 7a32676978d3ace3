"""The words of reasons: what shoppers did, in the words of the events that count as a purchase in the shop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Wording:
    """Past tenses.

    Attributes:
        did: what the shopper did with an item: "You bought this".
        liked: what made it count as one that the shopper wants: "Because you liked it".
    """

    did: str
    liked: str


BOUGHT: Final = Wording("bought", "bought")
_VIEWED: Final = Wording("viewed", "viewed")
_OPENED: Final = Wording("opened", "opened")
_CHOSE: Final = Wording("chose", "chose")
_BY_EVENT: Final = {
    "purchase": BOUGHT,
    "rate": Wording("rated", "liked"),
    "view_item": _VIEWED,
    "view_item_list": _VIEWED,
    "view_promotion": _VIEWED,
    "select_item": _OPENED,
    "select_promotion": _OPENED,
}


def wording_of(purchase_events: Sequence[str]) -> Wording:
    """The words for these event types; where they have none in common, an item was "chosen"."""
    found = {_BY_EVENT.get(event, _CHOSE) for event in purchase_events}
    return found.pop() if len(found) == 1 else _CHOSE
