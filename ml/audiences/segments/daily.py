"""A day's segments: every shopper in one per scheme, what tells those apart, who moved, and how cohorts come back."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.outputs import (
    COHORT_RETENTION,
    SEGMENT,
    SEGMENT_FEATURE,
    SEGMENT_MEMBER,
    SEGMENT_TRANSITION,
)
from ml.audiences.parts import Segmented
from ml.audiences.segments.bundle import Bundle
from ml.audiences.segments.cohorts import retention
from ml.audiences.segments.columns import FEAT_CUSTOMER, PURCHASE_DAY, Known
from ml.audiences.segments.describing import descriptions, features_of
from ml.audiences.segments.policy import effective, told
from ml.audiences.segments.schemes import Judged, judged_by
from ml.audiences.segments.transitions import moved, movers
from ml.audiences.shoppers import TODAY, Shop
from ml.day import Day
from ml.tables import Col
from ml.words import Words

_log = logging.getLogger(__name__)
_WEEK, _MONTH = 7, 28
_EARLIER: Final = {_WEEK: (Aud.segment_7d, Aud.size_7d), _MONTH: (Aud.segment_28d, Aud.size_28d)}


def segmented(shop: Shop) -> Segmented:
    """Put every shopper into a segment per scheme; without a trained model there is no scheme behaviour.

    Raises:
        StaleFeatures: a snapshot is incomplete.
        ModelMissing: the registry does not hold the version that was promoted.
    """
    policy, as_of = effective(shop.day), shop.day.as_of
    about = told(policy, shop.day.capability.training_command(as_of))
    if policy.bundle is None:
        _log.warning("no behavioural segments as of %s: %s", as_of, about["untrained"])
    schemes = segments_of(shop.shoppers, policy.bundle)
    tables = {**schemes.tables, COHORT_RETENTION.name: _cohorts(shop.day)}
    return Segmented(tables, schemes.held, policy.policy_id, about)


@dataclass(frozen=True, eq=False)
class Schemes:
    """The tables of segments and members, and who was in which; see ``ml.audiences.parts.Segmented``."""

    tables: Mapping[str, pl.DataFrame]
    held: Mapping[int, pl.DataFrame]


def segments_of(shoppers: Mapping[int, pl.DataFrame], bundle: Bundle | None) -> Schemes:
    """The tables of every scheme.

    Args:
        shoppers: by number of days before D (0: on D), see ``ml.audiences.shoppers.Shop``.
        bundle: the model of behavioural segments.
    """
    parts = [_tables(shoppers, judged) for judged in judged_by(bundle)]
    names = (SEGMENT.name, SEGMENT_FEATURE.name, SEGMENT_MEMBER.name, SEGMENT_TRANSITION.name)
    tables = {name: pl.concat(part.tables[name] for part in parts) for name in names}
    held = {days: pl.concat(part.held[days] for part in parts) for days in shoppers}
    return Schemes(tables, held)


def _tables(shoppers: Mapping[int, pl.DataFrame], judged: Judged) -> Schemes:
    members = {days: judged.members(frame) for days, frame in shoppers.items()}
    today, name = members[TODAY], pl.lit(judged.scheme.value).alias(Aud.scheme)
    features = features_of(shoppers[TODAY], today[Aud.segment_id])
    tables = {
        SEGMENT.name: SEGMENT.checked(_segments(judged, members, features).with_columns(name)),
        SEGMENT_FEATURE.name: SEGMENT_FEATURE.checked(features.with_columns(name)),
        SEGMENT_MEMBER.name: SEGMENT_MEMBER.checked(_with_earlier(members).with_columns(name)),
        SEGMENT_TRANSITION.name: _transitions(shoppers, members, judged),
    }
    held = {days: frame.select(name, Col.user_id, Aud.segment_id) for days, frame in members.items()}
    return Schemes(tables, held)


def _segments(judged: Judged, members: Mapping[int, pl.DataFrame], features: pl.DataFrame) -> pl.DataFrame:
    """A row per segment of the scheme, also of those without members."""
    texts = descriptions(features, judged.rules)
    nothing = Words("", "")
    listed = pl.DataFrame(
        {
            Aud.segment_id: list(judged.names),
            Aud.name_en: [name.en for name in judged.names.values()],
            Aud.name_zh: [name.zh for name in judged.names.values()],
            Aud.description_en: [texts.get(each, nothing).en for each in judged.names],
            Aud.description_zh: [texts.get(each, nothing).zh for each in judged.names],
            Aud.change: [judged.changes.get(each) for each in judged.names],
            Aud.came_from: [list(judged.came_from.get(each, ())) for each in judged.names],
        },
        schema_overrides={Aud.change: pl.String, Aud.came_from: pl.List(pl.String)},
    )
    for days, column in ((TODAY, Aud.size), *((days, size) for days, (_, size) in _EARLIER.items())):
        listed = listed.join(_sizes(members.get(days), column), on=Aud.segment_id, how="left", maintain_order="left")
        known = pl.lit(0) if days in members else pl.lit(None)
        listed = listed.with_columns(pl.col(column).fill_null(known))
    return listed.with_columns((pl.col(Aud.size) / max(len(members[TODAY]), 1)).round(6).alias(Aud.share))


def _sizes(members: pl.DataFrame | None, column: str) -> pl.DataFrame:
    if members is None:
        return pl.DataFrame(schema={Aud.segment_id: pl.String, column: pl.Int64})
    return members.group_by(Aud.segment_id).agg(pl.len().cast(pl.Int64).alias(column))


def _with_earlier(members: Mapping[int, pl.DataFrame]) -> pl.DataFrame:
    found = members[TODAY]
    for days, (column, _) in _EARLIER.items():
        if days in members:
            before = members[days].select(Col.user_id, pl.col(Aud.segment_id).alias(column))
            found = found.join(before, on=Col.user_id, how="left", maintain_order="left")
        else:
            found = found.with_columns(pl.lit(None, pl.String).alias(column))
    return found


def _transitions(
    shoppers: Mapping[int, pl.DataFrame], members: Mapping[int, pl.DataFrame], judged: Judged
) -> pl.DataFrame:
    found = [SEGMENT_TRANSITION.empty()]
    scheme = pl.lit(judged.scheme.value).alias(Aud.scheme)
    for days in _EARLIER:
        if days in members:
            moving = movers(*(shoppers[each].with_columns(members[each][Aud.segment_id]) for each in (TODAY, days)))
            rows = moved(judged.scheme, moving, judged.bundle)
            found.append(SEGMENT_TRANSITION.checked(rows.with_columns(scheme, pl.lit(days).alias(Aud.days_before))))
    return pl.concat(found)


def _cohorts(day: Day) -> pl.DataFrame:
    first = day.scan(FEAT_CUSTOMER).select(
        Col.user_id,
        (pl.lit(day.as_of) - pl.duration(days=pl.col(Known.lifetime_days_since_first_purchase).cast(pl.Int64)))
        .cast(pl.Date)
        .alias(Col.event_date),
    )
    purchases = day.scan(PURCHASE_DAY).select(Col.user_id, Col.event_date)
    rows = retention(purchases.collect(), first.collect(), day.as_of, int(day.record["history_days"]))
    return COHORT_RETENTION.checked(rows)
