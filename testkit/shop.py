"""A garden shop that never was: small CSV landing files, the same on every machine.

Forty shoppers with favourite plants, sixty items, about a hundred days. ``write_shop`` is what a shop of
its own would do to bring its data: one folder per table and day, then the mark that closes the day.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path

FIRST_DAY = date(2025, 3, 1)
DAYS = 100
TIMEZONE = "Europe/Berlin"
_KINDS = {
    "Herbs": ("Basil", "Thyme", "Mint", "Sage", "Dill", "Chives"),
    "Roses": ("Climber", "Hybrid Tea", "Floribunda", "Shrub Rose", "Miniature", "Rambler"),
    "Tools": ("Trowel", "Pruner", "Rake", "Spade", "Dibber", "Hoe"),
    "Soil": ("Compost", "Bark", "Peat-free Mix", "Sand", "Clay Pebbles", "Perlite"),
    "Pots": ("Terracotta", "Glazed", "Hanging", "Window Box", "Seed Tray", "Barrel"),
}
_SIZES = ("small", "large")
_SEED = 7


def write_shop(
    landing: Path,
    days: int = DAYS,
    *,
    first_day: date = FIRST_DAY,
    zone: tzinfo = UTC,
    weekly_until: date = date.min,
) -> list[date]:
    """Write ``days`` days of CSV files into ``landing``; returns the days, oldest first. It opens at 9 in ``zone``.

    What is sold after the first day and up to ``weekly_until`` arrives in files of a week, the last of them on that
    day: a partition takes longer to land than the rows in it.
    """
    chance = random.Random(_SEED)
    calendar = [first_day + timedelta(days=number) for number in range(days)]
    catalogue = _catalogue()
    shoppers = [f"s{number:02d}" for number in range(40)]
    favourites = {shopper: chance.sample(catalogue, 8) for shopper in shoppers}
    _write(
        landing,
        "items",
        first_day,
        ("item_name", "item_id", "item_category", "item_category2", "price", "currency"),
        [(name, item, kind, plant, price, "EUR") for item, name, kind, plant, price in catalogue],
    )
    _write(landing, "users", first_day, ("user_id", "country"), [(shopper, "DE") for shopper in shoppers])
    header = (
        *("event_ts", "event_id", "user_id", "item_id", "event_type"),
        *("quantity", "event_value", "currency", "session_id"),
    )
    waiting: list[tuple[object, ...]] = []
    for day in calendar:
        opens = datetime.combine(day, time(9), zone)
        for shopper in shoppers:
            waiting += _visit(chance, opens, shopper, favourites[shopper], catalogue)
        is_sent = day in (first_day, calendar[-1]) or day > weekly_until or (weekly_until - day).days % 7 == 0
        if waiting and is_sent:
            _write(landing, "interactions", day, header, waiting)
            waiting = []
        mark = landing / "_closed" / day.isoformat()
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    return calendar


def write_rules(landing: Path, day: date, *rules: dict[str, object]) -> None:
    """Write the shop's rules of an arrival day, columns as ``docs/rules.md`` describes them."""
    header = list(dict.fromkeys(name for rule in rules for name in rule))
    _write(landing, "rules", day, header, [[rule.get(name, "") for name in header] for rule in rules])


Item = tuple[str, str, str, str, str]
"""Item id, name, category, second category, price."""


def _catalogue() -> list[Item]:
    plants = [(kind, plant, size) for kind, names in _KINDS.items() for plant in names for size in _SIZES]
    return [
        (f"g{number:02d}", f"{plant}, {size}", kind, plant, f"{2 + number * 0.35:.2f}")
        for number, (kind, plant, size) in enumerate(plants)
    ]


def _visit(
    chance: random.Random, opens: datetime, shopper: str, favourites: Sequence[Item], catalogue: Sequence[Item]
) -> Iterable[tuple[object, ...]]:
    """One basket in about every third day: mostly favourites, sometimes something new."""
    if chance.random() > 0.35:
        return
    opened = opens + timedelta(seconds=chance.randrange(8 * 3600))
    basket = {chance.choice(favourites if chance.random() < 0.8 else catalogue) for _ in range(chance.randint(1, 4))}
    for line, (item, _, _, _, price) in enumerate(sorted(basket)):
        quantity = chance.randint(1, 3)
        visit = f"{opens:%y%m%d}-{shopper}"
        yield (
            opened.isoformat(),
            f"{visit}-{line}",
            shopper,
            item,
            "purchase",
            quantity,
            f"{quantity * float(price):.2f}",
            "EUR",
            visit,
        )


def _write(landing: Path, table: str, day: date, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    folder = landing / table / f"dt={day}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "export.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
