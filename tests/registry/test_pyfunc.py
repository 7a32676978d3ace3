"""A declared interface becomes the signature that MLflow checks questions against."""

from __future__ import annotations

import json

from ml.registry.model import Field, Interface
from ml.registry.pyfunc import signature

INTERFACE = Interface(
    question={"user_id": Field("string"), "items": Field("string", is_list=True, is_required=False)},
    answer={"user_id": "string", "bid": "double"},
    example={"user_id": ["1"]},
    params={"placement": "for_you", "k": 10, "share": 0.5},
)


def test_columns_lists_and_parameters_keep_their_types_and_defaults() -> None:
    told = {name: json.loads(text) for name, text in signature(INTERFACE).to_dict().items()}
    assert [(each["name"], each["type"], each["required"]) for each in told["inputs"]] == [
        ("user_id", "string", True),
        ("items", "array", False),
    ]
    assert [(each["name"], each["type"]) for each in told["outputs"]] == [("user_id", "string"), ("bid", "double")]
    assert [(each["name"], each["type"], each["default"]) for each in told["params"]] == [
        ("placement", "string", "for_you"),
        ("k", "long", 10),
        ("share", "double", 0.5),
    ]


def test_a_model_without_parameters_has_none() -> None:
    assert signature(Interface({"user_id": Field("string")}, {"bid": "double"}, {"user_id": ["1"]})).params is None
