"""The verbs of reasons; they follow from the event types that count as a purchase in the shop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ml.words import Language, Words, said


@dataclass(frozen=True)
class Wording:
    """Past tenses.

    Attributes:
        did: what the shopper did with an item: "You bought this".
        liked: what made it count as one that the shopper wants: "Because you liked it".
        together: what happened to two items at once, which a shopper's day stands for: "bought together 3 times".
    """

    did: Words
    liked: Words
    together: Words

    def of(self, language: Language) -> dict[str, str]:
        """The three in one language, by name."""
        return {name: said(getattr(self, name), language) for name in ("did", "liked", "together")}


_BUY: Final = Words("bought", "购买过")
_VIEW: Final = Words("viewed", "浏览过")
_OPEN: Final = Words("opened", "打开过")
_CHOOSE: Final = Words("chose", "选择过")
BOUGHT: Final = Wording(_BUY, _BUY, Words("bought together", "一起购买"))
_VIEWED: Final = Wording(_VIEW, _VIEW, Words("viewed on the same day", "同一天浏览"))
_OPENED: Final = Wording(_OPEN, _OPEN, Words("opened on the same day", "同一天打开"))
_CHOSE: Final = Wording(_CHOOSE, _CHOOSE, Words("chosen on the same day", "同一天选择"))
_RATED: Final = Wording(Words("rated", "评价过"), Words("liked", "喜欢"), Words("liked on the same day", "同一天喜欢"))
_BY_EVENT: Final = {
    "purchase": BOUGHT,
    "rate": _RATED,
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
