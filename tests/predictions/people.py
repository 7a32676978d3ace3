"""Customers with given histories, and a shop of them whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from ml.predictions.columns import Customer
from ml.predictions.customers import Customers

AS_OF = date(2025, 6, 30)
NAMES = sorted(value for name, value in vars(Customer).items() if not name.startswith("_"))
Buys = Mapping[date, float]
"""By day what was paid on it."""


def row(user: str, buys: Buys, as_of: date = AS_OF, shop_days: int = 400, refunded: float = 0.0) -> dict[str, Any]:
    """A row of ``feat_customer``, obviously: of whoever bought on some days up to ``as_of``."""
    days = sorted(day for day in buys if day <= as_of)
    ages = [(as_of - day).days for day in days]
    gaps = [(later - day).days for day, later in pairwise(days)]
    paid = sum(buys[day] for day in days) - refunded
    told: dict[str, Any] = dict.fromkeys(NAMES, 0.0) | {
        "user_id": user,
        Customer.purchase_days: len(days),
        Customer.revenue: paid,
        Customer.days_since_first: ages[0],
        Customer.days_since_last: ages[-1],
        Customer.purchase_rate: len(days) / (ages[0] + 1),
        Customer.spend_per_day: paid / len(days),
        Customer.shop_days: shop_days,
        Customer.basket_value: paid / len(days),
        Customer.mean_gap: float(np.mean(gaps)) if gaps else None,
        Customer.std_gap: float(np.std(gaps)) if gaps else None,
        Customer.expected_gap: (sum(gaps) + 14) / len(days) if ages[-1] < 365 else None,
        Customer.overdue_ratio: ages[-1] / ((sum(gaps) + 14) / len(days)),
        Customer.decayed_30d: sum(0.5 ** (age / 30) for age in ages),
        Customer.decayed_90d: sum(0.5 ** (age / 90) for age in ages),
    }
    for window in (7, 28, 90):
        inside = [day for day, age in zip(days, ages, strict=True) if age < window]
        told[f"purchase_days_{window}d"] = told[f"baskets_{window}d"] = len(inside)
        told[f"revenue_{window}d"] = sum(buys[day] for day in inside) - (refunded if inside else 0.0)
    return told


def customers(rows: Sequence[Mapping[str, Any]], as_of: date = AS_OF) -> Customers:
    """Rows as they come out of a snapshot."""
    schema = {"user_id": pl.String(), **dict.fromkeys(NAMES, pl.Float64())}
    return Customers(pl.DataFrame(list(rows), schema=schema).sort("user_id"), as_of)


def ago(*days: int, paid: float = 10.0, as_of: date = AS_OF) -> dict[date, float]:
    """Purchases so many days before."""
    return {as_of - timedelta(days=day): paid for day in days}


def awkward() -> Customers:
    """Everybody on whom such models are known to break down."""
    return customers(
        [
            row("bulk", ago(40, paid=250_000.0)),
            row("everything on one day", ago(120, paid=900.0)),
            row("forgotten", ago(1_500)),
            row("newcomer of yesterday", ago(1)),
            row("newcomer of today", ago(0)),
            row("once, long ago", ago(390)),
            row("refunded", ago(10, 30), refunded=500.0),
            row("every day", ago(*range(399))),
            row("every day, long gone", ago(*range(200, 399))),
            row("regular", ago(*range(3, 360, 14))),
            row("nothing paid", ago(5, 9, 30, paid=0.0)),
        ]
    )


@dataclass(frozen=True)
class Shop:
    """Shoppers whose rates, amounts and last days are drawn, over some days that end with ``AS_OF``.

    Attributes:
        shoppers: how many.
        days: of the shop's past.
    """

    shoppers: int = 400
    days: int = 420
    seed: int = 5

    def buys(self) -> dict[str, dict[date, float]]:
        """By shopper the days with a purchase and what was paid; those of ``later`` days too."""
        draw = np.random.default_rng(self.seed)
        first = AS_OF - timedelta(days=self.days - 1)
        made = {}
        for number in range(self.shoppers):
            rate, usual = min(draw.gamma(1.0, 0.12), 0.9), draw.gamma(4.0, 8.0)
            begins = 0 if number < self.shoppers // 2 else int(draw.integers(0, self.days - 1))
            ends = begins + int(draw.exponential(500)) + 1
            days = [day for day in range(begins, self.days) if day == begins or (day <= ends and draw.random() < rate)]
            made[f"s{number:04d}"] = {
                first + timedelta(days=day): round(float(usual * draw.gamma(8.0, 1 / 8)), 2) for day in days
            }
        return made


def known_by(buys: Mapping[str, Buys], day: date, first: date) -> Customers:
    """The shop's customers as of a day, who bought something by then."""
    bought = {user: their for user, their in buys.items() if min(their) <= day}
    shop_days = (day - first).days + 1
    return customers([row(user, their, day, shop_days) for user, their in bought.items()], day)


def purchase_days(buys: Mapping[str, Buys], as_of: date = AS_OF) -> pl.DataFrame:
    """Rows of ``customer_purchase_day``."""
    rows = [(user, day, paid) for user, their in buys.items() for day, paid in their.items() if day <= as_of]
    schema = {"user_id": pl.String(), "event_date": pl.Date(), "revenue": pl.Float64()}
    return pl.DataFrame(rows, schema=schema, orient="row")
