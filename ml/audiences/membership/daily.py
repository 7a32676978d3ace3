"""A day's audiences: defined, chosen, reduced to those who consented, described."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.membership.choosing import Choosing
from ml.audiences.membership.consent import Consents
from ml.audiences.membership.judged import judged
from ml.audiences.membership.members import audience_table, member_table
from ml.audiences.membership.overlap import overlap_table
from ml.audiences.membership.traits import Everybody, Group, traits_of
from ml.audiences.outputs import AUDIENCE, AUDIENCE_MEMBER, AUDIENCE_OVERLAP, AUDIENCE_TRAIT, SEGMENT, TAG
from ml.audiences.parts import Segmented, Tagged
from ml.audiences.shoppers import TODAY, Shop
from ml.tables import Col
from ml.warehouse.slices import DIM_CONSENT
from ml.words import Words


def audiences_of(shop: Shop, tags: Tagged, segments: Segmented) -> dict[str, pl.DataFrame]:
    """``audience``, ``audience_member``, ``audience_trait`` and ``audience_overlap`` of a day, by name."""
    chosen = Choosing(shop, tags, segments).chosen()
    consents = Consents.of(shop.settings, shop.day.table(DIM_CONSENT))
    found = judged(chosen, consents, shop.settings.minimum_audience, sorted(shop.days))
    members, everybody = member_table(found, chosen), shop.shoppers[TODAY]
    present = members.filter(Aud.is_member)
    by_audience = {
        str(name): some[Col.user_id] for (name,), some in present.partition_by(Aud.audience_id, as_dict=True).items()
    }
    compared = Everybody(everybody, (*_tag_groups(tags), *_segment_groups(segments)))
    tells = {each.definition.audience_id: each.tells for each in chosen}
    return {
        AUDIENCE.name: audience_table(found, chosen, members, consents, len(everybody)),
        AUDIENCE_MEMBER.name: members,
        AUDIENCE_TRAIT.name: traits_of(by_audience, compared, shop.settings.minimum_audience, tells),
        AUDIENCE_OVERLAP.name: overlap_table(present, shop.settings.minimum_audience),
    }


def _tag_groups(tags: Tagged) -> Iterator[Group]:
    held = tags.held.get(TODAY)
    by_tag = {} if held is None else held.partition_by(Aud.tag_id, as_dict=True)
    for tag, english, chinese in tags.tables[TAG.name].select(Aud.tag_id, Aud.name_en, Aud.name_zh).iter_rows():
        if (tag,) in by_tag:
            yield Group(tag, Words(english, chinese), by_tag[tag,][Col.user_id])


def _segment_groups(segments: Segmented) -> Iterator[Group]:
    held = segments.held.get(TODAY)
    key = [Aud.scheme, Aud.segment_id]
    by_segment = {} if held is None else held.partition_by(key, as_dict=True)
    for scheme, segment, english, chinese in (
        segments.tables[SEGMENT.name].select(*key, Aud.name_en, Aud.name_zh).iter_rows()
    ):
        if (scheme, segment) in by_segment:
            yield Group(segment, Words(english, chinese), by_segment[scheme, segment][Col.user_id])
