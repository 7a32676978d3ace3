"""What ``predictions`` publishes, reads, learns and runs."""

from __future__ import annotations

from typing import Final

from ml.capability import Capability, Training
from ml.predictions.model import MODEL
from ml.predictions.outputs import CUSTOMER_PREDICTION, CUSTOMER_PREDICTION_EARLIER
from ml.warehouse import slices

PREDICTIONS: Final = Capability(
    name="predictions",
    description="Per customer: probability of a purchase, orders, spend and churn to come, next order, lifetime value",
    outputs=(CUSTOMER_PREDICTION, CUSTOMER_PREDICTION_EARLIER),
    reads=("feat_customer", "customer_purchase_day", slices.DAILY_VOLUME),
    compute="ml.predictions.daily:compute",
    compares=(1, 7, 28),
    compared=("feat_customer",),
    needs=("interactions",),
    training=Training(
        days="ml.predictions.training:training_days",
        fit="ml.predictions.training:train",
        promote="ml.predictions.promotion:promote_candidate",
        review="ml.predictions.review:findings",
    ),
    models=(MODEL,),
    pages="ml.predictions.pages.page:pages",
    shopper="ml.predictions.pages.shopper:shopper",
    settings=("timezone", "id_words", "purchase_events", "history_days", "seed", "knowledge", "churn"),
)
