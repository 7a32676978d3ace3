"""For whom shelves change, and what they are expected to sell: by activity, evaluation segment and newcomer status."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from ml.recommend.evaluation.groups import ACTIVITY, BANDS, COLD, SEGMENT, shopper_groups
from ml.recommend.history import SliceSnapshot
from ml.tables import Col
from ml.warehouse.slices import DIM_ITEM, FEAT_ITEM, Slice

ALL: Final = "all"
STATUS: Final = "newcomer"
NEWCOMER, KNOWN = "bought nothing before", "bought before"
"""Values of STATUS."""
BY, GROUP = "by", "group"
_KINDS: Final = (ACTIVITY, SEGMENT, STATUS)
_PRICES: Final = (Col.price, Col.mean_price_28d, Col.mean_price_365d)
_PLACES: Final = {name: place for place, name in enumerate((COLD, *BANDS.values()))}


def groups_of(known: SliceSnapshot, users: pl.Series) -> pl.DataFrame:
    """user_id, ACTIVITY, SEGMENT, STATUS of each of ``users``, as a snapshot knows them."""
    found = shopper_groups(known.history, users.unique().sort(), known.as_of)
    status = pl.when(pl.col(ACTIVITY) == COLD).then(pl.lit(NEWCOMER)).otherwise(pl.lit(KNOWN))
    return found.with_columns(status.alias(STATUS))


def by_group(lists: pl.DataFrame, groups: pl.DataFrame, figures: list[pl.Expr]) -> Iterator[tuple[Any, ...]]:
    """placement, the kind of group, the group and ``figures`` of its lists; bands by activity, others by name."""
    joined = lists.join(groups, on=Col.user_id)
    for kind in _KINDS:
        place = pl.col(kind).replace_strict(_PLACES, default=len(_PLACES), return_dtype=pl.Int32)
        told = joined.group_by(Col.placement, kind).agg(*figures).sort(Col.placement, place, kind)
        for placement, group, *rest in told.iter_rows():
            yield (placement, kind, group, *rest)


def prices_of(known: Slice) -> pl.DataFrame | None:
    """item_id and price: the catalogue's, else what was paid for a piece on average; None where none is known."""
    catalogue, paid = known.table(DIM_ITEM), known.table(FEAT_ITEM)
    there = [name for name in _PRICES if name in (*catalogue.columns, *paid.columns)]
    if not there:
        return None
    both = catalogue.join(paid.select(Col.item_id, *(set(there) & set(paid.columns))), on=Col.item_id, how="left")
    prices = both.select(Col.item_id, pl.coalesce(pl.col(there).cast(pl.Float64)).alias(Col.price)).drop_nulls()
    return None if prices.is_empty() else prices
