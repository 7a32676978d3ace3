"""Briefs drawn at random: what is usual, what contradicts itself, and what attacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from ml.copy.request import PARTS
from ml.landing.copy_tables import LANGUAGES, TONES
from testkit.copy_shop import DAY, item_names
from testkit.marketing_texts.sheets import NAMES, OTHERS


def brief_rows(rng: Random, count: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of ``dim_copy_brief`` and ``dim_copy_brief_item``."""
    briefs: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    for number in range(count):
        brief = _brief(rng, f"brief_{number}")
        briefs.append(brief)
        items += _items(rng, brief)
    return briefs, items


def _brief(rng: Random, brief_id: str) -> dict[str, Any]:
    start = DAY + timedelta(days=rng.randrange(-20, 20))
    end = start + timedelta(days=rng.randrange(-1 if rng.random() < 0.02 else 0, 30))
    brief: dict[str, Any] = {
        "brief_id": brief_id,
        "name": brief_id,
        "audience_id": rng.choice((None, "wine", "wine", "tea", "tea", "tea", "few" if rng.random() < 0.2 else "tea")),
        "placement": rng.choice(("for_you", "for_you", "discover")),
        "products": rng.randrange(1, 6),
        "channel": _maybe(rng, 0.3, tuple(PARTS)),
        "language": _maybe(rng, 0.3, LANGUAGES),
        "locale": rng.choice(("en_US", "en_GB")),
        "tone": rng.choice(TONES),
        "occasion": _maybe(
            rng, 0.6, ("Spring Wine Week", "a quiet sunday", "Mother's Day", "90% off weekend", "Half & Half Days")
        ),
        "occasion_zh": _maybe(rng, 0.6, ("春日葡萄酒周", "母亲节", "全场1折", "Spring Club")),
        "code": _maybe(rng, 0.4, ("SPRING20", "TEA-2026", "HONEY", "A1")),
        "start_date": start if rng.random() < 0.6 else None,
        "end_date": end if rng.random() < 0.7 else None,
        "send_date": start if rng.random() < 0.4 else None,
        "link": _maybe(
            rng,
            0.8,
            (
                "https://shop.example/spring",
                "https://shop.example/p?id=7&utm_source=x#top",
                f"https://shop.example/{'deep/' * 30}",
            ),
        ),
        "arms": rng.randrange(1, 6),
        "currency": rng.choice(("USD", "USD", "EUR", "CNY", "GBP", "JPY", "CHF")),
    }
    return brief | _offer(rng)


def _offer(rng: Random) -> dict[str, Any]:
    kind = rng.randrange(8)
    offers: dict[int, dict[str, Any]] = {
        0: {"percent_off": rng.choice((5.0, 10.0, 12.5, 20.0, 33.33, 50.0, 75.0, 95.0, 100.0))},
        1: {"amount_off": rng.choice((1.0, 5.0, 2.5, 10.0))},
        2: {"amount_off": rng.choice((5.0, 10.0, 12.99)), "minimum_spend": rng.choice((30.0, 49.9, 100.0, 1200.0))},
        3: {"percent_off": rng.choice((10.0, 20.0)), "minimum_spend": 50.0},
        4: {"take": rng.choice((2, 3, 5)), "pay": 1},
        5: {"percent_off": 10.0, "amount_off": 5.0} if rng.random() < 0.2 else {},
    }
    return offers.get(kind, {})


def _items(rng: Random, brief: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if rng.random() < 0.3:
        return
    names = item_names()
    for place, number in enumerate(rng.sample(range(len(names)), rng.randrange(1, 5))):
        price = rng.randrange(80, 9000) / 100 if rng.random() < 0.95 else 3.9999
        was = round(price * rng.choice((1.1, 1.25, 1.5)), 2)
        size, unit = rng.choice(
            ((500.0, "g"), (750.0, "ml"), (1.5, "kg"), (6.0, "bottles"), (100.0, "g"), (12.0, "oz"), (2.0, "furlongs"))
        )
        has_price, has_was = rng.random() < 0.7, rng.random() < 0.3
        english, chinese = (*NAMES, *OTHERS)[number] if number < len((*NAMES, *OTHERS)) else (names[number], None)
        yield {
            "brief_id": brief["brief_id"],
            "item_id": f"i{number}",
            "position": place,
            "name": english if rng.random() < 0.4 else None,
            "name_zh": chinese if rng.random() < 0.6 else None,
            "price": price if has_price else None,
            "was_price": was if has_price and has_was else None,
            "percent_off": rng.choice((10.0, 25.0)) if rng.random() < 0.05 else None,
            "currency": brief["currency"],
            **({"take": 3, "pay": 2} if rng.random() < 0.05 else {}),
            **({"pack_size": size, "pack_unit": unit} if rng.random() < 0.5 else {}),
        }


def _maybe(rng: Random, share: float, values: Sequence[Any]) -> Any:
    return rng.choice(values) if rng.random() < share else None
