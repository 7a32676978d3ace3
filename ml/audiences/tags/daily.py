"""A day's tags: whom they fit, why, and whether they did a week and four weeks before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from ml.audiences.capability import DIM_TAG
from ml.audiences.columns import Aud
from ml.audiences.outputs import TAG, TAG_MEMBER
from ml.audiences.parts import Tagged
from ml.audiences.shoppers import TODAY, Shop
from ml.audiences.tags import statistical
from ml.audiences.tags.definitions import definitions, landed_tags
from ml.audiences.tags.people import people, vocabulary
from ml.audiences.tags.rules import columns_of, described, evidence, fitting, rules
from ml.tables import Col

_KEY: Final = (Aud.tag_id, Col.user_id)
_HELD: Final = {7: Aud.held_7d, 28: Aud.held_28d}
_COUNTED: Final = {TODAY: Aud.members, 7: Aud.members_7d, 28: Aud.members_28d}
_DIGITS: Final = 6


def tagged(shop: Shop) -> Tagged:
    """Tag every shopper, on D and, by D's definitions, on the days that it is compared with.

    A tag whose condition is refused has no members, and says why.

    Raises:
        StaleFeatures: a snapshot is incomplete.
    """
    landed, words = landed_tags(shop.day.table(DIM_TAG)), vocabulary()
    checked = rules(definitions(landed), words)
    known = {days: people(shop, days, columns_of(checked)) for days in shop.days}
    found = statistical.statistical(shop, landed.tag_ids)
    held = {
        days: pl.concat([fitting(checked, each), found.held[days].select(_KEY)]).sort(_KEY)
        for days, each in known.items()
    }
    members = pl.concat(
        [evidence(checked, known[TODAY], words), statistical.with_evidence(found.held[TODAY])], how="diagonal_relaxed"
    )
    tags = _counted(pl.concat([described(checked), statistical.described(found)]), held, len(known[TODAY]))
    return Tagged({TAG.name: tags, TAG_MEMBER.name: _since(members, held)}, held)


def _counted(described: pl.DataFrame, held: Mapping[int, pl.DataFrame], shoppers: int) -> pl.DataFrame:
    """``tag``: those that are withheld have neither members nor a share."""
    for days, count in _COUNTED.items():
        is_known = (pl.col(Aud.withheld) == "") & pl.lit(days in held)
        counts = held.get(days, held[TODAY]).group_by(Aud.tag_id).agg(pl.len().cast(pl.Int64).alias(count))
        described = described.join(counts, on=Aud.tag_id, how="left").with_columns(
            pl.when(is_known).then(pl.col(count).fill_null(0))
        )
    return described.with_columns((pl.col(Aud.members) / max(shoppers, 1)).round(_DIGITS).alias(Aud.share))


def _since(members: pl.DataFrame, held: Mapping[int, pl.DataFrame]) -> pl.DataFrame:
    """``tag_member``: with a flag per earlier day, null where the shop had landed nothing by then."""
    for days, flag in _HELD.items():
        if days in held:
            before = held[days].with_columns(pl.lit(value=True).alias(flag))
            members = members.join(before, on=_KEY, how="left").with_columns(pl.col(flag).fill_null(value=False))
        else:
            members = members.with_columns(pl.lit(None, pl.Boolean).alias(flag))
    return members
