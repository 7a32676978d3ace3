"""The verbs of reasons; they follow from the event types that count as a purchase in the shop."""

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
        together: what happened to two items at once, which a shopper's day stands for: "bought together 3 times".
    """

    did: str
    liked: str
    together: str


BOUGHT: Final = Wording("bought", "bought", "bought together")
_VIEWED: Final = Wording("viewed", "viewed", "viewed on the same day")
_OPENED: Final = Wording("opened", "opened", "opened on the same day")
_CHOSE: Final = Wording("chose", "chose", "chosen on the same day")
_BY_EVENT: Final = {
    "purchase": BOUGHT,
    "rate": Wording("rated", "liked", "liked on the same day"),
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
