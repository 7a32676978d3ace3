"""The page Copy: what briefs ask for, and the texts as their readers will see them, with their facts and checks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from ml.copy.columns import Copy
from ml.copy.pages.briefs import brief_name, sections_of
from ml.copy.pages.look_up import brief_address, brief_look_up
from ml.copy.pages.published import PublishedCopy, Row
from ml.copy.pages.words import NOT_KNOWN, TONES, called, title
from ml.documents import Cell, Figure, Link, Mark, Page, Section
from ml.publish.store import Version
from ml.settings import Settings
from ml.words import Words

_SHOWN: Final = 6
"""Briefs whose texts are shown as their readers see them; the others' are in the look-up."""
_LISTED: Final = 200
_TITLE: Final = Words("Copy", "文案")
_LEAD: Final = Words(
    "What briefs ask for, the texts as shoppers will read them, and the facts that each was checked against.",
    "各简报的要求、顾客将看到的文案，以及核对所依据的事实。",
)


def pages(settings: Settings, version: Version) -> Iterator[Page]:
    """Copy.

    Raises:
        NotPublished: the version cannot be read.
    """
    yield Page("copy", _TITLE, _LEAD, tuple(_sections(PublishedCopy(settings, version))))


def _sections(day: PublishedCopy) -> Iterator[Section]:
    if day.briefs.is_empty():
        yield Section(Words("No brief is switched on", "没有启用的简报"), _HOW, name="none")
        return
    yield _list(day)
    for place, brief in enumerate(day.briefs.head(_SHOWN).iter_rows(named=True), 1):
        yield from sections_of(day, brief, place)
    if len(day.briefs) > _SHOWN:
        yield _others(day)


_HOW: Final = Words(
    "Ask for texts with a file of the landing table: `shelduck contract copy_briefs`.",
    "请用落地表文件提出需求：`shelduck contract copy_briefs`。",
)


def _list(day: PublishedCopy) -> Section:
    numeric = (
        *(Words("Variants", "版本数"), Words("Waiting", "待审批"), Words("Approved", "已批准")),
        *(Words("Findings", "问题"), Words("Shoppers", "顾客数")),
    )
    first = (Words("Brief", "简报"), Words("Status", "状态"), Words("Audience", "人群"), Words("Tone", "语气"))
    columns = (*first, *numeric)
    listed = enumerate(day.briefs.head(_LISTED).iter_rows(named=True), 1)
    rows = tuple(_row(day, brief, place) for place, brief in listed)
    return Section(
        Words("Briefs of the day", "当天的简报"),
        _decided_in(len(day.briefs)),
        columns,
        rows,
        frozenset(numeric),
        tuple(_figures(day)),
        name="briefs",
    )


def _decided_in(briefs: int) -> Words:
    more_en = f" The first {_LISTED} of {briefs:,} are listed." if briefs > _LISTED else ""
    more_zh = f"此处列出 {briefs:,} 份中的前 {_LISTED} 份。" if briefs > _LISTED else ""
    return Words(
        f"Nothing is sent from here: approved variants are published as tables.{more_en}",
        f"此处不发送任何内容：获批的版本以表的形式发布。{more_zh}",
    )


def _figures(day: PublishedCopy) -> Iterator[Figure]:
    briefs = day.briefs
    withheld = int((briefs[Copy.withheld] != "").sum())
    note = (
        Words(f"{withheld} without texts", f"{withheld} 份没有文案")
        if withheld
        else Words("all with texts", "均有文案")
    )
    yield Figure(Words("Briefs", "简报"), f"{len(briefs):,}", note)
    yield Figure(Words("Variants", "版本数"), f"{briefs[Copy.variants].sum():,}", Words("all checked", "均已核对"))
    waiting = sum(day.waiting(row) for row in briefs.iter_rows(named=True))
    yield Figure(
        Words("Wait for approval", "等待审批"),
        f"{waiting:,}",
        Words(f"{briefs[Copy.approved].sum():,} approved", f"{briefs[Copy.approved].sum():,} 个已批准"),
    )
    findings = sum(map(len, day.checks.values()))
    note = Words("in texts that are not published", "存在于未发布的文案中")
    yield Figure(Words("Findings", "问题"), f"{findings:,}", note)


def _row(day: PublishedCopy, brief: Row, place: int) -> tuple[Cell, ...]:
    brief_id, recipients = brief[Copy.brief_id], brief[Copy.recipients]
    href = f"#{brief_name(place)}" if place <= _SHOWN else brief_address(brief_id)
    return (
        Link(title(brief), href),
        _stands(day, brief),
        brief[Copy.audience_id] or Words("everybody", "所有顾客"),
        called(TONES, brief[Copy.tone]),
        f"{brief[Copy.variants]:,}",
        f"{day.waiting(brief):,}",
        f"{brief[Copy.approved]:,}",
        f"{len(day.checks.get(brief_id, [])):,}",
        NOT_KNOWN if recipients is None else f"{recipients:,}",
    )


def _stands(day: PublishedCopy, brief: Row) -> Mark:
    if brief[Copy.withheld] or not brief[Copy.variants]:
        return Mark(Words("no text", "没有文案"), "bad")
    if day.waiting(brief):
        return Mark(Words("waits for approval", "等待审批"), "watch")
    return Mark(Words("decided", "已审批"), "good" if brief[Copy.approved] else "quiet")


def _others(day: PublishedCopy) -> Section:
    text = Words(
        f"The {_SHOWN} briefs with most variants that wait are shown above; find any by its id.",
        f"上方显示待审批版本最多的 {_SHOWN} 份简报；可按编号查找任一份。",
    )
    ids = pl.Series(day.briefs[Copy.brief_id])
    return Section(Words("One brief", "单份简报"), text, name="find", look_ups=(brief_look_up(day, ids),))
