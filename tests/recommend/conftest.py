"""Small shops whose right answers are known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import settings as hypothesis_settings

from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.snapshots import NoSnapshots
from testkit.memory_features import MemorySnapshots
from testkit.slice_tables import layouts, rules

AS_OF = date(2024, 3, 31)
PARITY = 24

hypothesis_settings.register_profile("patient", deadline=None, max_examples=60)  # machines are shared
hypothesis_settings.load_profile("patient")

Event = tuple[str, str, int, int]
"""User, item, days before ``AS_OF``, times bought."""


def history_of(events: Iterable[Event]) -> Interactions:
    rows = [
        {
            "user_id": user,
            "item_id": item,
            "event_date": AS_OF - timedelta(days=age),
            "purchases": times,
            "quantity": float(times),
            "revenue": 2.5 * times,
        }
        for user, item, age, times in events
    ]
    return Interactions(pl.DataFrame(rows)) if rows else Interactions.empty()


def checkerboard() -> Interactions:
    """Even shoppers buy even items, odd ones odd items, except that shopper n never bought item n."""
    pairs = [(user, item) for user in range(PARITY) for item in range(PARITY) if user % 2 == item % 2 and user != item]
    return history_of((f"u{user:02}", f"i{item:02}", 1 + (user + item) % 20, 1) for user, item in pairs)


def checkerboard_items() -> Items:
    parity = ["even" if number % 2 == 0 else "odd" for number in range(PARITY)]
    return Items(
        pl.DataFrame(
            {
                "item_id": [f"i{number:02}" for number in range(PARITY)],
                "item_name": [f"{name} thing" for name in parity],
                "item_brand": [f"brand of {name}" for name in parity],
                "item_category": parity,
                "item_category2": parity,
                "item_category3": parity,
            }
        )
    )


def random_shop(seed: int = 7, users: int = 40, items: int = 30, events: int = 600) -> Interactions:
    """Shoppers with preferences: some items are popular, each shopper has favourites, days are spread over 100."""
    draw = np.random.default_rng(seed)
    favourite = draw.integers(0, items, (users, 5))
    who = draw.integers(0, users, events)
    preference = draw.random(events) < 0.6
    what = np.where(
        preference, favourite[who, draw.integers(0, 5, events)], (draw.random(events) ** 2 * items).astype(int)
    )
    unique = sorted(
        {(int(u), int(i), int(d)) for u, i, d in zip(who, what, draw.integers(0, 100, events), strict=True)}
    )
    return history_of((f"u{user:02}", f"i{item:02}", age, 1 + (user + item) % 3) for user, item, age in unique)


@pytest.fixture(scope="session", autouse=True)
def feature_tables() -> Iterator[None]:
    """Whoever asks these small shops for their feature tables gets them from the project's SQL, run in memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NoSnapshots, "of", lambda _, *asked: MemorySnapshots().of(*asked))
        yield


@pytest.fixture(scope="session")
def shop() -> Interactions:
    return random_shop()


@pytest.fixture(scope="session")
def catalogue(shop: Interactions) -> Items:
    """What the shop sold, and two items that nobody bought."""
    ids = sorted({*shop.frame["item_id"], "never_sold_1", "never_sold_2"})
    categories = {item: f"c{number % 4}" for number, item in enumerate(ids)}
    return Items(
        pl.DataFrame(
            {
                "item_id": ids,
                "item_name": [f"Thing {number}" for number in range(len(ids))],
                "item_brand": [f"b{number % 3}" for number in range(len(ids))],
                "item_category": [categories[item] for item in ids],
            }
        )
    )


@pytest.fixture
def rated_shop() -> Interactions:
    """Even shoppers love even items, odd ones odd items, and say so; shopper n has not met items n and n + 1."""
    pairs = [(u, i) for u in range(PARITY) for i in range(PARITY) if i not in (u, u + 1)]
    events = history_of((f"u{user:02}", f"i{item:02}", 1 + (user + item) % 20, 1) for user, item in pairs)
    liked = {(f"u{user:02}", f"i{item:02}"): 5.0 if user % 2 == item % 2 else 1.0 for user, item in pairs}
    stars = [liked[pair] for pair in events.frame.select("user_id", "item_id").iter_rows()]
    return Interactions(events.frame, events.frame.with_columns(rating=pl.Series(stars)))


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """A slice of 40 shoppers and three who never bought anything, as the warehouse exports one."""
    return write_slice(tmp_path / "var" / "slices" / f"{AS_OF}-abc")


def write_slice(folder: Path) -> Path:
    """As ``day``, anywhere."""
    folder.mkdir(parents=True)
    history = random_shop().frame
    users = [*history["user_id"].unique(), "v1", "v2", "v3"]
    items = history.select("item_id").unique().sort("item_id")
    history.write_parquet(folder / "history.parquet")
    Interactions.empty().ratings.write_parquet(folder / "rating.parquet")
    pl.DataFrame({"user_id": users}).write_parquet(folder / "dim_user.parquet")
    items.with_columns(
        item_name="thing " + pl.col("item_id"),
        item_category=pl.col("item_id").str.slice(2),
        item_category2=pl.lit(None, dtype=pl.String),
        is_recommendable=pl.col("item_id") != "i03",
    ).write_parquet(folder / "dim_item.parquet")
    rules().write_parquet(folder / "dim_rule.parquet")
    layouts().write_parquet(folder / "dim_layout.parquet")
    record = {"as_of_date": AS_OF.isoformat(), "inputs_hash": "abc", "inputs": [], "liked_from": 3.0}
    (folder / "slice.json").write_text(json.dumps(record))
    return folder
