"""The schemes that divide the shoppers: RFM classes, behavioural segments, life-cycle stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from ml.audiences.columns import Aud, Scheme
from ml.audiences.segments import rfm, stages
from ml.audiences.segments.behaviour import NO_PURCHASE, NOBODY, NOTHING, Placed
from ml.audiences.segments.bundle import Bundle
from ml.audiences.segments.columns import Known
from ml.tables import Col
from ml.words import Words


@dataclass(frozen=True, eq=False)
class Judged:
    """How a scheme divides shoppers.

    Attributes:
        members: of shoppers sorted by ``user_id``, in their order: ``user_id``, ``segment_id``, ``map_x``, ``map_y``.
        names: by segment, in the order in which people read them.
        rules: by segment who is in it, where that is a rule.
        changes, came_from: by segment, see ``identity.Identity``; beside behaviour none.
        bundle: the model of the scheme behaviour.
    """

    scheme: Scheme
    members: Callable[[pl.DataFrame], pl.DataFrame]
    names: Mapping[str, Words]
    rules: Mapping[str, Words]
    changes: Mapping[str, str] = field(default_factory=dict)
    came_from: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bundle: Bundle | None = None


def judged_by(bundle: Bundle | None) -> list[Judged]:
    """The schemes of a day; behaviour only where there is a model."""
    classes = Judged(Scheme.RFM, lambda frame: _off_the_map(frame, rfm.classes_of(frame)), rfm.NAMES, rfm.RULES)
    life = Judged(
        Scheme.LIFECYCLE, lambda frame: _off_the_map(frame, frame[Known.lifecycle_stage]), stages.NAMES, stages.RULES
    )
    return [classes, *([_behaviour(bundle)] if bundle else []), life]


def _behaviour(bundle: Bundle) -> Judged:
    names = {each.segment_id: Words(each.name_en, each.name_zh) for each in bundle.segments}
    return Judged(
        Scheme.BEHAVIOUR,
        lambda frame: Placed(frame, bundle).members,
        {**names, NO_PURCHASE: NOBODY},
        {NO_PURCHASE: NOTHING},
        {each.segment_id: each.change.value for each in bundle.segments},
        {each.segment_id: each.came_from for each in bundle.segments},
        bundle,
    )


def _off_the_map(shoppers: pl.DataFrame, segment: pl.Series) -> pl.DataFrame:
    nowhere = [pl.lit(None, pl.Float64).alias(name) for name in (Aud.map_x, Aud.map_y)]
    return shoppers.select(Col.user_id, segment.alias(Aud.segment_id), *nowhere)
