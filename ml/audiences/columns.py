"""Names of the columns that tables of tags, segments and audiences have; the shopper is in ``ml.tables.Col``."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Aud:
    """Column names."""

    # ids
    tag_id: Final = "tag_id"
    segment_id: Final = "segment_id"
    audience_id: Final = "audience_id"
    other_audience_id: Final = "other_audience_id"
    # words
    name_en: Final = "name_en"
    name_zh: Final = "name_zh"
    description_en: Final = "description_en"
    description_zh: Final = "description_zh"
    evidence_en: Final = "evidence_en"
    evidence_zh: Final = "evidence_zh"
    reason_en: Final = "reason_en"
    reason_zh: Final = "reason_zh"
    trait_en: Final = "trait_en"
    trait_zh: Final = "trait_zh"
    # what decides
    kind: Final = "kind"
    condition: Final = "condition"
    minimum_support: Final = "minimum_support"
    top_share: Final = "top_share"
    is_enabled: Final = "is_enabled"
    withheld: Final = "withheld"
    consent: Final = "consent"
    without_consent: Final = "without_consent"
    # how many
    members: Final = "members"
    members_7d: Final = "members_7d"
    members_28d: Final = "members_28d"
    size: Final = "size"
    share: Final = "share"
    shoppers: Final = "shoppers"
    size_7d: Final = "size_7d"
    size_28d: Final = "size_28d"
    joined_1d: Final = "joined_1d"
    left_1d: Final = "left_1d"
    joined_7d: Final = "joined_7d"
    left_7d: Final = "left_7d"
    joined_28d: Final = "joined_28d"
    left_28d: Final = "left_28d"
    share_in: Final = "share_in"
    share_all: Final = "share_all"
    lift_low: Final = "lift_low"
    # whether it held before
    held_7d: Final = "held_7d"
    held_28d: Final = "held_28d"
    is_member: Final = "is_member"
    member_1d: Final = "member_1d"
    member_7d: Final = "member_7d"
    member_28d: Final = "member_28d"
    # segments
    scheme: Final = "scheme"
    change: Final = "change"
    came_from: Final = "came_from"
    feature: Final = "feature"
    value: Final = "value"
    base_value: Final = "base_value"
    effect: Final = "effect"
    map_x: Final = "map_x"
    map_y: Final = "map_y"
    segment_7d: Final = "segment_7d"
    segment_28d: Final = "segment_28d"
    days_before: Final = "days_before"
    from_segment: Final = "from_segment"
    to_segment: Final = "to_segment"
    moved_by: Final = "moved_by"
    value_before: Final = "value_before"
    value_now: Final = "value_now"
    # cohorts
    cohort_month: Final = "cohort_month"
    months_after: Final = "months_after"
    active: Final = "active"
    low: Final = "low"
    high: Final = "high"


class Scheme(StrEnum):
    """Values of ``scheme``: what divides the shoppers."""

    RFM = "rfm"
    BEHAVIOUR = "behaviour"
    LIFECYCLE = "lifecycle"


class TagKind(StrEnum):
    """Values of ``tag.kind``: a condition, or buying more of something than others do."""

    RULE = "rule"
    STATISTICAL = "statistical"


class Consent(StrEnum):
    """Values of ``audience.consent``."""

    GRANTED = "granted"
    ASSUMED = "assumed"


class AudienceKind(StrEnum):
    """Values of ``audience.kind``: what chooses its members."""

    CONDITION = "condition"
    AFFINITY = "affinity"
    LOOK_ALIKE = "look_alike"
