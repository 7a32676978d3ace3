"""A day's audiences: defined, chosen, reduced to those who consented, described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.membership.choosing import Choosing
from ml.audiences.membership.chosen import Chosen
from ml.audiences.membership.consent import Consents
from ml.audiences.membership.judged import judged
from ml.audiences.membership.members import audience_table, member_table
from ml.audiences.membership.overlap import overlap_table
from ml.audiences.membership.traits import Everybody, traits
from ml.audiences.outputs import AUDIENCE, AUDIENCE_MEMBER, AUDIENCE_OVERLAP, AUDIENCE_TRAIT
from ml.audiences.parts import Segmented, Tagged
from ml.audiences.shoppers import TODAY, Shop
from ml.tables import Col
from ml.warehouse.slices import DIM_CONSENT


def audiences_of(shop: Shop, tags: Tagged, segments: Segmented) -> dict[str, pl.DataFrame]:
    """``audience``, ``audience_member``, ``audience_trait`` and ``audience_overlap`` of a day, by name."""
    choosing = Choosing(shop, tags, segments)
    chosen, minimum = choosing.chosen(), shop.settings.minimum_audience
    consents = Consents.of(shop.settings, shop.day.table(DIM_CONSENT))
    found = judged(chosen, consents, minimum, sorted(shop.days))
    members = member_table(found, chosen)
    present = members.filter(Aud.is_member)
    everybody = Everybody(
        shop.shoppers[TODAY],
        choosing.vocabulary,
        _lazily(tags.held),
        _lazily(segments.held),
        fewest=minimum,
    )
    return {
        AUDIENCE.name: audience_table(found, chosen, members, consents, len(everybody.shoppers)),
        AUDIENCE_MEMBER.name: members,
        AUDIENCE_TRAIT.name: _trait_table(chosen, present, everybody),
        AUDIENCE_OVERLAP.name: overlap_table(present, minimum),
    }


def _lazily(held: Mapping[int, pl.DataFrame]) -> pl.LazyFrame | None:
    return held[TODAY].lazy() if TODAY in held else None


def _trait_table(chosen: Sequence[Chosen], present: pl.DataFrame, everybody: Everybody) -> pl.DataFrame:
    by_audience = present.partition_by(Aud.audience_id, as_dict=True)
    rows = [
        traits(some[Col.user_id], everybody, each.asked).select(pl.lit(name).alias(Aud.audience_id), pl.all())
        for each in chosen
        if (some := by_audience.get((name := each.definition.audience_id,))) is not None
    ]
    return AUDIENCE_TRAIT.checked(pl.concat(rows)) if rows else AUDIENCE_TRAIT.empty()
