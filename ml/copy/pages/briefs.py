"""The sections of one brief: what is asked, its variants, its facts, texts that were refused, decisions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ml.copy.columns import Copy
from ml.copy.pages.previews import finding, previews, refused_preview
from ml.copy.pages.published import PublishedCopy, Row
from ml.copy.pages.texts import refused_texts
from ml.copy.pages.words import (
    CHANNEL,
    CHANNELS,
    DECISIONS,
    FACTS,
    LANGUAGE,
    LANGUAGES_NAMED,
    NOT_KNOWN,
    PART,
    PARTS_NAMED,
    TONES,
    VARIANT,
    WHO,
    WRITERS,
    called,
    period,
    title,
)
from ml.documents import Cell, Figure, Section
from ml.messages import PreviewGroup
from ml.tables import Col
from ml.words import LANGUAGES, Words, said

_OFFERS: Final = ("discount", "offer", "threshold", "code")
_REASON: Final = Words("Why", "原因")


def brief_name(place: int) -> str:
    """The name of the section of the brief at a place of the page, which links lead to."""
    return f"brief-{place}"


def sections_of(day: PublishedCopy, brief: Row, place: int) -> Iterator[Section]:
    """The brief first, then what is shown when asked for."""
    yield _asked(day, brief, place)
    yield from (part for part in (_facts(day, brief), _refused(day, brief), _decided(day, brief)) if part)


def _asked(day: PublishedCopy, brief: Row, place: int) -> Section:
    text = _WITHHELD if brief[Copy.withheld] else _CHECKED if brief[Copy.variants] else _NOTHING_PASSED
    return Section(
        title(brief),
        text,
        figures=tuple(_figures(day, brief)),
        previews=previews(day, brief[Copy.brief_id]),
        name=brief_name(place),
    )


_CHECKED: Final = Words(
    "Every number, price, date, name and link below was checked against the facts of the brief. Words with a dotted "
    "line are filled per shopper; here stands what everybody gets of whom nothing fitting is known.",
    "以下每个数字、价格、日期、名称和链接均已对照本简报的事实核对。带点线的词按顾客填写；此处显示没有合适信息时的通用文字。",
)
_NOTHING_PASSED: Final = Words(
    "No text may be published: see what was refused, and why.", "没有可发布的文案：请查看未通过的文案及原因。"
)
_WITHHELD: Final = Words("Nothing was written.", "未撰写任何文案。")


def _figures(day: PublishedCopy, brief: Row) -> Iterator[Figure]:
    audience, recipients = brief[Copy.audience_id], brief[Copy.recipients]
    reach = Words("not published", "未发布")
    if recipients is not None:
        reach = Words(f"{recipients:,} shoppers", f"{recipients:,} 位顾客")
    yield Figure(Words("Audience", "人群"), audience or Words("everybody", "所有顾客"), reach)
    facts = day.facts.get(brief[Copy.brief_id], [])
    english = [row for row in facts if row[Copy.language] == facts[0][Copy.language]]
    products = [row[Copy.value] for row in english if row[Copy.kind] == "product"]
    by = Words(f"placement {brief[Copy.placement]}", f"版位 {brief[Copy.placement]}")
    yield Figure(Words("Products", "商品"), ", ".join(products) or NOT_KNOWN, by)
    offers = [row[Copy.value] for row in english if row[Copy.kind] in _OFFERS]
    yield Figure(Words("Offer", "优惠"), ", ".join(offers) or Words("none", "无"), period(brief))
    occasion = Words(brief[Copy.occasion] or NOT_KNOWN, brief[Copy.occasion_zh] or brief[Copy.occasion] or NOT_KNOWN)
    yield Figure(Words("Occasion and tone", "主题与语气"), occasion, called(TONES, brief[Copy.tone]))
    if brief[Copy.withheld]:
        yield Figure(Words("Withheld", "未撰写"), brief[Copy.withheld])
    if brief[Copy.left_out]:
        yield Figure(Words("Left out", "未写入的商品"), "; ".join(brief[Copy.left_out]))


def _facts(day: PublishedCopy, brief: Row) -> Section | None:
    rows = tuple(
        (
            called(FACTS, row[Copy.kind]),
            row[Copy.value],
            called(LANGUAGES_NAMED, row[Copy.language]),
            row[Col.item_id] or NOT_KNOWN,
            row[Copy.source],
        )
        for row in day.facts.get(brief[Copy.brief_id], [])
    )
    heading = Words(f"Facts: {title(brief)}", f"事实：{title(brief)}")
    text = Words(f"{len(rows)} that its texts may state, and nothing else", f"文案只可陈述这 {len(rows)} 条")
    columns = (Words("Kind", "类别"), Words("Fact", "事实"), LANGUAGE, Words("Item", "商品"), Words("Source", "来源"))
    return Section(heading, text, columns, rows, folded=True) if rows else None


def _refused(day: PublishedCopy, brief: Row) -> Section | None:
    refused = refused_texts(day, brief[Copy.brief_id])
    if not refused:
        return None
    shown = tuple(refused_preview(each) for each in refused if each.text is not None)
    rows = tuple(
        (
            called(CHANNELS, row[Copy.channel]),
            called(LANGUAGES_NAMED, row[Copy.language]),
            str(row[Copy.arm]),
            called(PARTS_NAMED, row[Copy.part]),
            called(WRITERS, row[Copy.writer]),
            finding(row),
        )
        for row in day.checks[brief[Copy.brief_id]]
    )
    text = Words(f"{len(rows)} findings; a checked text stands in their place, or none", f"{len(rows)} 处问题")
    heading = Words(f"Refused texts: {title(brief)}", f"未通过的文案：{title(brief)}")
    columns = (CHANNEL, LANGUAGE, VARIANT, PART, WHO, _REASON)
    groups = (PreviewGroup(Words("Where they are wrong", "问题所在"), shown),) if shown else ()
    return Section(heading, text, columns, rows, frozenset({VARIANT}), folded=True, previews=groups)


def _decided(day: PublishedCopy, brief: Row) -> Section | None:
    heading = Words(f"Decisions: {title(brief)}", f"审批记录：{title(brief)}")
    if day.decisions is None:
        text = Words("the day's snapshot is not kept any more", "当天的快照已不保留")
        return Section(heading, text, (_REASON,), ((text,),), folded=True)
    rows = tuple(_decision(row) for row in day.decisions.get(brief[Copy.brief_id], []))
    text = Words(f"{len(rows)}, the newest first", f"{len(rows)} 条，最新在前")
    columns = (
        *(Words("When", "时间"), Words("Who", "审批人"), Words("Decision", "决定"), VARIANT, _REASON),
        *(PART, Words("New text", "新文字")),
    )
    return Section(heading, text, columns, rows, folded=True) if rows else None


def _decision(row: Row) -> tuple[Cell, ...]:
    return (
        row[Copy.decided_at] or NOT_KNOWN,
        row[Copy.who] or NOT_KNOWN,
        DECISIONS.get(row[Copy.decision], row[Copy.decision]),
        _which(row),
        row[Copy.reason] or NOT_KNOWN,
        called(PARTS_NAMED, row[Copy.part]),
        row[Copy.text] or NOT_KNOWN,
    )


def _which(row: Row) -> Words:
    """The variant of a decision."""
    channel, language = called(CHANNELS, row[Copy.channel]), called(LANGUAGES_NAMED, row[Copy.language])
    en, zh = (f"{said(channel, each)} {row[Copy.arm]}, {said(language, each)}" for each in LANGUAGES)
    return Words(en, zh)
