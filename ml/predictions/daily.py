"""A day's predictions: the policy effective on it, over everybody who has ever bought something."""

from __future__ import annotations

import logging
from typing import Final

from ml.day import Day, Result
from ml.predictions.customers import customers_of
from ml.predictions.outputs import CUSTOMER_PREDICTION
from ml.predictions.policy import effective

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
    return Result(
        {CUSTOMER_PREDICTION.name: rows},
        key=policy.policy_id,
        policy=policy.told,
        counts={"customers": len(rows), "shop_days": customers.shop_days, "withheld": withheld},
    )
