"""From fitted contenders to rows of ``customer_prediction``: the figures of a customer agree with each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from ml.churn import Churn
from ml.predictions.btyd.bg_nbd import BgNbd
from ml.predictions.columns import Customer, Prediction
from ml.predictions.contenders.base import Fitted
from ml.predictions.contenders.buy_till_you_die import histories
from ml.predictions.contenders.last_quarter import GoesOn
from ml.predictions.customers import Customers, Reals
from ml.predictions.intervals import Intervals
from ml.predictions.targets import TARGETS, churn_days, horizon
from ml.tables import Col

_MONTH, _QUARTER, _YEAR = 28, 90, 365
_WEEK: Final = 7
_DIGITS: Final = 6
_LEAST: Final = 1e-12
_SPENDS: Final = (
    (Prediction.spend_28d, Prediction.spend_28d_low, Prediction.spend_28d_high),
    (Prediction.spend_90d, Prediction.spend_90d_low, Prediction.spend_90d_high),
)


@dataclass(frozen=True, eq=False)
class Predictor:
    """A fitted contender per target; what is known of how far amounts are off; and what tells a year from a quarter.

    Attributes:
        intervals: by target; of others no interval is published.
        beyond: how purchases thin out in the long run; None: not at all.
    """

    fitted: Mapping[str, Fitted]
    intervals: Mapping[str, Intervals] = field(default_factory=dict)
    beyond: BgNbd | None = None

    def rows(self, customers: Customers, churn: Churn, policy_id: str) -> pl.DataFrame:
        """The table, unchecked."""
        plain = {
            target.name: self.fitted[target.name].predict(customers, horizon(target, customers, churn))
            for target in TARGETS
        }
        told = agreed(plain, churn_days(customers, churn))
        told |= self._ranges(told)
        told |= self._year(told, customers)
        historic = customers.numbers(Customer.revenue)
        told |= {Prediction.historic_clv: historic, Prediction.total_clv: historic + told[Prediction.spend_365d]}
        return pl.DataFrame(
            {
                Col.user_id: customers.users,
                **{name: _column(values) for name, values in told.items()},
                Prediction.next_order_date: _dates(customers, told),
                Prediction.churn_days: churn_days(customers, churn).astype(np.int64),
                Prediction.historic_orders: customers.numbers(Customer.purchase_days).astype(np.int64),
                Prediction.is_extrapolated: pl.repeat(True, len(customers), eager=True),
                Col.policy_id: pl.repeat(policy_id, len(customers), eager=True),
            }
        )

    def _ranges(self, told: Mapping[str, Reals]) -> dict[str, Reals]:
        """Ends of the intervals of 28 and 90 days; NaN, published as null, where none are known."""
        found = {}
        for name, low, high in _SPENDS:
            unknown = np.full(len(told[name]), np.nan)
            found[low], found[high] = (
                self.intervals[name].around(told[name]) if name in self.intervals else (unknown, unknown)
            )
        return found

    def _year(self, told: Mapping[str, Reals], customers: Customers) -> dict[str, Reals]:
        """A quarter's amounts, times the expected purchases of a year ÷ those of a quarter."""
        longest = np.full(len(customers), _YEAR / _QUARTER)
        if self.beyond is not None:
            known = histories(customers)
            quarter, year = (
                self.beyond.expected(known, np.full(len(customers), float(days))) for days in (_QUARTER, _YEAR)
            )
            longest = np.clip(year / np.maximum(quarter, _LEAST), 1.0, longest)
        return {
            Prediction.spend_365d: told[Prediction.spend_90d] * longest,
            Prediction.spend_365d_low: told[Prediction.spend_90d_low] * longest,
            Prediction.spend_365d_high: told[Prediction.spend_90d_high] * longest,
        }


def rule_based() -> Predictor:
    """Policy 0: the days to come are like the last 90."""
    return Predictor({target.name: GoesOn(target.kind) for target in TARGETS})


def agreed(plain: Mapping[str, Reals], churned_after: Reals) -> dict[str, Reals]:
    """Figures of targets that were predicted apart, so that none contradicts another: 28 days hold 7 and 90 hold 28;
    one purchase at least is expected as often as there is any; nobody is both gone and back within 28 days."""
    week, month = (np.clip(plain[name], 0.0, 1.0) for name in (Prediction.purchase_7d, Prediction.purchase_28d))
    month = np.maximum(week, month)
    orders = np.maximum(plain[Prediction.orders_28d], month)
    spend = plain[Prediction.spend_28d]
    churn = np.clip(plain[Prediction.churn], 0.0, 1.0)
    return {
        Prediction.purchase_7d: week,
        Prediction.purchase_28d: month,
        Prediction.orders_28d: orders,
        Prediction.orders_90d: np.maximum(plain[Prediction.orders_90d], orders),
        Prediction.spend_28d: spend,
        Prediction.spend_90d: np.maximum(plain[Prediction.spend_90d], spend),
        Prediction.churn: np.where(churned_after >= _MONTH, np.minimum(churn, 1.0 - month), churn),
    }


def days_to_next(week: Reals, month: Reals) -> Reals:
    """Days until a purchase is as likely as not, from its probability within 7 and within 28 days; inf for never.

    Between those days, and after them as between, purchases come at an even rate.
    """
    hazards = [-np.log1p(-np.minimum(chance, 1 - _LEAST)) for chance in (week, month)]
    first, both = hazards[0], np.maximum(hazards[1], hazards[0])
    wanted = np.log(2.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        soon = _WEEK * wanted / first
        later = _WEEK + (wanted - first) * (_MONTH - _WEEK) / (both - first)
    return np.asarray(np.where(first >= wanted, soon, np.where(both > first, later, np.inf)))


def _dates(customers: Customers, told: Mapping[str, Reals]) -> pl.Series:
    days = np.ceil(days_to_next(told[Prediction.purchase_7d], told[Prediction.purchase_28d]))
    ahead = pl.Series("days", np.where(days <= _YEAR, np.maximum(days, 1), np.nan)).fill_nan(None).cast(pl.Int64)
    date = pl.lit(customers.as_of) + pl.duration(days=pl.col("days"))
    return ahead.to_frame().select(date.cast(pl.Date)).to_series()


def _column(values: Reals) -> pl.Series:
    """Rounded, so that no row rests on the last bits of a product; NaN becomes null."""
    return pl.Series(np.round(values, _DIGITS)).fill_nan(None)
