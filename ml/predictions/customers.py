"""Customers as of a day: who has ever bought something, with the columns of a feature table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, TypeAlias
from zlib import crc32

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ml.predictions.columns import Customer
from ml.tables import Col
from ml.warehouse.slices import Tables

Reals: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
FEAT_CUSTOMER: Final = "feat_customer"
PURCHASE_DAY: Final = "customer_purchase_day"
_KEY: Final = Col.user_id

FEATURES: Final = (
    *(Customer.days_since_last, Customer.purchase_rate, Customer.spend_per_day),
    *(Customer.baskets_7d, Customer.baskets_28d, Customer.baskets_90d),
    *(Customer.purchase_days_7d, Customer.purchase_days_28d, Customer.purchase_days_90d),
    *(Customer.purchases_28d, Customer.purchases_90d),
    *(Customer.revenue_7d, Customer.revenue_28d, Customer.revenue_90d, Customer.basket_value),
    *(Customer.discount_share_28d, Customer.discount_share_90d, Customer.return_rate),
    *(Customer.views_28d, Customer.carts_28d, Customer.new_items_28d),
    *(Customer.mean_gap, Customer.std_gap, Customer.decayed_30d, Customer.decayed_90d),
    *(Customer.expected_gap, Customer.overdue_ratio, Customer.price_index),
    *(Customer.campaigns_90d, Customer.sends_90d),
)
"""What is learned from. Sums over a year and the age of a customer are left out: in a shop younger than that they say
how old the shop was on the day, and grow from the days that are learned from to the day that is predicted."""
_OTHERS: Final = (Customer.purchase_days, Customer.revenue, Customer.days_since_first, Customer.shop_days)


@dataclass(frozen=True, eq=False)
class Customers:
    """Rows of customers, sorted by shopper; of several days where ``together`` put them one after the other.

    Attributes:
        frame: ``user_id`` and the columns of ``ml.predictions.columns.Customer``, numbers as 64-bit floats.
        as_of: the day whose end they know; of several days the last.
    """

    frame: pl.DataFrame
    as_of: date

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def users(self) -> pl.Series:
        """Their ids."""
        return self.frame[_KEY]

    def numbers(self, column: str) -> Reals:
        """One column; NaN where it is null."""
        return self.frame[column].fill_null(float("nan")).to_numpy()

    @cached_property
    def features(self) -> Reals:
        """A row per customer, a column per name in ``FEATURES``."""
        return self.frame.select(pl.col(name).fill_null(float("nan")) for name in FEATURES).to_numpy()

    @property
    def shop_days(self) -> int:
        """Days of the shop's purchase history; 0 while nobody has bought anything."""
        return int(self.numbers(Customer.shop_days).max()) if len(self) else 0

    def where(self, kept: NDArray[np.bool_]) -> Customers:
        """Some of them."""
        return Customers(self.frame.filter(pl.Series(kept)), self.as_of)

    def turns(self, of: int, what: str) -> Ints:
        """A number from 0 to ``of`` − 1 by shopper, the same on every day; another one for each ``what``."""
        return np.array([crc32(f"{what} {user}".encode()) % of for user in self.users], dtype=np.int64)


def customers_of(day: Tables) -> Customers:
    """Everybody who had ever bought something by the day.

    Raises:
        StaleFeatures: the snapshot lacks a table.
    """
    columns = pl.col(*FEATURES, *_OTHERS).cast(pl.Float64)
    return Customers(day.scan(FEAT_CUSTOMER).select(_KEY, columns).sort(_KEY).collect(), day.as_of)


def together(parts: Sequence[Customers]) -> Customers:
    """The rows of several days, in the order given."""
    return Customers(pl.concat(part.frame for part in parts), parts[-1].as_of)
