"""The words for what shoppers do, and the setting that says which of them is a purchase."""

from __future__ import annotations

import json
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode

EVENT_TYPES: Final = (
    "view_item_list",
    "select_item",
    "view_item",
    "add_to_cart",
    "begin_checkout",
    "purchase",
    "refund",
    "view_promotion",
    "select_promotion",
    "rate",
)
_BOUGHT_BY: Final = tuple(word for word in EVENT_TYPES if word != "refund")


def _list(value: object) -> object:
    """A text, as the environment has it, is JSON."""
    if not isinstance(value, str):
        return value
    try:
        words: object = json.loads(value)
    except ValueError as no_json:
        raise _refused() from no_json
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise _refused()
    return words


def _known(words: tuple[str, ...]) -> tuple[str, ...]:
    if not words or not set(words) <= set(_BOUGHT_BY):
        raise _refused()
    return words


def _refused() -> ValueError:
    expected = f'a JSON list such as ["purchase"] or ["rate"], of {", ".join(_BOUGHT_BY)}'
    return ValueError(f"SHELDUCK_PURCHASE_EVENTS: expected {expected}; found another value")


PurchaseEvents = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_list), AfterValidator(_known)]
