"""Shares of praise and complaint over several weeks or items, with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from ml.reviews.columns import Rev
from ml.reviews.intervals import wilson
from ml.reviews.opinions import SUPPORT

TOTAL: Final = "total"


def summed(opinions: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Counts of opinions by some of their columns, with shares where enough reviews say something.

    Returns:
        ``by``, ``reviews``, ``positive``, ``negative``, ``total`` (of both), shares and intervals (95 %, Wilson);
        these are null below the least support.
    """
    names = (Rev.reviews, Rev.positive, Rev.negative)
    found = opinions.group_by(by).agg(pl.col(names).sum())
    found = found.with_columns((pl.col(Rev.positive) + pl.col(Rev.negative)).alias(TOTAL))
    of = pl.when(pl.col(TOTAL) >= SUPPORT).then(TOTAL)
    shares = (
        (Rev.positive, (Rev.positive_share, Rev.positive_low, Rev.positive_high)),
        (Rev.negative, (Rev.negative_share, Rev.negative_low, Rev.negative_high)),
    )
    return found.with_columns(
        expression.alias(name)
        for counted, columns in shares
        for expression, name in zip(wilson(pl.col(counted), of).rounded, columns, strict=True)
    )
