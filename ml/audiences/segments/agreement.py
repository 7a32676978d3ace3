"""How far two divisions of the same shoppers agree."""

from __future__ import annotations

from typing import Final

import polars as pl

_DIGITS: Final = 4


def agreement(one: pl.Series, other: pl.Series) -> float:
    """The adjusted Rand index (Hubert and Arabie 1985): 1 for the same groups whatever their names, 0 for chance."""
    from sklearn.metrics import adjusted_rand_score

    return round(float(adjusted_rand_score(one.to_numpy(), other.to_numpy())), _DIGITS)
