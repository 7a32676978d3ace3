"""A shop small enough to reason about, written as landing files, with every awkward thing a real one has."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ml.landing.load import land
from ml.settings import Settings
from ml.warehouse.build import build
from ml.warehouse.slices import Slice

Row = dict[str, Any]
ZONE = ZoneInfo("America/New_York")
FIRST = date(2017, 10, 1)
LAST = date(2017, 12, 3)
AS_OF = (date(2017, 10, 3), date(2017, 11, 20), date(2017, 12, 2), LAST)
USERS = [f"user{n}" for n in range(6)]
ITEMS = [f"item{n:02}" for n in range(10)]
CATEGORIES = ("Fruit", "Bakery", "Dairy")
LAGS = (0, 0, 0, 0, 0, 1, 3, 9)


def events(seed: int = 7) -> list[Row]:
    """Events with their local day and arrival date; a year-old handful lies around the edges of the long window."""
    dice = random.Random(seed)
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    old = [LAST - timedelta(days=n) for n in (363, 364, 365, 366)]
    made = []
    for number, day in enumerate(dice.choice([*days, *days, *old]) for _ in range(420)):
        kind = dice.choice(["purchase"] * 6 + ["view_item", "add_to_cart", "refund", "rate"])
        arrival = min(day + timedelta(days=dice.choice(LAGS)), LAST) if day >= FIRST else FIRST
        made.append(
            {
                "event_id": f"e{number}",
                "user_id": dice.choice(USERS[:5]),
                "item_id": dice.choice([*ITEMS, "unlisted"]),
                "event_type": kind,
                "day": day,
                "hour": dice.choice([0, 9, 23]),
                "arrival": arrival,
                "quantity": dice.choice([1, 2, 0.5]),
                "event_value": dice.randrange(50, 2000) / 100,
                "discount": dice.choice([0, 0, 0.25, 1.1]),
                "rating": dice.randrange(1, 6) if kind == "rate" else None,
                "session_id": dice.choice([f"s{day}-{number % 3}", None]),
                "channel": ("store", "web", None)[number % 3],
                "store_id": ("north", "south", None)[number % 5 % 3],
            }
        )
    return made


def items() -> list[Row]:
    """The catalogue by arrival: fuel, a sold-out item, a renamed one, one that comes late."""
    rows = [
        {
            "arrival": FIRST,
            "item_id": item,
            "item_name": f"Item {n}",
            "item_brand": None if n == 3 else f"Brand {n % 2}",
            "item_category": "FUEL" if n == 0 else CATEGORIES[n % 3],
        }
        for n, item in enumerate(ITEMS[:-1])
    ]
    rows.append({**rows[4], "arrival": date(2017, 11, 15), "item_name": "Item 4, now larger"})
    rows.append({**rows[5], "arrival": date(2017, 11, 20), "availability": "out_of_stock"})
    rows.append({**rows[6], "arrival": date(2017, 11, 20), "item_id": ITEMS[-1], "item_name": "Newcomer"})
    return rows


def promotions() -> list[Row]:
    """Weeks with displays and mailers; one is taken back by a later arrival."""
    week = {"start_date": "2017-12-04", "end_date": "2017-12-10", "arrival": date(2017, 12, 2)}
    return [
        {**week, "item_id": ITEMS[1], "store_id": "a", "display": "9", "mailer": "0"},
        {**week, "item_id": ITEMS[1], "store_id": "b", "display": "0", "mailer": "A"},
        {**week, "item_id": ITEMS[2], "store_id": "a", "display": "5", "mailer": "0"},
        {**week, "item_id": ITEMS[2], "store_id": "a", "display": "0", "mailer": "0", "arrival": LAST},
        {**week, "item_id": ITEMS[7], "start_date": "2017-11-20", "end_date": "2017-11-26", "arrival": FIRST},
    ]


def users() -> list[Row]:
    """Registered shoppers; the last one never buys, two of those who buy are not registered."""
    return [{"arrival": FIRST, "user_id": user, "country": "US"} for user in [*USERS[:3], USERS[-1]]]


class TinyShop:
    """The shop's landing folder in a data home of its own."""

    def __init__(self, home: Path, **settings: Any) -> None:
        self.settings = Settings(home=home, threads=2, **settings)

    def drop(self, purchases: Iterable[Row] | None = None) -> TinyShop:
        """Write all landing files and close the last day."""
        self.write("interactions", landed(events() if purchases is None else purchases))
        self.write("items", items())
        self.write("users", users())
        self.write("promotions", promotions())
        return self.close(LAST)

    def write(self, table: str, rows: Iterable[Row]) -> None:
        """Write rows as JSONL, a file per arrival date."""
        by_arrival: dict[date, list[Row]] = defaultdict(list)
        for row in rows:
            by_arrival[row["arrival"]].append({key: value for key, value in row.items() if key != "arrival"})
        for arrival, arrived in by_arrival.items():
            path = self.partition(table, arrival)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(json.dumps({**row, "currency": "USD"}) + "\n" for row in arrived))

    def partition(self, table: str, arrival: date) -> Path:
        """The file of one arrival date."""
        return self.settings.landing_dir / table / f"dt={arrival}" / "part.jsonl"

    def close(self, day: date) -> TinyShop:
        mark = self.settings.closed_mark(day)
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        return self

    def land(self, day: date = LAST) -> TinyShop:
        land(self.settings, day)
        return self

    def build(self, *days: date) -> list[Slice]:
        return build(self.settings, days)


def landed(shop_events: Iterable[Row]) -> list[Row]:
    """Events as landing rows: the local day and hour become a moment with an offset."""
    rows = []
    for event in shop_events:
        moment = datetime.combine(event["day"], time(event["hour"], 30), ZONE)
        rest = {key: value for key, value in event.items() if key not in ("day", "hour")}
        rows.append({**rest, "event_ts": moment.isoformat()})
    return rows


def in_few_files(rows: Iterable[Row], as_of_dates: Iterable[date]) -> list[Row]:
    """The rows with arrivals that wait for the week's end or one of the dates; as of these the same has arrived."""
    ends = [FIRST + timedelta(days=n) for n in range(0, (LAST - FIRST).days, 7)]
    days = sorted({*as_of_dates, *ends, LAST})
    return [{**row, "arrival": min(day for day in days if day >= row["arrival"])} for row in rows]


def bytes_of(slices: Sequence[Slice]) -> list[dict[str, str]]:
    """What every file of the slices hashes to."""
    return [slice_.record["files"] for slice_ in slices]
