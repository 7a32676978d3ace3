"""The published tables of ``predictions``."""

from __future__ import annotations

from typing import Final

from ml.predictions.columns import Prediction
from ml.tables import Col, Column, Kind, Table

_MONEY: Final = "the shop's currency"
_SHARE: Final = "probability, 0 to 1"
_LOW: Final = "Lower end of its 80 % interval; null until past days have shown how far predictions are off."
_HIGH: Final = "Upper end of its 80 % interval; null until past days have shown how far predictions are off."

_CHANGING: Final = (
    Column(Prediction.purchase_7d, Kind.NUMBER, "Probability of a purchase in the next 7 days.", _SHARE),
    Column(Prediction.purchase_28d, Kind.NUMBER, "Probability of a purchase in the next 28 days.", _SHARE),
    Column(Prediction.orders_28d, Kind.NUMBER, "Expected days with a purchase in the next 28 days.", "days"),
    Column(Prediction.orders_90d, Kind.NUMBER, "Expected days with a purchase in the next 90 days.", "days"),
    Column(Prediction.churn, Kind.NUMBER, "Probability of no purchase in the next churn_days days.", _SHARE),
    Column(Prediction.spend_28d, Kind.NUMBER, "Expected spend in the next 28 days.", _MONEY),
    Column(Prediction.spend_90d, Kind.NUMBER, "Expected spend in the next 90 days.", _MONEY),
)
"""What is compared with earlier days."""
_BY_NAME: Final = {column.name: column for column in _CHANGING}

CUSTOMER_PREDICTION: Final = Table(
    "customer_prediction",
    (Col.user_id,),
    (
        Column(Col.user_id, Kind.TEXT, "The shopper; whoever has ever bought something."),
        _BY_NAME[Prediction.purchase_7d],
        _BY_NAME[Prediction.purchase_28d],
        _BY_NAME[Prediction.orders_28d],
        _BY_NAME[Prediction.orders_90d],
        Column(
            Prediction.next_order_date,
            Kind.DAY,
            "First day by which a next purchase is more likely than not; null where that is over a year away.",
        ),
        _BY_NAME[Prediction.churn],
        Column(
            Prediction.churn_days,
            Kind.COUNT,
            "Days without a purchase that count as churn; the longer of 90 and three usual intervals, at most 180.",
            "days",
        ),
        Column(Prediction.historic_orders, Kind.COUNT, "Days with a purchase so far, over all of the past.", "days"),
        Column(Prediction.historic_clv, Kind.NUMBER, "Money paid so far less money refunded, all of the past.", _MONEY),
        _BY_NAME[Prediction.spend_28d],
        Column(Prediction.spend_28d_low, Kind.NUMBER, _LOW, _MONEY),
        Column(Prediction.spend_28d_high, Kind.NUMBER, _HIGH, _MONEY),
        _BY_NAME[Prediction.spend_90d],
        Column(Prediction.spend_90d_low, Kind.NUMBER, _LOW, _MONEY),
        Column(Prediction.spend_90d_high, Kind.NUMBER, _HIGH, _MONEY),
        Column(Prediction.spend_365d, Kind.NUMBER, "Expected spend in the next 365 days.", _MONEY),
        Column(Prediction.spend_365d_low, Kind.NUMBER, _LOW, _MONEY),
        Column(Prediction.spend_365d_high, Kind.NUMBER, _HIGH, _MONEY),
        Column(Prediction.total_clv, Kind.NUMBER, "historic_clv and predicted_clv_365d together.", _MONEY),
        Column(
            Prediction.is_extrapolated,
            Kind.FLAG,
            "Whether the 365 days are extrapolated from 90: no past year has verified them.",
        ),
        Column(Col.policy_id, Kind.TEXT, "What predicted the row; the manifest names model and contenders."),
    ),
    description="One row per shopper who has ever bought something: what they will probably do next.",
    person=Col.user_id,
)

_PREDICTED: Final = tuple(
    column for column in CUSTOMER_PREDICTION.columns if column.name not in (Col.user_id, Col.policy_id)
)
CUSTOMER_PREDICTION_EARLIER: Final = Table(
    "customer_prediction_earlier",
    (Prediction.days_before, Col.user_id),
    (
        Column(Prediction.days_before, Kind.COUNT, "Days before the as-of date: 1, 7 or 28.", "days"),
        Column(Col.user_id, Kind.TEXT, "The shopper; whoever had ever bought something by then."),
        *_PREDICTED,
    ),
    description=(
        "One row per earlier day and shopper who had bought something by then: what the model of the as-of date says "
        "of the shopper as known on that day, to compare with customer_prediction; not what was published then."
    ),
    person=Col.user_id,
)
CHANGING: Final = tuple(_BY_NAME)
"""Names of what is compared with earlier days."""
PREDICTED: Final = tuple(column.name for column in _PREDICTED)
"""Names of all that is said of a customer, of earlier days too: conditions may ask for any of it."""
