"""The registered model of the behavioural segments: what it is asked, and what it answers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ml.audiences.columns import Aud
from ml.audiences.segments.model import MODEL
from ml.registry.model import Field, Interface, RegisteredModel
from ml.tables import Col

SEGMENTS_MODEL: Final = RegisteredModel(
    name=MODEL,
    about=(
        "The behavioural segments of the shoppers: a version per training, whose segments keep their ids from one to"
        " the next. `candidate` is the newest one, `champion` the one that decides; which day it decides from is told"
        " by the promotion ledger."
    ),
    serving=Path(__file__).with_name("serving.py"),
    interface=Interface(
        question={Col.user_id: Field("string")},
        answer={
            Col.user_id: "string",
            Aud.segment_id: "string",
            Aud.map_x: "double",
            Aud.map_y: "double",
            Col.version: "string",
        },
        example={Col.user_id: ["1"]},
    ),
)
