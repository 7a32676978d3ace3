"""List by list: whether the first item, the first three or the set changed, and how much two lists have in common."""

from __future__ import annotations

from functools import cache
from typing import Final

import polars as pl

from ml.tables import Col

PERSISTENCE: Final = 0.9
"""Probability that a reader goes on to the next place, in rank-biased overlap."""
FIRST, FIRST_THREE, SET, JACCARD, OVERLAP = "first", "first_three", "set", "jaccard", "overlap"
LENGTH_BEFORE, LENGTH_AFTER = "length_before", "length_after"
LIST: Final = (Col.placement, Col.user_id)
_BEFORE, _AFTER, _DEEPER, _DEPTH, _WEIGHT = "_before", "_after", "_deeper", "_depth", "_weight"


def list_changes(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """A row for each list of either, sorted by placement and shopper.

    ``FIRST``, ``FIRST_THREE`` and ``SET`` say whether the first item, the set of the first three, and the set of all
    items are others; ``JACCARD`` is the share of their items that both lists have, ``OVERLAP`` the rank-biased overlap
    (Webber, Moffat and Zobel, "A similarity measure for indefinite rankings", 2010) as far as the longer list goes,
    over its value for two equal lists: 1 for equal lists, 0 where they have nothing in common.

    Args:
        before, after: placement, user_id, item_id and rank (from 1), as ``recommendation`` has them.
    """
    named = ((before, _BEFORE), (after, _AFTER))
    ranks = [frame.select(*LIST, Col.item_id, pl.col(Col.rank).alias(name)) for frame, name in named]
    both = ranks[0].join(ranks[1], on=[*LIST, Col.item_id], how="full", coalesce=True)
    lengths = both.group_by(LIST).agg(
        pl.col(_BEFORE).count().alias(LENGTH_BEFORE), pl.col(_AFTER).count().alias(LENGTH_AFTER)
    )
    lengths = lengths.with_columns(pl.max_horizontal(LENGTH_BEFORE, LENGTH_AFTER).cast(pl.Int32).alias(_DEPTH))
    deepest = int(lengths[_DEPTH].max() or 0)  # type: ignore[arg-type]
    common = both.drop_nulls().select(*LIST, _BEFORE, _AFTER, pl.max_horizontal(_BEFORE, _AFTER).alias(_DEEPER))
    weighed = common.join(lengths.select(*LIST, _DEPTH), on=LIST).join(_weights(deepest), on=[_DEPTH, _DEEPER])
    shared = weighed.group_by(LIST).agg(
        pl.len().alias(SET),
        ((pl.col(_BEFORE) == 1) & (pl.col(_AFTER) == 1)).any().alias(FIRST),
        (pl.col(_DEEPER) <= 3).sum().alias(FIRST_THREE),
        pl.col(_WEIGHT).sort().sum().alias(OVERLAP),
    )
    found = lengths.join(shared, on=LIST, how="left").with_columns(pl.col(SET, FIRST_THREE, OVERLAP).fill_null(0))
    return found.select(*LIST, LENGTH_BEFORE, LENGTH_AFTER, *_measures()).sort(LIST)


def _measures() -> list[pl.Expr]:
    longer, shorter = (each(LENGTH_BEFORE, LENGTH_AFTER) for each in (pl.max_horizontal, pl.min_horizontal))
    return [
        ~pl.col(FIRST).fill_null(value=False).alias(FIRST),
        (pl.col(FIRST_THREE) < pl.min_horizontal(longer, 3)).alias(FIRST_THREE),
        (pl.col(SET) < longer).alias(SET),
        (pl.col(SET) / (longer + shorter - pl.col(SET))).alias(JACCARD),
        pl.min_horizontal(pl.col(OVERLAP), 1.0).round(6).alias(OVERLAP),
    ]


@cache
def _weights(deepest: int) -> pl.DataFrame:
    """For lists up to a depth, what a common item adds that both have by rank ``_deeper``; the sum of all is 1."""
    rows = []
    for depth in range(1, deepest + 1):
        agreement = [PERSISTENCE ** (place - 1) / place for place in range(1, depth + 1)]
        whole = sum(PERSISTENCE**place for place in range(depth))
        rows += [(depth, deeper, sum(agreement[deeper - 1 :]) / whole) for deeper in range(1, depth + 1)]
    schema = {_DEPTH: pl.Int32, _DEEPER: pl.Int32, _WEIGHT: pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")
