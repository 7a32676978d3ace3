"""The published tables of ``audiences``."""

from __future__ import annotations

from typing import Final

from ml.audiences.columns import Aud
from ml.tables import Col, Column, Kind, Table

_TEXT, _COUNT, _NUMBER, _RANK, _FLAG = Kind.TEXT, Kind.COUNT, Kind.NUMBER, Kind.RANK, Kind.FLAG
_SHOPPERS, _SHARE = "shoppers", "share of 1"
_OTHERS: Final = "times the share among everybody"
_USER: Final = Column(Col.user_id, _TEXT, "Id of the shopper, as landed (pseudonymous).")
_TAG: Final = Column(Aud.tag_id, _TEXT, "Name of the tag, as conditions write it.")
_AUDIENCE: Final = Column(Aud.audience_id, _TEXT, "Name of the audience.")
_SCHEME: Final = Column(Aud.scheme, _TEXT, "What divides the shoppers: rfm, behaviour or lifecycle.")
_SEGMENT: Final = Column(Aud.segment_id, _TEXT, "Id of the segment within its scheme; it outlives trainings.")
_NAME_EN: Final = Column(Aud.name_en, _TEXT, "What people read, in English.")
_NAME_ZH: Final = Column(Aud.name_zh, _TEXT, "What people read, in Chinese.")
_WITHHELD: Final = Column(Aud.withheld, _TEXT, "Why its members are not published; empty where they are.")
_HAD: Final = "Shoppers whom it fitted as of"
_LOW: Final = "Lower end of the 95 % interval of lift."


def _was(column: str, what: str, days: int) -> Column:
    return Column(column, _FLAG, f"Whether {what} as of D - {days}, judged as on D; null where that is not known.")


TAG: Final = Table(
    "tag",
    (Aud.tag_id,),
    (
        _TAG,
        _NAME_EN,
        _NAME_ZH,
        Column(Aud.kind, _TEXT, "rule: a condition; statistical: they buy more of something than others do."),
        Column(Aud.condition, _TEXT, "Whom it fits."),
        Column(Col.item_field, _TEXT, "Column of the catalogue that a statistical tag is about; null beside rules."),
        Column(Col.item_value, _TEXT, "Value of item_field that members buy more of; null beside rules."),
        Column(Aud.minimum_support, _COUNT, "Purchase lines below which nobody gets it.", "purchase lines"),
        Column(Aud.members, _COUNT, "Shoppers who have it; null where it is withheld.", _SHOPPERS),
        Column(Aud.share, _NUMBER, "Of all shoppers; null where it is withheld.", _SHARE),
        Column(Aud.members_7d, _COUNT, f"{_HAD} D - 7, judged as on D; null where that is not known.", _SHOPPERS),
        Column(Aud.members_28d, _COUNT, f"{_HAD} D - 28, judged as on D; null where that is not known.", _SHOPPERS),
        _WITHHELD,
    ),
    description="One row per tag that is switched on: its condition and how many shoppers have it.",
)
TAG_MEMBER: Final = Table(
    "tag_member",
    (Aud.tag_id, Col.user_id),
    (
        _TAG,
        _USER,
        Column(Aud.evidence_en, _TEXT, "What shows it, in English."),
        Column(Aud.evidence_zh, _TEXT, "What shows it, in Chinese."),
        Column(Col.support, _COUNT, "Purchase lines behind it; null where it counts none.", "purchase lines"),
        Column(Col.lift, _NUMBER, "How much more than everybody; null beside statistical tags.", _OTHERS),
        Column(Aud.lift_low, _NUMBER, _LOW, _OTHERS),
        _was(Aud.held_7d, "it fitted", 7),
        _was(Aud.held_28d, "it fitted", 28),
    ),
    description="One row per shopper and tag that fits, with the evidence.",
    person=Col.user_id,
)
SEGMENT: Final = Table(
    "segment",
    (Aud.scheme, Aud.segment_id),
    (
        _SCHEME,
        _SEGMENT,
        _NAME_EN,
        _NAME_ZH,
        Column(Aud.description_en, _TEXT, "What tells it from the others, in English."),
        Column(Aud.description_zh, _TEXT, "What tells it from the others, in Chinese."),
        Column(Aud.size, _COUNT, "Shoppers in it.", _SHOPPERS),
        Column(Aud.share, _NUMBER, "Of all shoppers of the scheme.", _SHARE),
        Column(Aud.size_7d, _COUNT, "Shoppers in it as of D - 7, judged with D's model.", _SHOPPERS),
        Column(Aud.size_28d, _COUNT, "Shoppers in it as of D - 28, judged with D's model.", _SHOPPERS),
        Column(Aud.change, _TEXT, "Against the model before: same, new, split or merged; null beside behaviour."),
        Column(
            Aud.came_from, Kind.TEXTS, "Segments of the model before that most of it was in, or most of which is in it."
        ),
    ),
    description="One row per segment: how large it is, what tells it from the others, what became of it.",
)
SEGMENT_FEATURE: Final = Table(
    "segment_feature",
    (Aud.scheme, Aud.segment_id, Col.rank),
    (
        _SCHEME,
        _SEGMENT,
        Column(Col.rank, _RANK, "Place by effect; 1 tells it apart best.", "place, from 1"),
        Column(Aud.feature, _TEXT, "Column of the profile or of the predictions."),
        Column(Aud.value, _NUMBER, "Median in the segment.", "as the column"),
        Column(Aud.base_value, _NUMBER, "Median of everybody.", "as the column"),
        Column(Aud.effect, _NUMBER, "Difference of the means, by everybody's deviation.", "standard deviations"),
    ),
    description="One row per segment and feature that tells it from the others.",
)
SEGMENT_MEMBER: Final = Table(
    "segment_member",
    (Aud.scheme, Col.user_id),
    (
        _SCHEME,
        _USER,
        _SEGMENT,
        Column(Aud.map_x, _NUMBER, "Place on the map of the behavioural segments.", "standard deviations"),
        Column(Aud.map_y, _NUMBER, "Place on the map of the behavioural segments.", "standard deviations"),
        Column(Aud.segment_7d, _TEXT, "Segment as of D - 7, judged with D's model; null where that is not known."),
        Column(Aud.segment_28d, _TEXT, "Segment as of D - 28, judged with D's model; null where that is not known."),
    ),
    description="One row per shopper and scheme: the segment now and before.",
    person=Col.user_id,
)
SEGMENT_TRANSITION: Final = Table(
    "segment_transition",
    (Aud.scheme, Aud.days_before, Col.user_id),
    (
        _SCHEME,
        Column(Aud.days_before, _COUNT, "How long before D: 7 or 28.", "days"),
        _USER,
        Column(Aud.from_segment, _TEXT, "Segment then, judged with D's model."),
        Column(Aud.to_segment, _TEXT, "Segment on D."),
        Column(Aud.moved_by, _TEXT, "Feature whose change did most to move the shopper."),
        Column(Aud.value_before, _NUMBER, "Value of that feature then.", "as the column"),
        Column(Aud.value_now, _NUMBER, "Value of that feature on D.", "as the column"),
    ),
    description="One row per shopper who is in another segment than 7 or 28 days before.",
    person=Col.user_id,
)
COHORT_RETENTION: Final = Table(
    "cohort_retention",
    (Aud.cohort_month, Aud.months_after),
    (
        Column(Aud.cohort_month, Kind.DAY, "First day of the month of the cohort's first purchases."),
        Column(Aud.months_after, _COUNT, "Whole months since.", "months"),
        Column(Aud.shoppers, _COUNT, "Shoppers of the cohort.", _SHOPPERS),
        Column(Aud.active, _COUNT, "Of them those who bought in that month.", _SHOPPERS),
        Column(Aud.share, _NUMBER, "Active ones of the cohort.", _SHARE),
        Column(Aud.low, _NUMBER, "Lower end of the share's 95 % interval (Wilson).", _SHARE),
        Column(Aud.high, _NUMBER, "Upper end of the share's 95 % interval (Wilson).", _SHARE),
    ),
    description="One row per month of first purchase and month after it: how many still buy.",
)
AUDIENCE: Final = Table(
    "audience",
    (Aud.audience_id,),
    (
        _AUDIENCE,
        _NAME_EN,
        _NAME_ZH,
        Column(Aud.kind, _TEXT, "What chooses its members: condition, affinity or look_alike."),
        Column(Aud.condition, _TEXT, "Definition in one line: whom it is about."),
        Column(Col.purpose, _TEXT, "Consent that members have given."),
        Column(Aud.size, _COUNT, "Members; null where they are withheld.", _SHOPPERS),
        Column(Aud.share, _NUMBER, "Of all shoppers; null where they are withheld.", _SHARE),
        _WITHHELD,
        Column(Aud.consent, _TEXT, "granted: members gave it; assumed: the shop sets SHELDUCK_CONSENT so."),
        Column(Aud.without_consent, _COUNT, "Shoppers who fit but have not given it.", _SHOPPERS),
        *(
            Column(name, _COUNT, f"Shoppers who {verb} since D - {days}; null where that is not known.", _SHOPPERS)
            for days, joined, left in (
                (1, Aud.joined_1d, Aud.left_1d),
                (7, Aud.joined_7d, Aud.left_7d),
                (28, Aud.joined_28d, Aud.left_28d),
            )
            for name, verb in ((joined, "joined"), (left, "left"))
        ),
    ),
    description="One row per audience that is switched on: definition, size, change.",
)
AUDIENCE_TRAIT: Final = Table(
    "audience_trait",
    (Aud.audience_id, Col.rank),
    (
        _AUDIENCE,
        Column(Col.rank, _RANK, "Place by lift_low; 1 is the most telling.", "place, from 1"),
        Column(Aud.trait_en, _TEXT, "What members are or do more often than others, in English."),
        Column(Aud.trait_zh, _TEXT, "What members are or do more often than others, in Chinese."),
        Column(Aud.share_in, _NUMBER, "Members with the trait.", _SHARE),
        Column(Aud.share_all, _NUMBER, "Shoppers with the trait.", _SHARE),
        Column(Col.lift, _NUMBER, "share_in by share_all.", _OTHERS),
        Column(Aud.lift_low, _NUMBER, _LOW, _OTHERS),
    ),
    description="One row per audience and trait that is more frequent in it than among everybody.",
)
AUDIENCE_OVERLAP: Final = Table(
    "audience_overlap",
    (Aud.audience_id, Aud.other_audience_id),
    (
        _AUDIENCE,
        Column(Aud.other_audience_id, _TEXT, "Name of the other audience."),
        Column(Aud.shoppers, _COUNT, "Members of both; null where fewer than the minimum size.", _SHOPPERS),
        Column(Aud.share, _NUMBER, "Of the members of the first; null where fewer than the minimum size.", _SHARE),
    ),
    description="One row per pair of published audiences that share members, in both directions.",
)
AUDIENCE_MEMBER: Final = Table(
    "audience_member",
    (Aud.audience_id, Col.user_id),
    (
        _AUDIENCE,
        _USER,
        Column(Aud.is_member, _FLAG, "Whether the shopper belongs to it on D; false: left since D - 1, 7 or 28."),
        Column(
            Col.score,
            _NUMBER,
            "What an affinity or look-alike audience is ordered by; null beside conditions.",
            "probability, or the look-alikes' own scale",
        ),
        Column(Aud.reason_en, _TEXT, "Why the shopper belongs to it, or no longer does, in English."),
        Column(Aud.reason_zh, _TEXT, "Why the shopper belongs to it, or no longer does, in Chinese."),
        _was(Aud.member_1d, "the shopper belonged to it", 1),
        _was(Aud.member_7d, "the shopper belonged to it", 7),
        _was(Aud.member_28d, "the shopper belonged to it", 28),
    ),
    description="One row per audience and shopper who belongs to it, or did within 28 days.",
    person=Col.user_id,
)
TABLES: Final = (
    *(TAG, TAG_MEMBER, SEGMENT, SEGMENT_FEATURE, SEGMENT_MEMBER, SEGMENT_TRANSITION, COHORT_RETENTION),
    *(AUDIENCE, AUDIENCE_TRAIT, AUDIENCE_OVERLAP, AUDIENCE_MEMBER),
)
"""In the order in which they are made."""
