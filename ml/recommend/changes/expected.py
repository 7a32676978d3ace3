"""What two sets of shelves are expected to sell: both judged by the probabilities of one day, that of the newer one."""

from __future__ import annotations

from typing import Final

import polars as pl

from ml.recommend.changes.lists import LIST
from ml.tables import Col

EXPECTED_BEFORE, EXPECTED_AFTER, JUDGED = "expected_before", "expected_after", "judged"
REVENUE_BEFORE, REVENUE_AFTER = "revenue_before", "revenue_after"
_SIDES: Final = ((EXPECTED_BEFORE, REVENUE_BEFORE), (EXPECTED_AFTER, REVENUE_AFTER))


def expected_purchases(
    before: pl.DataFrame, after: pl.DataFrame, pairs: pl.DataFrame, depth: int, prices: pl.DataFrame | None = None
) -> pl.DataFrame:
    """placement, user_id, EXPECTED_BEFORE, EXPECTED_AFTER, REVENUE_BEFORE, REVENUE_AFTER, JUDGED: a row for each list.

    Expected is the sum of the probabilities of a list's first ``depth`` items, revenue that of probability x price,
    ``JUDGED`` the share of those items of both lists that have a probability. An item without is none of the ranker's
    candidates and counts nothing; neither does one without a price, of revenue.

    Args:
        before, after: rows of ``recommendation``.
        pairs: user_id, item_id, probability, of ``purchase_probability``.
        prices: item_id, price; without them revenue is 0.
    """
    known = pl.DataFrame(schema={Col.item_id: pl.String, Col.price: pl.Float64}) if prices is None else prices
    valued = pairs.join(known.select(Col.item_id, Col.price), on=Col.item_id, how="left")
    sides = [_summed(lists, valued, depth, *names) for lists, names in zip((before, after), _SIDES, strict=True)]
    both = sides[0].join(sides[1], on=LIST, how="full", coalesce=True).fill_null(0)
    shown = pl.sum_horizontal(f"{name}_shown" for name, _ in _SIDES)
    judged = (pl.sum_horizontal(f"{name}_judged" for name, _ in _SIDES) / shown).alias(JUDGED)
    return both.select(*LIST, *(names[place] for place in (0, 1) for names in _SIDES), judged).sort(LIST)


def _summed(lists: pl.DataFrame, pairs: pl.DataFrame, depth: int, name: str, revenue: str) -> pl.DataFrame:
    first = lists.filter(pl.col(Col.rank) <= depth).join(pairs, on=[Col.user_id, Col.item_id], how="left")
    worth = pl.col(Col.probability) * pl.col(Col.price).cast(pl.Float64)
    return first.group_by(LIST).agg(
        pl.col(Col.probability).sort().sum().alias(name),
        worth.sort().sum().alias(revenue),
        pl.len().alias(f"{name}_shown"),
        pl.col(Col.probability).count().alias(f"{name}_judged"),
    )
