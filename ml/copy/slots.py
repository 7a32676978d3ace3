"""Places in texts that are filled per shopper, and the words for shoppers of whom nothing fitting is known."""

from __future__ import annotations

from typing import Final

from ml.copy.columns import Copy
from ml.words import Words

SLOTS: Final = (Copy.first_product, Copy.last_purchase, Copy.loyalty)
FALL_BACKS: Final = {
    Copy.first_product: Words("our picks for you", "为您挑选的好物"),
    Copy.last_purchase: Words("your last order", "您上次的订单"),
    Copy.loyalty: Words("a valued customer", "我们珍视的顾客"),
}
"""What stands in a slot without a value; texts are written so that they read well with either."""
LOYALTY: Final = {
    "new": Words("a new customer", "新朋友"),
    "active": Words("a regular", "老朋友"),
}
"""By life-cycle stage; nobody is told to be at risk or lapsed."""
MOST_CHARACTERS: Final = 40
"""Of a slot's value: texts are measured with slots of this length, so that no shopper's is too long."""
WIDEST: Final = {
    "en": "n" * MOST_CHARACTERS,
    "zh": "字" * MOST_CHARACTERS,
}


def filled(text: str, values: dict[str, str]) -> str:
    """``text`` with its slots filled; what is not in ``values`` stays."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def widest(text: str, language: str) -> str:
    """``text`` with slots as long as any shopper's can be."""
    return filled(text, dict.fromkeys(SLOTS, WIDEST[language])) if "{" in text else text
