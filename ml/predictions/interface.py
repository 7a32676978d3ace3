"""The registered model of the predictions: what it is asked, and what it answers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ml.predictions.columns import Prediction
from ml.predictions.model import MODEL
from ml.registry.model import Field, Interface, RegisteredModel
from ml.tables import Col

ANSWERED: Final = (
    *(Prediction.purchase_7d, Prediction.purchase_28d, Prediction.orders_28d, Prediction.orders_90d),
    *(Prediction.spend_28d, Prediction.spend_90d, Prediction.spend_365d, Prediction.churn),
)

PREDICTIONS_MODEL: Final = RegisteredModel(
    name=MODEL,
    about=(
        "What predicts each target of customer_prediction, as one bundle: a version per training. `candidate` is the"
        " newest one, `champion` the one that decides; which day it decides from is told by the promotion ledger."
    ),
    serving=Path(__file__).with_name("serving.py"),
    interface=Interface(
        question={Col.user_id: Field("string")},
        answer={
            Col.user_id: "string",
            **dict.fromkeys(ANSWERED, "double"),
            Col.policy_id: "string",
            Col.version: "string",
        },
        example={Col.user_id: ["1"]},
    ),
)
