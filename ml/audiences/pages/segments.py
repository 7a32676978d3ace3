"""The page Segments: who the shoppers are by behaviour, RFM class and life-cycle stage, who moved, who stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl

from ml.audiences.capability import AUDIENCES
from ml.audiences.columns import Aud, Scheme
from ml.audiences.conditions.names import column_words
from ml.audiences.pages.cohorts import retention
from ml.audiences.pages.movements import flows, moves
from ml.audiences.pages.published import PublishedAudiences
from ml.audiences.pages.words import (
    CHANGES,
    NAME,
    NOT_KNOWN,
    SCHEMES,
    SHARE,
    SHOPPERS,
    SINCE_7,
    SINCE_28,
    count,
    moved,
    name_of,
    share,
)
from ml.charts.heat import Shaded, heat
from ml.charts.kinds import Bar, Spec, bars
from ml.charts.maps import Middle, Place, group_map
from ml.documents import Cell, Chart, Figure, Page, Section
from ml.tables import Col
from ml.words import Words

_POINTS: Final = 2000
"""Shoppers on the map, at most."""
_FEATURES: Final = 10
"""Features of the chart; the table has all."""
_EFFECT: Final = Words("Effect (standard deviations)", "效应（标准差）")
_FROM: Final = Words("Came from", "来自")
_DESCRIPTION: Final = Words("What tells it apart", "有何不同")


def segments_page(day: PublishedAudiences) -> Page:
    """See the module."""
    lead = Words(
        "Every shopper is in one segment of each kind: how large they are, what tells them apart, who moved.",
        "每位顾客在每种划分中都属于一个分群：规模、差异，以及谁在其间移动。",
    )
    return Page("segments", Words("Segments", "分群"), lead, tuple(_sections(day)))


def _sections(day: PublishedAudiences) -> Iterator[Section]:
    if day.of_scheme(Scheme.BEHAVIOUR).is_empty():
        yield _untrained(day)
    else:
        yield _behaviour(day)
        yield from filter(None, (_features(day), flows(day, Scheme.BEHAVIOUR)))
    for scheme in (Scheme.RFM, Scheme.LIFECYCLE):
        yield from filter(None, (_sizes(day, scheme), flows(day, scheme)))
    yield from filter(None, (moves(day), retention(day)))


def _untrained(day: PublishedAudiences) -> Section:
    command = f"`{AUDIENCES.training_command(day.version.as_of)}`"
    text = Words(
        f"No model of them decided this day. Train one: {command}", f"当天没有行为分群模型生效。训练命令：{command}"
    )
    return Section(SCHEMES[Scheme.BEHAVIOUR], text, name=Scheme.BEHAVIOUR)


def _behaviour(day: PublishedAudiences) -> Section:
    """A card for each segment, their map, and what became of each."""
    segments = day.of_scheme(Scheme.BEHAVIOUR)
    names = day.names(Scheme.BEHAVIOUR)
    figures = tuple(
        Figure(names[row[Aud.segment_id]], share(row[Aud.share]), _told(row)) for row in segments.iter_rows(named=True)
    )
    description = Words(
        "Shoppers by behaviour in two dimensions; those close together behave alike. A number stands in the middle of "
        "its segment; the directions have no unit.",
        "顾客行为的二维图：距离越近，行为越相似。数字位于所属分群的中心；坐标方向没有单位。",
    )
    columns = (NAME, _DESCRIPTION, SHOPPERS, SHARE, SINCE_7, SINCE_28, Words("Model before", "与前一模型相比"), _FROM)
    return Section(
        Words("By behaviour", "按行为划分"),
        _model(day, names),
        columns,
        tuple((names[row[Aud.segment_id]], *_cells(row)) for row in segments.iter_rows(named=True)),
        frozenset((SHOPPERS, SHARE, SINCE_7, SINCE_28)),
        figures,
        charts=tuple(Chart(chart, description) for chart in _map(day, names)),
        name=Scheme.BEHAVIOUR,
    )


def _model(day: PublishedAudiences, names: Mapping[str, Words]) -> Words:
    """Which version of the model decided, and which segments of the one before nobody is in any more."""
    told = day.manifest.policy
    english = "Found by a model among everything that is known of shoppers; each is named by what tells it apart."
    chinese = "由模型根据顾客的全部信息得出；每个分群以其突出的特征命名。"
    if isinstance(version := told.get("model_version"), int):
        english += f" Version {version} of the model decided: {told.get('why')}."
        chinese += f"由模型第 {version} 版判定：{told.get('why')}。"
    gone = told.get("vanished")
    for segment, to in gone.items() if isinstance(gone, dict) else ():
        now = [names.get(str(each), Words(str(each), str(each))) for each in to] if isinstance(to, list) else []
        english += (
            f" Segment {segment} of the model before is gone; most of it is in {', '.join(map(str, now)) or '–'}."
        )
        chinese += f"前一模型的分群 {segment} 已不存在；其大部分顾客现属于{'、'.join(each.zh for each in now) or '–'}。"
    return Words(english, chinese)


def _told(row: Mapping[str, Any]) -> Words:
    """Below a card's number: how many, and the description."""
    size = count(row[Aud.size])
    return Words(f"{size} shoppers. {row[Aud.description_en]}", f"{size} 位顾客。{row[Aud.description_zh]}")


def _cells(row: Mapping[str, Any]) -> Iterator[Cell]:
    """What a table of segments says of one, beside its name."""
    yield Words(row[Aud.description_en], row[Aud.description_zh])
    yield count(row[Aud.size])
    yield share(row[Aud.share])
    yield moved(row[Aud.size], row[Aud.size_7d])
    yield moved(row[Aud.size], row[Aud.size_28d])
    if row[Aud.scheme] == Scheme.BEHAVIOUR:
        yield CHANGES.get(row[Aud.change], row[Aud.change] or NOT_KNOWN)
        yield ", ".join(row[Aud.came_from] or ()) or NOT_KNOWN


def _map(day: PublishedAudiences, names: Mapping[str, Words]) -> Iterator[Spec]:
    """The map of some shoppers, the same ones for the same table."""
    theirs = day.segment_members.filter(pl.col(Aud.scheme) == Scheme.BEHAVIOUR).drop_nulls((Aud.map_x, Aud.map_y))
    if theirs.is_empty():
        return
    some = theirs.sort(Col.user_id).gather_every(-(-len(theirs) // _POINTS))
    columns = (Aud.map_x, Aud.map_y, Aud.segment_id)
    places = [
        Place(round(x, 3), round(y, 3), names[segment])
        for x, y, segment in some.select(columns).iter_rows()
        if segment in names
    ]
    middles = theirs.group_by(Aud.segment_id).agg(pl.col(Aud.map_x, Aud.map_y).median()).sort(Aud.segment_id)
    marks = {segment: str(place) for place, segment in enumerate(names, 1)}
    yield group_map(
        places,
        [Middle(round(x, 3), round(y, 3), marks[segment]) for segment, x, y in middles.iter_rows() if segment in marks],
        tuple(names.values()),
    )


def _features(day: PublishedAudiences) -> Section | None:
    """What tells the behavioural segments apart, in standard deviations."""
    names = day.names(Scheme.BEHAVIOUR)
    rows = [
        row
        for row in day.features.filter(pl.col(Aud.scheme) == Scheme.BEHAVIOUR).iter_rows(named=True)
        if row[Aud.segment_id] in names
    ]
    if not rows:
        return None
    called = {row[Aud.feature]: column_words(row[Aud.feature]) for row in rows}
    by_segment = sorted(rows, key=lambda row: [*names].index(row[Aud.segment_id]))
    telling = _most_telling(rows)
    cells = [
        Shaded(called[row[Aud.feature]], names[row[Aud.segment_id]], row[Aud.effect], row[Aud.effect], _median(row))
        for row in sorted(by_segment, key=lambda row: telling.get(row[Aud.feature], 0))
        if row[Aud.feature] in telling
    ]
    description = Words(
        "How far the mean of a segment lies from everybody's, in standard deviations; blue: above, orange: below. The "
        "features that tell some segment apart best; the table has all.",
        "分群均值与全体均值之差，以标准差计；蓝色为高于，橙色为低于。仅显示最能区分分群的特征，其余见表格。",
    )
    numeric = (Words("Median", "中位数"), Words("Median of everybody", "全体中位数"), _EFFECT)
    return Section(
        Words("What tells them apart", "分群之间的差异"),
        "",
        (NAME, Words("Feature", "特征"), *numeric),
        tuple(
            (names[row[Aud.segment_id]], called[row[Aud.feature]], *(f"{row[each]:,.2f}" for each in _NUMBERS))
            for row in by_segment
        ),
        frozenset(numeric),
        charts=(Chart(heat(cells, "", "", "+.1f"), description),),
        name="features",
    )


def _most_telling(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The features that tell some segment apart best, with their place."""
    effects: dict[str, float] = {}
    for row in rows:
        effects[row[Aud.feature]] = max(effects.get(row[Aud.feature], 0.0), abs(row[Aud.effect]))
    best = sorted(effects, key=lambda feature: (-effects[feature], feature))[:_FEATURES]
    return {feature: place for place, feature in enumerate(best)}


_NUMBERS: Final = (Aud.value, Aud.base_value, Aud.effect)


def _median(row: Mapping[str, Any]) -> Words:
    value, base = f"{row[Aud.value]:,.2f}", f"{row[Aud.base_value]:,.2f}"
    return Words(f"median {value}, of everybody {base}", f"中位数 {value}，全体 {base}")


def _sizes(day: PublishedAudiences, scheme: Scheme) -> Section | None:
    """How many shoppers are in each class, now and before."""
    segments = day.of_scheme(scheme)
    if segments.is_empty():
        return None
    names = day.names(scheme)
    found = [row for row in segments.iter_rows(named=True) if row[Aud.size]]
    chart = bars([Bar(names[row[Aud.segment_id]], row[Aud.size]) for row in found], SHOPPERS, ",d")
    heading = SCHEMES[scheme]
    description = Words(f"{heading.en}: how many shoppers.", f"{heading.zh}：顾客数。")
    columns = (NAME, _DESCRIPTION, SHOPPERS, SHARE, SINCE_7, SINCE_28)
    return Section(
        heading,
        "",
        columns,
        tuple((name_of(row), *_cells(row)) for row in segments.iter_rows(named=True)),
        frozenset(columns[2:]),
        charts=(Chart(chart, description),),
        name=scheme,
    )
