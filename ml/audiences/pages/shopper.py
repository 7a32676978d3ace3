"""What the page Shopper shows of segments, tags and audiences: which, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.outputs import TAG, TAG_MEMBER
from ml.audiences.pages.look_up import AUDIENCE_LOOK_UP
from ml.audiences.pages.published import PublishedAudiences
from ml.audiences.pages.words import EVIDENCE, NAME, SCHEMES, SINCE_7, SINCE_28, WHY, YES_NO, consent_text
from ml.documents import Field, Part, ShopperParts
from ml.publish.store import Version
from ml.records import of_some, records
from ml.settings import Settings
from ml.tables import Col
from ml.words import Words

SEGMENTS_OF, TAGS_OF, AUDIENCES_OF = "segments", "tags", "audiences"
_BEFORE: Final = {Aud.segment_id: "now", Aud.segment_7d: "before_7d", Aud.segment_28d: "before_28d"}


def shopper(settings: Settings, version: Version) -> ShopperParts:
    """Everybody who is in a segment, has a tag or belongs to an audience.

    Raises:
        NotPublished: the version cannot be read.
    """
    day = PublishedAudiences(settings, version)
    tagged, tags = day.table(TAG_MEMBER), day.table(TAG).select(Aud.tag_id, Aud.name_en, Aud.name_zh)
    segments = day.segments.select(Aud.scheme, Aud.segment_id, Aud.name_en, Aud.name_zh)
    audiences = day.audiences.select(Aud.audience_id, Aud.name_en, Aud.name_zh)

    def found(ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        some = [of_some(each, Col.user_id, ids) for each in (day.segment_members, tagged, day.members)]
        tables = {
            SEGMENTS_OF: _segments(some[0], segments),
            TAGS_OF: _tags(some[1], tags),
            AUDIENCES_OF: _audiences(some[2], audiences),
        }
        return records(Col.user_id, ids, tables)

    people = [each[Col.user_id] for each in (day.segment_members, tagged, day.members)]
    return ShopperParts(
        (_segments_part(), _tags_part(), _audiences_part(day)), pl.concat(people).unique().to_list(), found
    )


def _segments(some: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """A row per scheme, with the names of the segments now and before."""
    found = some.select(Col.user_id, Aud.scheme, *_BEFORE)
    for column, new in _BEFORE.items():
        told = names.rename({Aud.segment_id: column, Aud.name_en: f"{new}_en", Aud.name_zh: f"{new}_zh"})
        found = found.join(told, on=[Aud.scheme, column], how="left", maintain_order="left").drop(column)
    schemes = pl.Enum([str(scheme) for scheme in SCHEMES])
    return found.sort(Col.user_id, pl.col(Aud.scheme).cast(schemes, strict=False))


def _tags(some: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """A row per tag that fits, those with the most certain lift first."""
    found = some.join(names, on=Aud.tag_id, how="left")
    order = [Col.user_id, Aud.lift_low, Aud.tag_id]
    found = found.sort(order, descending=[False, True, False], nulls_last=True).drop(Aud.tag_id)
    return found.with_columns(pl.col(Col.lift, Aud.lift_low).round(1))


def _audiences(some: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """A row per audience that the shopper belongs to, then those that the shopper left."""
    found = some.join(names, on=Aud.audience_id, how="left")
    order = [Col.user_id, Aud.is_member, Aud.audience_id]
    return found.sort(order, descending=[False, True, False]).with_columns(pl.col(Col.score).round(4))


def _segments_part() -> Part:
    fields = (
        Field(Aud.scheme, Words("Divided by", "划分方式"), words=SCHEMES),
        *(
            Field(Words(f"{new}_en", f"{new}_zh"), label)
            for new, label in zip(_BEFORE.values(), (Words("Segment", "分群"), SINCE_7, SINCE_28), strict=True)
        ),
    )
    text = Words(
        "The days before are judged with this day's model; a dash: not known.",
        "之前的日期按当天的模型判定；“–”表示未知。",
    )
    return Part(SEGMENTS_OF, Words("Segments", "分群"), fields, text)


def _tags_part() -> Part:
    fields = (
        Field(Words(Aud.name_en, Aud.name_zh), Words("Tag", "标签")),
        Field(Words(Aud.evidence_en, Aud.evidence_zh), EVIDENCE),
        Field(Col.lift, Words("Lift", "提升度"), is_numeric=True),
        Field(Aud.lift_low, Words("At least", "至少"), is_numeric=True),
        Field(Aud.held_7d, SINCE_7, words=YES_NO),
        Field(Aud.held_28d, SINCE_28, words=YES_NO),
    )
    text = Words(
        "Lift: how many times the share among everybody; “at least” is the lower end of its 95 % interval.",
        "提升度：相对于全体占比的倍数；“至少”为其 95% 区间的下限。",
    )
    return Part(TAGS_OF, Words("Tags", "标签"), fields, text)


def _audiences_part(day: PublishedAudiences) -> Part:
    fields = (
        Field(Words(Aud.name_en, Aud.name_zh), NAME),
        Field(Aud.is_member, Words("Member", "是否成员"), words=YES_NO),
        Field(Words(Aud.reason_en, Aud.reason_zh), WHY),
        Field(Col.score, Words("Score", "得分"), is_numeric=True),
        Field(Aud.member_1d, Words("The day before", "前一天"), words=YES_NO),
        Field(Aud.member_7d, SINCE_7, words=YES_NO),
        Field(Aud.member_28d, SINCE_28, words=YES_NO),
        Field(Aud.audience_id, Words("Audience", "人群"), to=f"audiences.html#{AUDIENCE_LOOK_UP}"),
    )
    consent, more = consent_text(day.is_consent_assumed), "`shelduck why USER --audience NAME`"
    text = Words(f"Why in full: {more}. {consent.en}", f"完整依据：{more}。{consent.zh}")
    return Part(AUDIENCES_OF, Words("Audiences", "人群"), fields, text)
