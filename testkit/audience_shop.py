"""Hand-made tags, segments and audiences of a shop, for what shows them; no grammar or model decides here."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import polars as pl

from ml.audiences.capability import AUDIENCES
from ml.audiences.columns import Aud, Consent, Scheme, TagKind
from ml.audiences.outputs import (
    COHORT_RETENTION,
    SEGMENT,
    SEGMENT_FEATURE,
    SEGMENT_MEMBER,
    SEGMENT_TRANSITION,
    TAG,
    TAG_MEMBER,
)
from ml.profile.columns import Profile
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.versions import publish
from ml.settings import Settings
from ml.tables import Col
from testkit.audience_members import audience_tables

BEHAVIOURS: Final = {
    "b1": ("Frequent big spenders", "高频高消费"),
    "b2": ("Discount seekers", "爱折扣"),
    "b3": ("Weekend stock-up", "周末囤货"),
    "b4": ("Occasional small baskets", "偶尔小额"),
    "b5": ("Lapsing, once loyal", "曾经忠诚，正在流失"),
    "b6": ("New and curious", "新来的探索者"),
}
_RFM: Final = {
    "champions": ("Champions", "冠军顾客"),
    "loyal": ("Loyal", "忠诚顾客"),
    "promising": ("Promising", "有潜力"),
    "need_attention": ("Need attention", "需要关注"),
    "at_risk": ("At risk", "有流失风险"),
    "hibernating": ("Hibernating", "沉睡顾客"),
}
_STAGES: Final = {
    "prospect": ("Prospect", "潜在顾客"),
    "new": ("New", "新顾客"),
    "active": ("Active", "活跃"),
    "at_risk": ("At risk", "有流失风险"),
    "lapsed": ("Lapsed", "已流失"),
}
_SCHEMES: Final = {Scheme.BEHAVIOUR: BEHAVIOURS, Scheme.RFM: _RFM, Scheme.LIFECYCLE: _STAGES}
_FEATURES: Final = (
    *(Profile.baskets_365d, Profile.mean_basket_value_365d, Profile.discount_share_365d),
    *(Profile.days_since_last_purchase, Profile.price_index),
)
TAGS: Final = {
    "weekend_shopper": ("Weekend shopper", "周末顾客", TagKind.RULE, "preferred_weekday >= 6"),
    "price_sensitive": ("Price-sensitive", "价格敏感", TagKind.RULE, "discount_share_365d > 0.3"),
    "likes_baking": ("Likes baking", "喜欢烘焙", TagKind.STATISTICAL, "category = 'BAKING'"),
    "likes_wine": ("Likes wine", "喜欢葡萄酒", TagKind.STATISTICAL, "subcategory = 'WINE'"),
}


def publish_audiences(settings: Settings, day: date, made: Mapping[str, pl.DataFrame], slice_name: str) -> None:
    """Publish a day of ``audiences``."""
    record = DraftRecord(
        capability=AUDIENCES.name,
        as_of_date=day,
        slice=f"slices/{slice_name}",
        inputs_hash="x",
        code_revision="c0dec0dec0de",
        policy={"policy_id": "0123456789ab"},
        counts={"consent": settings.consent},
    )
    draft = write_draft(settings.drafts_of(AUDIENCES.name) / str(day), AUDIENCES, record, made)
    publish(settings, AUDIENCES, draft, provenance={})


def made_tables(
    day: date, shoppers: Sequence[str], consent: Consent = Consent.ASSUMED, texts: str = ""
) -> dict[str, pl.DataFrame]:
    """Every table of ``audiences``; every shopper's place follows from the id, and changes a little with the day.

    Args:
        texts: what stands in every text that data may decide.
    """
    members = pl.DataFrame(list(_segment_members(shoppers, day)), schema=SEGMENT_MEMBER.schema)
    tagged = [row for tag_id in TAGS for row in _tagged(tag_id, shoppers, texts)]
    rows: dict[str, list[dict[str, Any]]] = {
        SEGMENT.name: list(_segments(members, texts)),
        SEGMENT_FEATURE.name: list(_features()),
        SEGMENT_TRANSITION.name: list(_transitions(members)),
        COHORT_RETENTION.name: list(_cohorts(day)),
        TAG.name: list(_tags(tagged, len(shoppers), texts)),
        TAG_MEMBER.name: tagged,
    }
    made = {name: pl.DataFrame(found, schema=AUDIENCES.tables[name].schema) for name, found in rows.items()}
    made |= {SEGMENT_MEMBER.name: members} | audience_tables(day, shoppers, consent, texts)
    return {table.name: table.checked(made[table.name]) for table in AUDIENCES.outputs}


def draw(user: str, what: object, under: int) -> int:
    """A number below ``under`` that a shopper always gets."""
    return zlib.crc32(f"{user} {what}".encode("utf-8", "surrogatepass")) % under


def _segment_members(shoppers: Sequence[str], day: date) -> Iterator[dict[str, Any]]:
    for scheme, names in _SCHEMES.items():
        ids = [*names]
        for user in shoppers:
            place = min(draw(user, scheme, len(ids) + 2), len(ids) - 1)
            now = (place + (draw(user, day, 40) == 0)) % len(ids)
            before = (now + (draw(user, "moved", 20) == 0)) % len(ids)
            long_before = (before + (draw(user, "28", 9) == 0)) % len(ids)
            spread = [draw(user, axis, 1000) / 700 - 0.7 for axis in "xy"]
            is_mapped = scheme == Scheme.BEHAVIOUR
            yield {
                Aud.scheme: scheme,
                Col.user_id: user,
                Aud.segment_id: ids[now],
                Aud.map_x: spread[0] + 1.1 * (now % 3) if is_mapped else None,
                Aud.map_y: spread[1] + 1.3 * (now // 3) if is_mapped else None,
                Aud.segment_7d: ids[before],
                Aud.segment_28d: ids[long_before] if draw(user, "known", 30) else None,
            }


def _segments(members: pl.DataFrame, texts: str) -> Iterator[dict[str, Any]]:
    for scheme, names in _SCHEMES.items():
        theirs = members.filter(pl.col(Aud.scheme) == scheme)
        for segment, (english, chinese) in names.items():
            sizes = [int((theirs[name] == segment).sum()) for name in (Aud.segment_id, Aud.segment_7d, Aud.segment_28d)]
            is_behaviour = scheme == Scheme.BEHAVIOUR
            yield {
                Aud.scheme: scheme,
                Aud.segment_id: segment,
                Aud.name_en: english + texts,
                Aud.name_zh: chinese + texts,
                Aud.description_en: f"They buy 2.3 times as often as everybody and pay 61.20 a basket.{texts}",
                Aud.description_zh: f"购买频率是全体的 2.3 倍，每次购物 61.20。{texts}",
                Aud.size: sizes[0],
                Aud.share: sizes[0] / max(len(theirs), 1),
                Aud.size_7d: sizes[1],
                Aud.size_28d: sizes[2],
                Aud.change: {"b6": "new", "b4": "split"}.get(segment, "same") if is_behaviour else None,
                Aud.came_from: ["b3"] if is_behaviour and segment == "b4" else [],
            }


def _features() -> Iterator[dict[str, Any]]:
    for scheme in (Scheme.BEHAVIOUR, Scheme.RFM):
        for place, segment in enumerate(_SCHEMES[scheme]):
            for rank, feature in enumerate(_FEATURES[: 3 + place % 3], 1):
                effect = (1 if (place + rank) % 3 else -1) * (2.4 - 0.4 * rank)
                value = {Aud.value: 10.0 + effect, Aud.base_value: 10.0, Aud.effect: effect}
                key = {Aud.scheme: scheme, Aud.segment_id: segment, Col.rank: rank}
                yield {**key, Aud.feature: feature, **value}


def _transitions(members: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for days, column in ((7, Aud.segment_7d), (28, Aud.segment_28d)):
        for row in members.filter(pl.col(column) != pl.col(Aud.segment_id)).iter_rows(named=True):
            yield {
                Aud.scheme: row[Aud.scheme],
                Aud.days_before: days,
                Col.user_id: row[Col.user_id],
                Aud.from_segment: row[column],
                Aud.to_segment: row[Aud.segment_id],
                Aud.moved_by: _FEATURES[draw(row[Col.user_id], "by", 2)],
                Aud.value_before: 4.0,
                Aud.value_now: 7.5,
            }


def _cohorts(day: date) -> Iterator[dict[str, Any]]:
    for months in range(8):
        cohort = date(day.year - (day.month <= months), (day.month - months - 1) % 12 + 1, 1)
        for after in range(months + 1):
            share = 1.0 if after == 0 else max(0.75 - 0.06 * after - 0.01 * months, 0.05)
            yield {
                Aud.cohort_month: cohort,
                Aud.months_after: after,
                Aud.shoppers: 100,
                Aud.active: round(share * 100),
                Aud.share: share,
                Aud.low: max(share - 0.08, 0.0),
                Aud.high: min(share + 0.08, 1.0),
            }


def _tags(tagged: Sequence[Mapping[str, Any]], whole: int, texts: str) -> Iterator[dict[str, Any]]:
    for tag_id, (english, chinese, kind, condition) in TAGS.items():
        members = sum(row[Aud.tag_id] == tag_id for row in tagged)
        yield {
            Aud.tag_id: tag_id,
            Aud.name_en: english + texts,
            Aud.name_zh: chinese + texts,
            Aud.kind: kind,
            Aud.condition: condition,
            Aud.minimum_support: 5,
            Aud.members: members,
            Aud.share: members / max(whole, 1),
            Aud.withheld: "",
        }


def _tagged(tag_id: str, shoppers: Sequence[str], texts: str) -> Iterator[dict[str, Any]]:
    is_statistical = TAGS[tag_id][2] == TagKind.STATISTICAL
    for user in shoppers:
        if draw(user, tag_id, 4):
            continue
        yield {
            Aud.tag_id: tag_id,
            Col.user_id: user,
            Aud.evidence_en: f"9 of 41 purchase lines; 3.1 times as many as everybody, at least 1.9{texts}",
            Aud.evidence_zh: f"41 行购买中有 9 行；为全体的 3.1 倍，至少 1.9 倍{texts}",
            Col.support: 9 if is_statistical else None,
            Col.lift: 3.1 if is_statistical else None,
            Aud.lift_low: 1.9 if is_statistical else None,
            Aud.held_7d: bool(draw(user, "7", 5)),
            Aud.held_28d: None if draw(user, "28", 3) == 0 else True,
        }
