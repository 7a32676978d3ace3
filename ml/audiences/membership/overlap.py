"""The table ``audience_overlap``: how many members audiences have in common."""

from __future__ import annotations

import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.outputs import AUDIENCE_OVERLAP
from ml.tables import Col


def overlap_table(members: pl.DataFrame, minimum: int) -> pl.DataFrame:
    """``audience_overlap`` of the members of D; of fewer than ``minimum`` in common only that there are some.

    Args:
        members: ``audience_id``, ``user_id``.
    """
    one = members.select(Aud.audience_id, Col.user_id)
    other = one.rename({Aud.audience_id: Aud.other_audience_id})
    pairs = one.join(other, on=Col.user_id).filter(pl.col(Aud.audience_id) != pl.col(Aud.other_audience_id))
    common = pairs.group_by(Aud.audience_id, Aud.other_audience_id).agg(pl.len().cast(pl.Int64).alias(Aud.shoppers))
    sizes = one.group_by(Aud.audience_id).agg(pl.len().alias(Aud.size))
    enough = pl.col(Aud.shoppers) >= minimum
    share = (pl.col(Aud.shoppers) / pl.col(Aud.size)).round(6)
    return AUDIENCE_OVERLAP.checked(
        common.join(sizes, on=Aud.audience_id).with_columns(
            pl.when(enough).then(Aud.shoppers), pl.when(enough).then(share).alias(Aud.share)
        )
    )
