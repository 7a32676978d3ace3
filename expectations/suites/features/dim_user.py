"""Gate of ``dim_user``: the shoppers known by the end of the day."""

from __future__ import annotations

from dataclasses import dataclass

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day, figure
from ml.tables import Col

GATE, WATCH = 1, 1


@dataclass(frozen=True)
class Thresholds:
    """Shares of shoppers."""

    registered: float = 0.8


LIMITS = Thresholds()


def prepare(day: Day) -> pl.LazyFrame:
    """One row per shopper."""
    return day.scan("dim_user").select(pl.col(Col.is_registered).cast(pl.Int8))


def gate(day: Day) -> list[gxe.Expectation]:
    """Whoever bought something is a shopper."""
    buyers = int(figure(day.scan("history"), pl.col(Col.user_id).n_unique()))
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=max(1, buyers), description="every shopper of the history is in dim_user"
        )
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """Shoppers who buy and are missing from the users file."""
    lists_users = bool(figure(day.scan("dim_user"), pl.col(Col.is_registered).any()))
    return [
        gxe.ExpectColumnMeanToBeBetween(
            column=Col.is_registered,
            min_value=LIMITS.registered if lists_users else 0,
            description="the users files name nearly every shopper (where there are users files)",
        )
    ]
