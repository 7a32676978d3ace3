"""The kinds of charts that pages are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ml.charts.look import FIRST, HEIGHT, axis, colours, data, day_format, finished, rows_high
from ml.words import Language, Text, said

Spec = Callable[[Language], dict[str, Any]]
_ONE: Final = ""
_ABREAST: Final = 3
"""Names that a legend shows in one line."""
_DAILY: Final = 31
"""Days of an axis that may name each of them."""


@dataclass(frozen=True)
class Point:
    """A value of a day.

    Attributes:
        series: the line that it belongs to; one name for all where there is one line.
        low, high: the interval around it.
    """

    day: date
    value: float | None
    series: Text = _ONE
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Bar:
    """A bar, or a part of one: the parts of bars with the same name are stacked."""

    name: Text
    value: float
    part: Text = _ONE


@dataclass(frozen=True)
class Bin:
    """How many values lie from ``low`` up to ``high``."""

    low: float
    high: float
    count: float
    part: Text = _ONE


@dataclass(frozen=True)
class Spot:
    """A point of two measures; ``name`` is shown when it is pointed at."""

    x: float
    y: float
    name: Text = _ONE
    group: Text = _ONE
    size: float = 1.0


@dataclass(frozen=True)
class Cell:
    """A value of two names: how many went from ``row`` to ``column``."""

    row: Text
    column: Text
    value: float


def over_time(points: Sequence[Point], title: Text, form: str = "~s") -> Spec:
    """Lines over days, each with its interval where the points have one.

    Args:
        points: at least one day; several series share the axis.
        title: of the vertical axis, with the unit.
        form: of its numbers, as d3 writes them.
    """

    def spec(language: Language) -> dict[str, Any]:
        import altair as alt

        names = list(dict.fromkeys(point.series for point in points))
        spanned = max(point.day for point in points) - min(point.day for point in points)
        daily = {"tickCount": {"interval": "day", "step": 1}} if spanned.days <= _DAILY else {}
        days = axis("", language, format=day_format(language), labelOverlap=True, grid=False, **daily)
        base = alt.Chart(data(map(vars, points), language)).encode(
            x=alt.X("day:T", **days),
            **coloured("series", names, language),
        )
        value = alt.Y("value:Q", scale=alt.Scale(zero=False), **axis(title, language, format=form, tickCount=5))
        tip = [alt.Tooltip("day:T", format="%Y-%m-%d", title=said(title, language)), alt.Tooltip("value:Q", title=" ")]
        line = base.mark_line(strokeWidth=2, point={"size": 30, "filled": True}).encode(y=value, tooltip=tip)
        if all(point.low is None for point in points):
            return finished(line)
        return finished(base.mark_area(opacity=0.18).encode(y=alt.Y("low:Q"), y2="high:Q") + line)

    return spec


def columns_over_time(points: Sequence[Point], title: Text, form: str = "~s", height: int = HEIGHT) -> Spec:
    """A column per day, its series stacked; a day without a value keeps its place."""

    def spec(language: Language) -> dict[str, Any]:
        import altair as alt

        names = list(dict.fromkeys(point.series for point in points))
        days = axis("", language, format=day_format(language), labelOverlap=True, labelAngle=0, grid=False)
        return finished(
            alt.Chart(data(map(vars, points), language))
            .mark_bar(invalid=None)
            .encode(
                x=alt.X("day:O", timeUnit="yearmonthdate", **days),
                y=alt.Y("value:Q", stack="zero", **axis(title, language, format=form, tickCount=5)),
                tooltip=[alt.Tooltip("day:T", format="%Y-%m-%d", title=" "), "series:N", "value:Q"],
                **coloured("series", names, language),
            ),
            height,
        )

    return spec


def bars(rows: Sequence[Bar], title: Text, form: str = "~s") -> Spec:
    """Horizontal bars in the order given, the first on top."""

    def spec(language: Language) -> dict[str, Any]:
        import altair as alt

        names = list(dict.fromkeys(said(row.name, language) for row in rows))
        parts = list(dict.fromkeys(row.part for row in rows))
        chart = (
            alt.Chart(data(map(vars, rows), language))
            .mark_bar(cornerRadiusEnd=2, height={"band": 0.7})
            .encode(
                x=alt.X("value:Q", stack="zero", **axis(title, language, format=form, tickCount=5)),
                y=alt.Y("name:N", sort=names, **axis("", language)),
                tooltip=["name:N", *(["part:N"] if len(parts) > 1 else []), "value:Q"],
                **coloured("part", parts, language),
            )
        )
        return finished(chart, rows_high(len(names)))

    return spec


def histogram(bins: Sequence[Bin], x: Text, y: Text, form: str = "~s") -> Spec:
    """How values are distributed; bins as given."""

    def spec(language: Language) -> dict[str, Any]:
        import altair as alt

        parts = list(dict.fromkeys(each.part for each in bins))
        return finished(
            alt.Chart(data(map(vars, bins), language))
            .mark_bar(binSpacing=1)
            .encode(
                x=alt.X("low:Q", bin="binned", **axis(x, language, format=form, grid=False)),
                x2="high:Q",
                y=alt.Y("count:Q", stack="zero", **axis(y, language, format="~s", tickCount=5)),
                tooltip=["low:Q", "high:Q", "count:Q"],
                **coloured("part", parts, language),
            )
        )

    return spec


def calibration(spots: Sequence[Spot], x: Text, y: Text, form: str = "~p") -> Spec:
    """Predicted against observed, with the line on which they are equal."""

    def spec(language: Language) -> dict[str, Any]:
        import altair as alt

        most = max((max(spot.x, spot.y) for spot in spots), default=1.0)
        equal = alt.Chart(data([{"x": 0.0, "y": 0.0}, {"x": most, "y": most}], language))
        line = equal.mark_line(color="currentColor", opacity=0.5, strokeDash=[4, 4], strokeWidth=1)
        return finished(line.encode(x="x:Q", y="y:Q") + _spots(spots, x, y, form, language), HEIGHT + 60)

    return spec


def scatter(spots: Sequence[Spot], x: Text, y: Text, form: str = "~s") -> Spec:
    """Points of two measures, coloured by group."""
    return lambda language: finished(_spots(spots, x, y, form, language), HEIGHT + 60)


def matrix(cells: Sequence[Cell], rows: Text, columns: Text, form: str = "~s") -> Spec:
    """A table of shaded cells with their values; names in the order in which they first come."""

    def spec(language: Language) -> dict[str, Any]:
        import altair as alt

        down = list(dict.fromkeys(said(cell.row, language) for cell in cells))
        across = list(dict.fromkeys(said(cell.column, language) for cell in cells))
        base = alt.Chart(data(map(vars, cells), language)).encode(
            x=alt.X("column:N", sort=across, **axis(columns, language, labelAngle=0, labelLimit=90, orient="top")),
            y=alt.Y("row:N", sort=down, **axis(rows, language)),
            tooltip=["row:N", "column:N", "value:Q"],
        )
        shade = alt.Opacity("value:Q", legend=None, scale=alt.Scale(range=[0.04, 0.6]))
        shown = base.mark_text(fontSize=12).encode(text=alt.Text("value:Q", format=form))
        return finished(base.mark_rect(color=FIRST).encode(opacity=shade) + shown, rows_high(len(down)))

    return spec


def _spots(spots: Sequence[Spot], x: Text, y: Text, form: str, language: Language) -> Any:
    import altair as alt

    groups = list(dict.fromkeys(spot.group for spot in spots))
    sized = len({spot.size for spot in spots}) > 1
    return (
        alt.Chart(data(map(vars, spots), language))
        .mark_circle(opacity=0.8)
        .encode(
            x=alt.X("x:Q", **axis(x, language, format=form, tickCount=5)),
            y=alt.Y("y:Q", **axis(y, language, format=form, tickCount=5)),
            tooltip=["name:N", "x:Q", "y:Q"],
            **coloured("group", groups, language),
            size=alt.Size("size:Q", legend=None) if sized else alt.value(60),
        )
    )


def coloured(field: str, names: Sequence[Text], language: Language) -> dict[str, Any]:
    """Colours by name with a legend; the first colour where there is one name."""
    import altair as alt

    if len(names) < 2:
        return {"color": alt.value(FIRST)}
    legend = alt.Legend(columns=2) if len(names) > _ABREAST else alt.Undefined  # a phone is narrow
    return {"color": alt.Color(f"{field}:N", scale=colours(names, language), sort=None, legend=legend)}
