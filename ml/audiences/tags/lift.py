"""How much more of something a shopper buys than everybody does, and how much more at least.

With ``c`` of a shopper's ``n`` purchase lines having a value that a share ``p`` of all lines has, the lift is
``c / (n p)``. The lift of a few lines is mostly luck, and among thousands of values somebody is lucky with each; so it
is shrunk as in gamma-Poisson empirical Bayes (DuMouchel 1999): shoppers' true lifts of a value have the mean 1 and the
variance that is observed beyond that of counting (method of moments), and ``lift_low`` is the 2.5 % quantile of what
they can be given the shopper's own lines. Lines of one day count as one observation, because they are often bought
together. Of all shoppers whose ``lift_low`` is above a limit at most 2.5 % are expected to lie below it, however many
were tried.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.tags.columns import ANY_ITEM, Affinity
from ml.tables import Col

VALUE: Final = (Col.item_field, Col.item_value)
TAIL: Final = 0.025
"""Probability that the true lift is below ``lift_low``."""
_LEAST_SHAPE, _LARGEST_SHAPE = 0.05, 1e4
_DIGITS: Final = 4


def bases(table: pl.DataFrame) -> pl.DataFrame:
    """What everybody buys: ``item_field``, ``item_value``, the share of all lines and the shape of the lifts' prior.

    Args:
        table: ``affinity_base``.
    """
    everything = table.filter(pl.col(Col.item_field) == ANY_ITEM)
    lines, squares = (everything[name].sum() for name in (Col.purchases_365d, Affinity.purchases_squared))
    share = pl.col(Col.purchases_365d) / max(lines, 1)
    # sums over shoppers of (c - n p)², of its mean under chance alone and of (n p)²
    apart = pl.col(Affinity.purchases_squared) - 2 * share * pl.col(Affinity.purchases_by_all_purchases)
    expected = share * share * squares
    variance = (apart + expected - pl.col(Col.purchases_365d)) / expected
    shape = pl.when(variance > 0).then(1 / variance).otherwise(_LARGEST_SHAPE)
    return table.filter(pl.col(Col.item_field) != ANY_ITEM, pl.col(Col.purchases_365d) > 0).select(
        *VALUE,
        Col.purchases_365d,
        share.alias(Affinity.base_share),
        shape.clip(_LEAST_SHAPE, _LARGEST_SHAPE).round(_DIGITS).alias(Affinity.shape),
    )


def lifts(affinities: pl.LazyFrame, base: pl.DataFrame, support: int, days: int, least: float) -> pl.DataFrame:
    """A row per shopper and value of ``support`` lines or more, on ``days`` days, whose lift is at least ``least``.

    Args:
        affinities: ``customer_affinity``, of D or of an earlier day.
        base: as ``bases`` gives it, of D.

    Returns:
        user_id, item_field, item_value, support and all_purchases (lines), lift, lift_low.
    """
    everything = affinities.filter(pl.col(Col.item_field) == ANY_ITEM).select(
        Col.user_id, pl.col(Col.purchases_365d).alias(Affinity.all_purchases)
    )
    found = (
        affinities.filter(pl.col(Col.purchases_365d) >= support, pl.col(Col.purchase_days_365d) >= days)
        .join(base.lazy().drop(Col.purchases_365d), on=VALUE)
        .join(everything, on=Col.user_id)
        .with_columns((pl.col(Affinity.all_purchases) * pl.col(Affinity.base_share)).alias(Affinity.expected))
        .with_columns((pl.col(Col.purchases_365d) / pl.col(Affinity.expected)).round(_DIGITS).alias(Col.lift))
        .filter(pl.col(Col.lift) >= least)
        .collect()
    )
    return found.select(
        Col.user_id,
        *VALUE,
        pl.col(Col.purchases_365d).alias(Col.support),
        Affinity.all_purchases,
        Affinity.base_share,
        Col.lift,
        _lows(found).alias(Aud.lift_low),
    )


def _lows(found: pl.DataFrame) -> pl.Series:
    """The lower end of the 95 % interval of each lift."""
    from scipy.special import gammaincinv

    days, shape = found[Col.purchase_days_365d].to_numpy(), found[Affinity.shape].to_numpy()
    chances = days * found[Affinity.expected].to_numpy() / found[Col.purchases_365d].to_numpy()
    return pl.Series(gammaincinv(shape + days, TAIL) / (shape + chances), dtype=pl.Float64).round(_DIGITS)
