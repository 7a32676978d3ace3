"""The page Audiences: which there are, how large, who joined and left, how they overlap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import polars as pl

from ml.audiences.capability import AUDIENCES
from ml.audiences.columns import Aud
from ml.audiences.outputs import AUDIENCE, AUDIENCE_OVERLAP
from ml.audiences.pages.look_up import audience_address, audience_look_up
from ml.audiences.pages.published import PublishedAudiences
from ml.audiences.pages.words import (
    CONSENT,
    CONSENTS,
    NAME,
    NOT_KNOWN,
    SHARE,
    SHOPPERS,
    consent_text,
    count,
    name_of,
    share,
)
from ml.charts.heat import Shaded, heat
from ml.charts.kinds import Point, over_time
from ml.documents import Cell, Chart, Figure, Link, Page, Section
from ml.errors import NotPublished
from ml.publish.readers import read_table, version_of_day, versions
from ml.tables import Col
from ml.words import Text, Words

_DAYS: Final = 28
_LINES: Final = 6
"""Audiences that a chart over time has: one for each colour."""
_CELLS: Final = 12
"""Audiences on each side of the overlap."""
_SINCE: Final = (
    (Words("Since 1 day", "较 1 天前"), Aud.joined_1d, Aud.left_1d),
    (Words("Since 7 days", "较 7 天前"), Aud.joined_7d, Aud.left_7d),
    (Words("Since 28 days", "较 28 天前"), Aud.joined_28d, Aud.left_28d),
)


def audiences_page(day: PublishedAudiences) -> Page:
    """See the module."""
    lead = Words(
        "Groups of shoppers for a purpose: who belongs to each, what they have in common, who joined and who left.",
        "面向特定用途的顾客群体：谁属于其中、有何共同点、谁加入、谁离开。",
    )
    return Page("audiences", Words("Audiences", "人群"), lead, tuple(_sections(day)))


def _sections(day: PublishedAudiences) -> Iterator[Section]:
    if day.audiences.is_empty():
        yield Section(Words("No audience is defined", "尚未定义人群"), _HOW, name="none")
        return
    yield _list(day)
    yield Section(
        Words("One audience", "单个人群"),
        Words(
            "Its definition, what its members have in common, who joined and left, overlap, and ten examples.",
            "定义、成员共同点、加入与离开、重叠，以及十个示例。",
        ),
        name="find",
        look_ups=(audience_look_up(day),),
    )
    yield from filter(None, (_withheld(day), _over_time(day), _overlap(day)))


def _list(day: PublishedAudiences) -> Section:
    numeric = (SHOPPERS, SHARE, *(label for label, _, _ in _SINCE))
    columns = (NAME, *numeric, Words("Purpose", "用途"), CONSENT)
    rows = tuple(_row(row) for row in day.audiences.iter_rows(named=True))
    text = consent_text(day.is_consent_assumed)
    heading = Words("Audiences of the day", "当天的人群")
    return Section(heading, text, columns, rows, frozenset(numeric), tuple(_figures(day)), name="audiences")


def _row(row: Mapping[str, Any]) -> tuple[Cell, ...]:
    return (
        Link(name_of(row), audience_address(row[Aud.audience_id])),
        count(row[Aud.size]),
        share(row[Aud.share]),
        *(_moves(row[joined], row[left]) for _, joined, left in _SINCE),
        row[Col.purpose],
        CONSENTS.get(row[Aud.consent], row[Aud.consent]),
    )


def _moves(joined: int | None, left: int | None) -> str:
    return NOT_KNOWN if joined is None or left is None else f"+{joined:,} −{left:,}"


def _figures(day: PublishedAudiences) -> Iterator[Figure]:
    withheld = len(day.audiences) - len(day.published)
    note = (
        Words(f"{withheld} more withheld", f"另有 {withheld} 个未发布")
        if withheld
        else Words("none withheld", "无未发布")
    )
    yield Figure(Words("Audiences", "人群"), count(len(day.published)), note, "#withheld" if withheld else "")
    members = day.members.filter(pl.col(Aud.is_member))[Col.user_id].n_unique()
    yield Figure(SHOPPERS, count(members), Words("belong to at least one", "至少属于一个人群"))
    assumed = day.is_consent_assumed
    yield Figure(
        CONSENT,
        Words("assumed", "假定") if assumed else Words("granted", "已授权"),
        Words("nobody was asked", "并未征求同意")
        if assumed
        else Words("by every member, for the purpose", "每位成员均已就用途授权"),
    )


_HOW: Final = Words(
    'Define one in landing files (`shelduck contract audiences`); try a condition: `shelduck audience preview "…"`.',
    '请在落地文件中定义（`shelduck contract audiences`）；可用 `shelduck audience preview "…"` 试验条件。',
)


def _withheld(day: PublishedAudiences) -> Section | None:
    rows = tuple(
        (Link(name_of(row), audience_address(row[Aud.audience_id])), row[Aud.withheld], row[Aud.condition])
        for row in day.audiences.filter(pl.col(Aud.withheld) != "").iter_rows(named=True)
    )
    if not rows:
        return None
    text = Words(
        "Their members are not published. Widen the definition, or correct it, and look at it with "
        '`shelduck audience preview "CONDITION"`; the smallest size that is published is `SHELDUCK_MINIMUM_AUDIENCE`.',
        '其成员未发布。请放宽或更正定义，并用 `shelduck audience preview "CONDITION"` 查看；可发布的最小人数由 '
        "`SHELDUCK_MINIMUM_AUDIENCE` 决定。",
    )
    columns = (NAME, Words("Why", "原因"), Words("Definition", "定义"))
    return Section(Words("Withheld", "未发布的人群"), text, columns, rows, name="withheld")


def _over_time(day: PublishedAudiences) -> Section | None:
    """Sizes as they were published, day by day."""
    names = {row[Aud.audience_id]: name_of(row) for row in day.published.head(_LINES).iter_rows(named=True)}
    sizes = _sizes(day)
    if len(sizes) < 2 or not names:
        return None
    points = [
        Point(of_day, None if size is None else float(size), names[audience])
        for of_day, found in sizes.items()
        for audience in names
        for size in [found.get(audience)]
    ]
    rows = tuple((str(each), *(count(found.get(audience)) for audience in names)) for each, found in sizes.items())
    description = Words(
        f"Members as published on each of the last days; the {len(names)} largest audiences.",
        f"最近各天发布的成员数；最大的 {len(names)} 个人群。",
    )
    columns = tuple(names.values())
    chart = Chart(over_time(points, SHOPPERS, ",d"), description)
    heading = Words("Size, day by day", "逐日规模")
    return Section(
        heading, "", (Words("Day", "日期"), *columns), rows, frozenset(columns), charts=(chart,), name="sizes"
    )


def _sizes(day: PublishedAudiences) -> dict[Any, dict[str, int | None]]:
    """By published day up to this one, oldest first, the members of each audience as published."""
    upto = day.version.as_of
    days = sorted({each.as_of for each in versions(day.settings, AUDIENCES) if each.as_of <= upto})[-_DAYS:]
    found = {}
    for each in days:
        version = day.version if each == upto else version_of_day(day.settings, AUDIENCES, each)
        try:
            table = read_table(day.settings, AUDIENCES, AUDIENCE.name, version.id if version else None)
        except NotPublished:  # of a release that had other columns, or damaged: its day is left out
            continue
        found[each] = dict(table.select(Aud.audience_id, Aud.size).iter_rows())
    return found


def _overlap(day: PublishedAudiences) -> Section | None:
    """How many members of the audience of a row the audience of a column has, too."""
    names: dict[str, Text] = {
        row[Aud.audience_id]: name_of(row) for row in day.published.head(_CELLS).iter_rows(named=True)
    }
    pairs = day.table(AUDIENCE_OVERLAP).drop_nulls(Aud.share)
    found = {(row[Aud.audience_id], row[Aud.other_audience_id]): row for row in pairs.iter_rows(named=True)}
    shown = {pair: row for pair, row in found.items() if {*pair} <= {*names}}
    if not shown:
        return None
    cells = [
        Shaded(names[one], names[other], row[Aud.share], row[Aud.share], Words(*_both(row[Aud.shoppers])))
        for (one, other), row in shown.items()
    ]
    description = Words(
        "Of the members of the audience of a row, the share that belongs to the audience of the column, too; pairs "
        "that share fewer than the minimum size are left out.",
        "行所示人群的成员中同时属于列所示人群的比例；共同成员少于最小人数的组合不显示。",
    )
    chart = Chart(heat(cells, "", "", ".0%", order=tuple(names.values())), description)
    rows = tuple(
        (names[one], names[other], count(row[Aud.shoppers]), share(row[Aud.share]))
        for (one, other), row in shown.items()
    )
    numeric = (Words("Members of both", "共同成员"), Words("Share of the first", "占前者比例"))
    columns = (NAME, Words("Other", "另一人群"), *numeric)
    heading = Words("Overlap", "重叠")
    return Section(heading, "", columns, rows, frozenset(numeric), charts=(chart,), name="overlap")


def _both(shoppers: int) -> tuple[str, str]:
    return f"{shoppers:,} members of both", f"{shoppers:,} 位共同成员"
