"""The tiny shop with campaigns, subcategories and shoppers of every life-cycle stage."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from tests.warehouse.tiny_shop import FIRST, LAST, USERS, ZONE, Row, TinyShop, events, in_few_files, items

AS_OF = (date(2017, 10, 3), date(2017, 11, 20), LAST - timedelta(days=1), LAST)
CAMPAIGNS = ("spring", "summer", "autumn", "winter")
REACTIONS = ("open", "click", "redeem", "convert")
_LAGS = (0, 0, 0, 1, 4)
_ONCE = {"user_id": "once", "day": date(2017, 11, 2), "arrival": date(2017, 11, 2)}
_SHELVES = (
    {"item_category2": None, "item_brand": "Acre"},
    {"item_category2": "Fresh", "item_brand": "Birch"},
    {"item_category2": "Frozen", "item_brand": None},
    {"item_category2": "Fresh", "item_brand": "Cove"},
    {"item_category2": "Dry", "item_brand": "Dune"},
)


def shop_events() -> list[Row]:
    """The tiny shop's events, and shoppers who buy at even gaps until they stop."""
    first_days = {"weekly": range(0, 29, 7), "slow": range(0, 41, 10), "fresh": (55,), "once": (20,)}
    steady = [(user, FIRST + timedelta(days=n)) for user, days in first_days.items() for n in days]
    made = [*events(), *(_purchase(number, user, day) for number, (user, day) in enumerate(steady))]
    return in_few_files(made, AS_OF)


def _purchase(number: int, user: str, day: date) -> Row:
    return {
        "event_id": f"steady{number}",
        "user_id": user,
        "item_id": f"item{1 + number % 4:02}",
        "event_type": "purchase",
        "day": day,
        "hour": 1,  # an hour that the last Sunday of summer time has twice
        "arrival": day,
        "quantity": 1,
        "event_value": 2.5,
        "discount": 0,
        "rating": None,
        "session_id": f"steady{number}",
        "channel": "web",
        "store_id": None,
    }


def shop_items() -> list[Row]:
    """The tiny shop's catalogue with a subcategory for most items, and more brands."""
    return [{**item, **_SHELVES[int(item["item_id"][4:]) % len(_SHELVES)]} for item in items()]


def campaigns() -> list[Row]:
    """Campaigns by arrival; one is made longer by a later arrival."""
    rows = [
        {"campaign_id": name, "campaign_type": "mail", "arrival": FIRST, "start_date": FIRST, "end_date": last_day}
        for name, last_day in zip(CAMPAIGNS, (date(2017, 11, 1), LAST, LAST, date(2018, 1, 1)), strict=True)
    ]
    return [*rows, {**rows[0], "arrival": date(2017, 11, 20), "end_date": date(2017, 12, 24)}]


def sends() -> list[Row]:
    """Messages, some late, some around the edges of the windows, some to people who are no shoppers."""
    made = [{"send_id": "sent", **_ONCE}, *_dated(random.Random(3), 60, "send_id")]
    return [{**row, "campaign_id": CAMPAIGNS[number % 4]} for number, row in enumerate(made)]


def engagements() -> list[Row]:
    """Reactions, also to campaigns that the shopper never got and to one that nobody did."""
    dice = random.Random(4)
    made = _dated(dice, 80, "engagement_id")
    return [
        {"engagement_id": "of a friend", **_ONCE, "campaign_id": "forgotten", "engagement_type": "redeem"},
        *(
            {**row, "campaign_id": dice.choice([*CAMPAIGNS, "forgotten"]), "engagement_type": dice.choice(REACTIONS)}
            for row in made
        ),
    ]


def _dated(dice: random.Random, count: int, key: str) -> list[Row]:
    edges = [LAST - timedelta(days=n) for n in (89, 90, 364, 365)]
    days = [*edges, *(FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))]
    rows = []
    for number in range(count):
        day = dice.choice(days)
        arrival = min(max(day, FIRST) + timedelta(days=dice.choice(_LAGS)), LAST)
        user = dice.choice([*USERS[1:], "no_shopper"])
        rows.append({key: f"{key}{number}", "user_id": user, "day": day, "arrival": arrival})
    return rows


def landed_profile_shop(home: Path) -> TinyShop:
    """The shop with all its files, landed."""
    shop = TinyShop(home).drop(shop_events())
    for table, rows in profile_files().items():
        shop.write(table, in_few_files(rows, AS_OF))
    return shop.land()


def profile_files() -> dict[str, list[Row]]:
    """Landing rows of the tables that profiles read beside interactions and users."""
    return {
        "items": shop_items(),
        "campaigns": [{**row, **_texts(row, "start_date", "end_date")} for row in campaigns()],
        "sends": _stamped(sends(), "sent_ts"),
        "engagements": _stamped(engagements(), "event_ts"),
    }


def _texts(row: Row, *names: str) -> Row:
    return {name: str(row[name]) for name in names}


def _stamped(rows: Sequence[Row], name: str) -> list[Row]:
    """Landing rows: late in the evening, so that the day in UTC is another."""
    return [
        {key: value for key, value in row.items() if key != "day"}
        | {name: datetime.combine(row["day"], time(22, 15), ZONE).isoformat()}
        for row in rows
    ]
