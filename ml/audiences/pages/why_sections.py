"""The answer of ``why`` as a person reads it: sections of text and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ml.audiences.columns import Consent
from ml.audiences.pages.why import Membership
from ml.audiences.pages.words import CONSENTS, EVIDENCE, SCHEMES, SINCE_7, SINCE_28, YES_NO
from ml.documents import Cell, Section
from ml.words import Text, Words

_WHAT: Final = Words("what", "内容")
_VALUE: Final = Words("value", "数值")
_UNKNOWN: Final = Words("not known", "未知")
_NEVER: Final = Words(
    "The definition does not fit, and did not within 28 days; or consent is missing.",
    "当天及此前 28 天内均不符合定义，或未获授权。",
)


def sections(found: Membership) -> list[Section]:
    """Everything that is told, in the order in which one asks."""
    told = [_belongs(found), _tags(found), _segments(found), _origin(found), _landing(found)]
    return [section for section in told if section.rows or section.text]


def _belongs(found: Membership) -> Section:
    text = Words(
        f"As of {found.as_of_date}, version {found.version}.", f"截至 {found.as_of_date}，版本 {found.version}。"
    )
    rows: list[tuple[Cell, ...]] = [
        (Words("shopper", "顾客"), found.user_id),
        (
            Words("audience", "人群"),
            Words(f"{found.name.en} ({found.audience_id})", f"{found.name.zh}（{found.audience_id}）"),
        ),
        (Words("definition", "定义"), found.definition),
        (Words("purpose", "用途"), found.purpose),
        (Words("consent", "授权"), _consent(found)),
    ]
    if found.withheld:
        rows.append((Words("withheld because", "未发布的原因"), found.withheld))
        return Section(Words("The audience", "人群"), text, (_WHAT, _VALUE), tuple(rows))
    rows += [(Words("member", "是否成员"), _flag(found.is_member)), (Words("why", "理由"), found.reason or _NEVER)]
    if found.score is not None:
        rows.append((Words("score", "得分"), f"{found.score:.4f}"))
    before: Mapping[int, bool | None] = {1: found.member_1d, 7: found.member_7d, 28: found.member_28d}
    if found.reason:
        rows += [
            (Words(f"{days} days before" if days > 1 else "the day before", f"{days} 天前"), _flag(was))
            for days, was in before.items()
        ]
    return Section(Words("Member of an audience", "人群成员"), text, (_WHAT, _VALUE), tuple(rows))


def _consent(found: Membership) -> Text:
    if found.consent == Consent.ASSUMED and found.is_granted is None:
        return Words("assumed by the shop's settings; nobody was asked", "由商店设置假定；并未征求同意")
    if found.is_granted is None:
        return Words("none is known of this shopper", "没有该顾客的授权记录")
    return CONSENTS[Consent.GRANTED].text if found.is_granted else Words("refused", "已拒绝")


def _flag(value: bool | None) -> Text:
    return _UNKNOWN if value is None else YES_NO[str(value).lower()]


def _tags(found: Membership) -> Section:
    rows = tuple((each.name, each.tag_id, each.evidence) for each in found.tags)
    return Section(Words("Tags", "标签"), "", (Words("tag", "标签"), Words("id", "编号"), EVIDENCE), rows)


def _segments(found: Membership) -> Section:
    columns = (Words("divided by", "划分方式"), Words("segment", "分群"), Words("id", "编号"), SINCE_7, SINCE_28)
    rows = tuple(
        (
            SCHEMES.get(each.scheme, each.scheme),
            each.name,
            each.segment_id,
            each.before_7d or _UNKNOWN,
            each.before_28d or _UNKNOWN,
        )
        for each in found.segments
    )
    return Section(Words("Segments", "分群"), "", columns, rows)


def _origin(found: Membership) -> Section:
    rows = tuple((name, value) for name, value in found.origin.items())
    return Section(Words("Where it comes from", "来源"), "", (Words("link", "环节"), Words("id", "编号")), rows)


def _landing(found: Membership) -> Section:
    numeric = (Words("partitions", "分区"), Words("rows", "行数"))
    rows = tuple(
        (f"{each.table}/dt={each.first} … dt={each.last}", f"{each.partitions:,}", f"{each.rows:,}")
        for each in found.landing
    )
    heading = Words("Landing files", "落地文件")
    return Section(heading, "", (heading, *numeric), rows, frozenset(numeric))
