"""A day's predictions: the policy effective on it, over everybody who has ever bought something."""

from __future__ import annotations

import logging
from typing import Final

import polars as pl

from ml.day import Day, Result
from ml.predictions.columns import Prediction
from ml.predictions.customers import customers_of
from ml.predictions.outputs import CUSTOMER_PREDICTION, CUSTOMER_PREDICTION_EARLIER, PREDICTED
from ml.predictions.policy import Policy, effective
from ml.tables import Col

_log = logging.getLogger(__name__)
LEAST_HISTORY: Final = 28
"""Days of purchases that a shop must have: of a younger one no rate of anything is known."""


def compute(day: Day) -> Result:
    """Predict for every customer; none while the shop is too young, which the manifest says.

    Raises:
        StaleFeatures: the snapshot is incomplete.
        ModelMissing: the registry does not hold the version that was promoted.
    """
    customers, policy = customers_of(day), effective(day.settings, day.as_of)
    withheld = ""
    if customers.shop_days < LEAST_HISTORY:
        withheld = f"the shop has {customers.shop_days} days of purchases; predictions need {LEAST_HISTORY}"
        _log.warning("no predictions as of %s: %s", day.as_of, withheld)
        rows = CUSTOMER_PREDICTION.empty()
    else:
        rows = CUSTOMER_PREDICTION.checked(policy.predictor.rows(customers, policy.churn, policy.policy_id))
    earlier = _earlier(day, policy)
    return Result(
        {CUSTOMER_PREDICTION.name: rows, CUSTOMER_PREDICTION_EARLIER.name: earlier},
        key=policy.policy_id,
        policy=policy.told,
        counts={
            "customers": len(rows),
            "shop_days": customers.shop_days,
            "withheld": withheld,
            "compared_days": earlier[Prediction.days_before].unique().sort().to_list(),
        },
    )


def _earlier(day: Day, policy: Policy) -> pl.DataFrame:
    """What the day's policy says of customers as they were known before; nothing of days when the shop was too young.

    A pure function of snapshots: what was published then, by another model maybe, does not count.
    """
    found = [CUSTOMER_PREDICTION_EARLIER.empty()]
    for days in day.capability.compares:
        before = day.before(days)
        customers = customers_of(before) if before else None
        if customers is not None and customers.shop_days >= LEAST_HISTORY:
            rows = policy.predictor.rows(customers, policy.churn, policy.policy_id)
            found.append(rows.select(pl.lit(days, pl.Int64).alias(Prediction.days_before), Col.user_id, *PREDICTED))
    return CUSTOMER_PREDICTION_EARLIER.checked(pl.concat(found))
