"""Requests for marketing texts, as a day's briefs give them, and a run that has them written and landed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from ml.copy.columns import Copy
from ml.copy.request import PARTS, Channel, Request
from ml.copy.writing.budget import Purse
from ml.copy.writing.daily import server_of
from ml.copy.writing.landed import TABLE
from ml.copy.writing.report import Written
from ml.copy.writing.requests import Wanted, write_requests
from ml.copy.writing.run import Means
from ml.settings import Settings
from ml.text.facts import FactSheet, Money, Product, Slot
from ml.text.language_model import LanguageModel
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


DAY: Final = date(2025, 3, 2)
ASKED: Final = (
    *(request("spring", "push", "en"), request("spring", "push", "zh")),
    *(request("tea", "push", "en"), request("tea", "push", "zh")),
)
TEXTS: Final = len(ASKED) * 2


def ask_and_land(
    settings: Settings, asked: tuple[Request, ...] = ASKED, day: date = DAY, **more: Callable[..., Any]
) -> Written:
    """One run that knows the texts of the files up to its day, as a day's snapshot does.

    Args:
        more: other ``sleep`` and ``clock`` than none and the real one.
    """
    known = {row[Copy.text_id] for row in landed_rows(settings, day)}
    server = server_of(settings)
    assert server is not None
    with LanguageModel(server) as model:
        means = Means(model, Purse(settings.llm_budget), **{"sleep": lambda _: None} | more)
        return write_requests(settings, Wanted(day, asked, known), means)


def landed_rows(settings: Settings, day: date = DAY) -> list[dict[str, Any]]:
    """What was landed up to a day."""
    files = sorted((settings.landing_dir / TABLE).glob("dt=*/*.jsonl"))
    until = [file for file in files if file.parent.name <= f"dt={day}"]
    return [json.loads(line) for file in until for line in file.read_text(encoding="utf-8").splitlines()]
