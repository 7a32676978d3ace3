"""A synthetic shop of any size: Parquet landing files whose shoppers return to what they like.

For measures of cost, not of quality: the same number of items and days at every size, so that what grows with the
shoppers can be told. Same arguments, same rows, on any machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

FIRST_DAY: Final = date(2025, 1, 1)
_CATEGORIES, _TYPES, _BRANDS = 40, 400, 900
_FAVOURITES: Final = 25
_RETURNS: Final = 0.6
"""Share of the bought lines that are of the shopper's favourites."""
_VISITS, _LINES = 12, 4.8
"""Means of a shopper's visits in 120 days and of the lines of a visit."""
_PERIOD: Final = 120

Codes = NDArray[np.int32]


@dataclass(frozen=True)
class SyntheticShop:
    """So many shoppers and items over so many days."""

    shoppers: int
    items: int = 20_000
    days: int = 121
    seed: int = 11

    @property
    def last_day(self) -> date:
        """The last day that has events."""
        return FIRST_DAY + timedelta(days=self.days - 1)

    def write(self, landing: Path) -> int:
        """Write all files into ``landing``; every day is closed. Returns the number of events."""
        draw = np.random.default_rng(self.seed)
        category = _skewed(draw, self.items, _CATEGORIES)
        _write(landing, "items", FIRST_DAY, self._catalogue(draw, category))
        _write(landing, "users", FIRST_DAY, self._users())
        events = self._events(draw, category)
        for (day,), rows in events.partition_by("day", as_dict=True, include_key=False).items():
            _write(landing, "interactions", FIRST_DAY + timedelta(days=int(day)), rows)
        closed = landing / "_closed"
        closed.mkdir()
        for number in range(self.days):
            (closed / str(FIRST_DAY + timedelta(days=number))).touch()
        return len(events)

    def _catalogue(self, draw: np.random.Generator, category: Codes) -> pl.DataFrame:
        kind = category * (_TYPES // _CATEGORIES) + draw.integers(0, _TYPES // _CATEGORIES, self.items)
        brand = _skewed(draw, self.items, _BRANDS)
        price = pl.Series(draw.integers(80, 3000, self.items) / 100).cast(pl.Decimal(18, 4))
        return pl.DataFrame({
            "item_id": _ids("i", np.arange(self.items)),
            "item_name": _ids("Item ", np.arange(self.items)),
            "item_brand": _ids("Brand ", brand),
            "item_category": _ids("Category ", category),
            "item_category2": _ids("Group ", kind // 2),
            "item_category3": _ids("Type ", kind),
            "price": price,
            "currency": pl.repeat("EUR", self.items, eager=True),
        })  # fmt: skip

    def _users(self) -> pl.DataFrame:
        numbers = np.arange(self.shoppers)
        return pl.DataFrame({"user_id": _ids("u", numbers), "country": _ids("C", numbers % 5)})

    def _events(self, draw: np.random.Generator, category: Codes) -> pl.DataFrame:
        """One row per bought line; ``day`` counts from 0."""
        visits = draw.poisson(_VISITS * self.days / _PERIOD, self.shoppers)
        shopper = np.repeat(np.arange(self.shoppers, dtype=np.int32), visits)
        day = draw.integers(0, self.days, len(shopper), dtype=np.int32)
        lines = 1 + draw.poisson(_LINES - 1, len(shopper))
        basket = np.repeat(np.arange(len(shopper), dtype=np.int32), lines)
        item = self._bought(draw, shopper[basket], category)
        second = draw.integers(8 * 3600, 20 * 3600, len(shopper))[basket]
        opened = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)
        ts = pl.lit(opened) + pl.duration(days="day", seconds="second")
        bought = pl.DataFrame({
            "day": day[basket],
            "shopper": shopper[basket],
            "item": item,
            "basket": basket,
            "second": second,
        })  # fmt: skip
        once = bought.unique(["basket", "item"], keep="first", maintain_order=True)
        return _as_landed(once.with_columns(ts.alias("event_ts")))

    def _bought(self, draw: np.random.Generator, shopper: Codes, category: Codes) -> Codes:
        """Favourites of one of the shopper's three categories, or anything by its popularity."""
        rank = draw.permutation(self.items)
        weight = 1.0 / (rank + 20.0)
        order = np.argsort(category, kind="stable")
        cumulated = np.concatenate([[0.0], np.cumsum(weight[order])])
        first = np.searchsorted(category[order], np.arange(_CATEGORIES + 1))
        liked = draw.integers(0, _CATEGORIES, (self.shoppers, 3))
        chosen = liked[np.arange(self.shoppers)[:, None], draw.integers(0, 3, (self.shoppers, _FAVOURITES))]
        low, high = cumulated[first[chosen]], cumulated[first[chosen + 1]]
        at = np.searchsorted(cumulated, low + (high - low) * draw.random(chosen.shape), side="right") - 1
        favourites = order[np.clip(at, 0, self.items - 1)]
        which = np.minimum(draw.geometric(0.12, len(shopper)) - 1, _FAVOURITES - 1)
        anything = np.searchsorted(cumulated, cumulated[-1] * draw.random(len(shopper)), side="right") - 1
        again = draw.random(len(shopper)) < _RETURNS
        bought = np.where(again, favourites[shopper, which], order[np.clip(anything, 0, self.items - 1)])
        return np.asarray(bought, dtype=np.int32)


def _as_landed(events: pl.DataFrame) -> pl.DataFrame:
    pieces = 1 + (pl.col("basket") + pl.col("item")) % 3
    cents = 80 + (pl.col("item").cast(pl.Int64) * 37) % 2900
    return events.select(
        "day",
        "event_ts",
        _text("e", pl.int_range(pl.len())).alias("event_id"),
        _text("u", pl.col("shopper")).alias("user_id"),
        _text("i", pl.col("item")).alias("item_id"),
        pl.lit("purchase").alias("event_type"),
        pieces.cast(pl.Decimal(18, 4)).alias("quantity"),
        (cents * pieces / 100).round(2).cast(pl.Decimal(18, 4)).alias("event_value"),
        pl.lit("EUR").alias("currency"),
        _text("b", pl.col("basket")).alias("session_id"),
    )


def _skewed(draw: np.random.Generator, size: int, groups: int) -> Codes:
    """A group for each item; some are five times as large as others."""
    weight = np.linspace(5, 1, groups)
    return np.asarray(draw.choice(groups, size, p=weight / weight.sum()), dtype=np.int32)


def _text(stem: str, number: pl.Expr) -> pl.Expr:
    return pl.lit(stem) + number.cast(pl.String)


def _ids(stem: str, numbers: NDArray[np.int64] | Codes) -> pl.Series:
    return stem + pl.Series(numbers).cast(pl.String)


def _write(landing: Path, table: str, day: date, rows: pl.DataFrame) -> None:
    folder = landing / table / f"dt={day}"
    folder.mkdir(parents=True)
    rows.write_parquet(folder / "part.parquet")
