"""Requests for marketing texts, as a day's briefs give them, and the prices that a text about them may state."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from ml.copy.facts import FactSheet, Money, Product, Slot
from ml.copy.request import PARTS, Channel, Request
from ml.words import Language

NAMES: Final = {"en": "Alpine Coffee", "zh": "高山咖啡豆"}
SECRET_OF_A_SHOPPER: Final = "Grandma's Plum Cake"
"""What fills a slot of one shopper."""


def request(
    brief_id: str = "spring",
    channel: Channel = "email",
    language: Language = "en",
    arms: int = 2,
    *,
    names: tuple[str, ...] = (),
) -> Request:
    """A request about a product that costs 9.60."""
    products = [Product(names or (NAMES[language],), price=Money(Decimal("9.60"), "USD"))]
    slots = (Slot("last_purchase", SECRET_OF_A_SHOPPER),)
    links = tuple(f"https://shop.example/spring?utm_content={arm}" for arm in range(1, arms + 1))
    sheets = {
        part: FactSheet(
            language,
            part,
            locale="zh_CN" if language == "zh" else "en_US",
            products=tuple(products),
            slots=slots,
            links=links if part == "email_body" else (),
        )
        for part in PARTS[channel]
    }
    return Request(brief_id, language, channel, "plain", arms, sheets, f"sheet-{brief_id}-{channel}-{language}")
