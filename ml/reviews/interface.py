"""The registered model of the reviews: what it is asked, and what it answers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ml.registry.model import Field, Interface, RegisteredModel
from ml.reviews.columns import Rev
from ml.reviews.model import MODEL
from ml.tables import Col

REVIEWS_MODEL: Final = RegisteredModel(
    name=MODEL,
    about=(
        "Reads reviews: a classifier of sentiment per language and the topics, a version per training. `candidate` is"
        " the newest one, `champion` the one that decides; which day it decides from is told by the promotion ledger."
    ),
    serving=Path(__file__).with_name("serving.py"),
    interface=Interface(
        question={Rev.text: Field("string")},
        answer={
            Rev.text: "string",
            Col.language: "string",
            Rev.sentiment: "string",
            Col.probability: "double",
            Rev.topic_id: "string",
        },
        example={Rev.text: ["The battery lasts two days."]},
    ),
)
