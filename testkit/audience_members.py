"""Hand-made audiences of a shop's shoppers: who belongs to each, what they have in common, how they overlap."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import polars as pl

from ml.audiences.columns import Aud, Consent
from ml.audiences.outputs import AUDIENCE, AUDIENCE_MEMBER, AUDIENCE_OVERLAP, AUDIENCE_TRAIT
from ml.tables import Col

SMALL: Final = "cancelled_cards"
"""An audience that is withheld."""
DEFINED: Final = {
    "lapsing_wine_lovers": (
        *("Lapsing wine lovers who respond to coupons", "对优惠券有反应、正在流失的葡萄酒爱好者", "condition"),
        *("tag('likes_wine') and churn_probability between 0.4 and 0.8 and redemptions_365d > 0", 9),
    ),
    "high_value_at_risk": ("High value, at risk", "高价值、有流失风险", "condition", "rfm('at_risk')", 6),
    "newcomers": ("Newcomers", "新顾客", "condition", "days_since_first_purchase <= 28", 12),
    "likely_baking": ("Likely buyers of baking", "可能购买烘焙", "affinity", "likely_to_buy(category='BAKING')", 8),
    "like_our_best": ("Like our best customers", "与最佳顾客相似", "look_alike", "12 shoppers of a list", 7),
    SMALL: ("Cancelled loyalty cards", "注销会员卡", "condition", "is_registered = false", 2000),
}
"""By id: names, kind, condition, and one of how many shoppers belongs to it."""
_TRAITS: Final = (("tag: Likes wine", "标签：喜欢葡萄酒"), ("stage: At risk", "阶段：有流失风险"))


def audience_tables(day: date, shoppers: Sequence[str], consent: Consent, texts: str) -> dict[str, pl.DataFrame]:
    """``audience``, ``audience_trait``, ``audience_overlap`` and ``audience_member``."""
    members = [row for audience in DEFINED if audience != SMALL for row in _members(audience, day, shoppers, texts)]
    now = {audience: _now(members, audience) for audience in DEFINED}
    rows = {
        AUDIENCE: [_audience(audience, members, len(shoppers), consent, texts) for audience in DEFINED],
        AUDIENCE_TRAIT: [row for audience in DEFINED if audience != SMALL for row in _traits(audience, texts)],
        AUDIENCE_OVERLAP: list(_overlaps(now)),
        AUDIENCE_MEMBER: members,
    }
    return {table.name: pl.DataFrame(found, schema=table.schema) for table, found in rows.items()}


def _members(audience: str, day: date, shoppers: Sequence[str], texts: str) -> Iterator[dict[str, Any]]:
    *_, kind, _, one_of = DEFINED[audience]
    for user in shoppers:
        before = [_belongs(user, audience, one_of, seed) for seed in (f"{day} 1", f"{day} 7", "28")]
        is_member = _belongs(user, audience, one_of, str(day))
        if not (is_member or any(before)):
            continue
        yield {
            Aud.audience_id: audience,
            Col.user_id: user,
            Aud.is_member: is_member,
            Col.score: None if kind == "condition" else _number(user, audience, 1000) / 1000,
            Aud.reason_en: f"{'churn probability 0.52' if is_member else 'no longer: churn probability 0.91'}{texts}",
            Aud.reason_zh: f"{'流失概率 0.52' if is_member else '不再符合：流失概率 0.91'}{texts}",
            Aud.member_1d: before[0],
            Aud.member_7d: before[1],
            Aud.member_28d: None if audience == "newcomers" else before[2],
        }


def _belongs(user: str, audience: str, one_of: int, seed: str) -> bool:
    stays = _number(user, f"{audience} {seed}", 12) > 0
    return stays and _number(user, audience, one_of) == 0


def _number(user: str, what: str, under: int) -> int:
    return zlib.crc32(f"{user} {what}".encode("utf-8", "surrogatepass")) % under


def _now(members: Sequence[Mapping[str, Any]], audience: str) -> set[str]:
    return {row[Col.user_id] for row in members if row[Aud.audience_id] == audience and row[Aud.is_member]}


def _audience(
    audience: str, members: Sequence[Mapping[str, Any]], whole: int, consent: Consent, texts: str
) -> dict[str, Any]:
    english, chinese, kind, condition, _ = DEFINED[audience]
    is_small, now = audience == SMALL, _now(members, audience)
    row: dict[str, Any] = {
        Aud.audience_id: audience,
        Aud.name_en: english + texts,
        Aud.name_zh: chinese + texts,
        Aud.kind: kind,
        Aud.condition: condition + texts,
        Col.purpose: "email_marketing",
        Aud.size: None if is_small else len(now),
        Aud.share: None if is_small else len(now) / max(whole, 1),
        Aud.withheld: "fewer than 20 members" if is_small else "",
        Aud.consent: consent,
        Aud.without_consent: 0 if consent == Consent.ASSUMED else 17,
    }
    for joined, left, was in (
        (Aud.joined_1d, Aud.left_1d, Aud.member_1d),
        (Aud.joined_7d, Aud.left_7d, Aud.member_7d),
        (Aud.joined_28d, Aud.left_28d, Aud.member_28d),
    ):
        theirs = [each for each in members if each[Aud.audience_id] == audience and each[was] is not None]
        row[joined] = sum(each[Aud.is_member] and not each[was] for each in theirs) if theirs else None
        row[left] = sum(each[was] and not each[Aud.is_member] for each in theirs) if theirs else None
    return row


def _traits(audience: str, texts: str) -> Iterator[dict[str, Any]]:
    for rank, (english, chinese) in enumerate(_TRAITS, 1):
        yield {
            Aud.audience_id: audience,
            Col.rank: rank,
            Aud.trait_en: english + texts,
            Aud.trait_zh: chinese + texts,
            Aud.share_in: 0.9 / rank,
            Aud.share_all: 0.18,
            Col.lift: 5.0 / rank,
            Aud.lift_low: 4.1 / rank,
        }


def _overlaps(now: Mapping[str, set[str]]) -> Iterator[dict[str, Any]]:
    for audience, members in now.items():
        for other, theirs in now.items():
            both = len(members & theirs)
            if audience != other and both:
                key = {Aud.audience_id: audience, Aud.other_audience_id: other}
                yield {**key, Aud.shoppers: both, Aud.share: both / len(members)}
