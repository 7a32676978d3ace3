"""The small tables of a slice that a shop's rules and layouts become."""

from __future__ import annotations

from typing import Any

import polars as pl


def rules(*rows: dict[str, Any]) -> pl.DataFrame:
    """A frame of ``dim_rule``; what a row does not say is null, and it is in force."""
    texts = ("rule_id", "rule_type", "placement", "item_field", "item_value", "purpose")
    numbers = {"amount": pl.Float64, "shelf_position": pl.Int32, "window_days": pl.Int32}
    schema = dict.fromkeys(texts, pl.String) | numbers | {"is_in_force": pl.Boolean}
    return pl.DataFrame([{"is_in_force": True, **row} for row in rows], schema=schema)


def layouts(*rows: dict[str, Any]) -> pl.DataFrame:
    """A frame of ``dim_layout``; a row that does not say otherwise has 5 places, is not fixed and is in force."""
    schema = {
        "layout": pl.String,
        "row": pl.Int32,
        "placement": pl.String,
        "places": pl.Int32,
        "is_fixed": pl.Boolean,
        "is_in_force": pl.Boolean,
    }
    usual = {"places": 5, "is_fixed": False, "is_in_force": True}
    return pl.DataFrame([{**usual, **row} for row in rows], schema=schema)
