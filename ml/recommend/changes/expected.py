"""What two sets of shelves are expected to sell: both judged by the probabilities of one day, that of the newer one."""

from __future__ import annotations

from typing import Final

import polars as pl

from ml.recommend.changes.lists import LIST
from ml.tables import Col

EXPECTED_BEFORE, EXPECTED_AFTER, JUDGED = "expected_before", "expected_after", "judged"
_SIDES: Final = (EXPECTED_BEFORE, EXPECTED_AFTER)


def expected_purchases(before: pl.DataFrame, after: pl.DataFrame, pairs: pl.DataFrame, depth: int) -> pl.DataFrame:
    """placement, user_id, EXPECTED_BEFORE, EXPECTED_AFTER, JUDGED: a row for each list of either.

    Expected is the sum of the probabilities of a list's first ``depth`` items, ``JUDGED`` the share of those items of
    both lists that have one. An item without is none of the ranker's candidates and counts nothing.

    Args:
        before, after: rows of ``recommendation``.
        pairs: user_id, item_id, probability, of ``purchase_probability``.
    """
    sides = [_summed(lists, pairs, depth, name) for lists, name in zip((before, after), _SIDES, strict=True)]
    both = sides[0].join(sides[1], on=LIST, how="full", coalesce=True).fill_null(0)
    shown = pl.sum_horizontal(f"{name}_shown" for name in _SIDES)
    judged = (pl.sum_horizontal(f"{name}_judged" for name in _SIDES) / shown).alias(JUDGED)
    return both.select(*LIST, *_SIDES, judged).sort(LIST)


def _summed(lists: pl.DataFrame, pairs: pl.DataFrame, depth: int, name: str) -> pl.DataFrame:
    first = lists.filter(pl.col(Col.rank) <= depth).join(pairs, on=[Col.user_id, Col.item_id], how="left")
    return first.group_by(LIST).agg(
        pl.col(Col.probability).sort().sum().alias(name),
        pl.len().alias(f"{name}_shown"),
        pl.col(Col.probability).count().alias(f"{name}_judged"),
    )
