"""Rows of a slice beside those of an obvious computation: features are FLOAT, so seven digits agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest

from ml.warehouse.slices import FEATURE_KEYS


def by_key(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of a slice's table in the order of their key; feature tables are written in one that takes fewer bytes."""
    return rows.sort(FEATURE_KEYS[table]) if table in FEATURE_KEYS else rows


def near(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row of a slice equals if it says the same as ``row``."""
    return {
        name: pytest.approx(value, rel=1.2e-7, abs=2e-6) if isinstance(value, float) else value
        for name, value in row.items()
    }
