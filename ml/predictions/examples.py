"""Past days as predictors learn them: customers as they were known, and what they did in the days that followed.

An outcome counts once the whole of its days has passed: whoever bought early is not counted before the others can be,
and a churn that the history cannot show yet is left out (censored) either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ml.churn import Churn
from ml.predictions.customers import Customers, Reals, together
from ml.predictions.targets import Kind, Target, horizon
from ml.tables import Col

_ROW = "row"
_UNTIL = "until"


@dataclass(frozen=True, eq=False)
class Examples:
    """Customers of one or more days with their outcome; parallel rows.

    Attributes:
        horizon: days ahead.
        outcome: 0 or 1, a count of days or an amount of money, as the target's kind says.
    """

    customers: Customers
    horizon: Reals
    outcome: Reals

    def __len__(self) -> int:
        return len(self.outcome)

    def where(self, kept: NDArray[np.bool_]) -> Examples:
        """Some of them."""
        return Examples(self.customers.where(kept), self.horizon[kept], self.outcome[kept])


def examples(
    days: Sequence[Customers], purchases: pl.DataFrame, target: Target, churn: Churn, known_by: date
) -> Examples | None:
    """What could be learned of ``target`` by the end of a day; None where no outcome was complete by then.

    Args:
        days: customers of past days.
        purchases: rows of ``customer_purchase_day``, as a later day knows them.
    """
    parts = [part for day in days if len(part := _of_day(day, purchases, target, churn, known_by))]
    if not parts:
        return None
    return Examples(
        together([part.customers for part in parts]),
        np.concatenate([part.horizon for part in parts]),
        np.concatenate([part.outcome for part in parts]),
    )


def _of_day(day: Customers, purchases: pl.DataFrame, target: Target, churn: Churn, known_by: date) -> Examples:
    ahead = horizon(target, day, churn)
    complete = ahead <= (known_by - day.as_of).days
    customers, ahead = day.where(complete), ahead[complete]
    return Examples(customers, ahead, _outcome(customers, purchases, target.kind, ahead))


def _outcome(customers: Customers, purchases: pl.DataFrame, kind: Kind, ahead: Reals) -> Reals:
    asked = pl.DataFrame(
        {Col.user_id: customers.users, _ROW: np.arange(len(customers)), _UNTIL: ahead.astype(np.int64)}
    )
    since = (pl.col(Col.event_date) - pl.lit(customers.as_of)).dt.total_days()
    later = purchases.filter(pl.col(Col.event_date) > customers.as_of).with_columns(since.alias("since"))
    bought = asked.join(later, on=Col.user_id).filter(pl.col("since") <= pl.col(_UNTIL))
    summed = bought.group_by(_ROW).agg(pl.len().alias("days"), pl.col(Col.revenue).sum())
    days, money = np.zeros(len(customers)), np.zeros(len(customers))
    days[summed[_ROW].to_numpy()] = summed["days"].to_numpy()
    money[summed[_ROW].to_numpy()] = summed[Col.revenue].to_numpy()
    by_kind = {
        Kind.PURCHASE: (days > 0).astype(np.float64),
        Kind.CHURN: (days == 0).astype(np.float64),
        Kind.ORDERS: days,
        Kind.SPEND: np.maximum(money, 0.0),  # more returned than bought is no negative wish to buy
    }
    return np.asarray(by_kind[kind])
