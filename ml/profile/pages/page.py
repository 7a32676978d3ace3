"""The page Profiles: who the shoppers are, in figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl
from pydantic import JsonValue

from ml.charts.kinds import Bar, Cell, Point, bars, columns_over_time, matrix
from ml.documents import Chart, Figure, Page, Section
from ml.profile.capability import PROFILE
from ml.profile.columns import Profile, Stage
from ml.profile.outputs import CUSTOMER_PROFILE
from ml.profile.pages.distributions import SHOPPERS, sections
from ml.profile.pages.words import COLUMNS, STAGES
from ml.publish.readers import manifest, read_table, version_of_day, versions
from ml.publish.store import Version
from ml.settings import Settings
from ml.tables import Col
from ml.words import Words

_DAYS: Final = 28
_FIFTHS: Final = range(1, 6)
_COUNT: Final = "count"


def pages(settings: Settings, version: Version) -> Iterator[Page]:
    """Profiles.

    Raises:
        NotPublished: the version cannot be read.
    """
    profiles = read_table(settings, PROFILE, CUSTOMER_PROFILE.name, version.id)
    history = _stages_by_day(settings, version)
    yield Page(
        "profiles",
        Words("Profiles", "顾客画像"),
        Words(
            "Who the shoppers are: where they stand, how often they buy, and what they like.",
            "顾客是谁：所处阶段、购买频率与偏好。",
        ),
        (
            _standing(profiles),
            *([_stages_over_time(history)] if len(history) > 1 else []),
            *([_recency_and_frequency(profiles)] if profiles[Profile.recency_score].count() else []),
            *sections(profiles),
        ),
    )


def _standing(profiles: pl.DataFrame) -> Section:
    """Life-cycle stages: figures, bars, money."""
    told = profiles.group_by(Profile.lifecycle_stage).agg(
        pl.len().alias(_COUNT),
        pl.col(Profile.days_since_last_purchase).median(),
        pl.col(Col.revenue_365d).sum(),
    )
    rows = {row[Profile.lifecycle_stage]: row for row in told.iter_rows(named=True)}
    there = [stage for stage in Stage if stage in rows]
    whole, money = max(len(profiles), 1), max(float(told[Col.revenue_365d].sum()), 1e-9)
    cells = tuple(
        (
            STAGES[stage],
            f"{row[_COUNT]:,}",
            f"{row[_COUNT] / whole:.1%}",
            "–" if row[Profile.days_since_last_purchase] is None else f"{row[Profile.days_since_last_purchase]:.0f}",
            f"{(row[Col.revenue_365d] or 0) / money:.1%}",
        )
        for stage in there
        for row in [rows[stage]]
    )
    numeric = (
        SHOPPERS,
        Words("Share", "占比"),
        Words("Median days since the last purchase", "距上次购买天数中位数"),
        Words("Share of the money of a year", "占一年消费金额"),
    )
    chart = bars([Bar(STAGES[stage], rows[stage][_COUNT]) for stage in there], SHOPPERS, ",d")
    description = Words("Shoppers by life-cycle stage.", "各生命周期阶段的顾客数。")
    return Section(
        Words("Life cycle", "生命周期"),
        Words(
            "Each shopper's stage follows from the shopper's own rhythm; docs/profile.md defines them.",
            "每位顾客的阶段由其自身的购买节奏决定；定义见 docs/profile.md。",
        ),
        (COLUMNS[Profile.lifecycle_stage], *numeric),
        cells,
        frozenset(numeric),
        figures=tuple(_figures(profiles)),
        charts=(Chart(chart, description),),
        name="stages",
    )


def _figures(profiles: pl.DataFrame) -> Iterator[Figure]:
    whole = max(len(profiles), 1)
    yield Figure(Words("Shoppers", "顾客"), f"{len(profiles):,}", Words("have a profile", "位有画像"), "data.html")
    active = int((profiles[Profile.lifecycle_stage] == Stage.ACTIVE).sum())
    yield Figure(
        STAGES[Stage.ACTIVE], f"{active / whole:.0%}", Words(f"{active:,} shoppers", f"{active:,} 位顾客"), "#stages"
    )
    risk = int((profiles[Profile.lifecycle_stage] == Stage.AT_RISK).sum())
    yield Figure(
        STAGES[Stage.AT_RISK], f"{risk / whole:.0%}", Words(f"{risk:,} shoppers", f"{risk:,} 位顾客"), "#stages"
    )
    for name, unit in (
        (Profile.mean_days_between_purchases, Words("days, the median", "天（中位数）")),
        (Profile.mean_basket_value_365d, Words("the median, in the shop's currency", "中位数，以商店货币计")),
    ):
        value = profiles.select(pl.col(name).median()).item()
        if value is not None:
            yield Figure(COLUMNS[name], f"{value:,.1f}", unit, "#measures")


def _stages_by_day(settings: Settings, version: Version) -> dict[Version, dict[str, int]]:
    """By published day up to the version's, oldest first, what its manifest counts."""
    days = sorted({each.as_of for each in versions(settings, PROFILE) if each.as_of <= version.as_of})[-_DAYS:]
    found = [version if day == version.as_of else version_of_day(settings, PROFILE, day) for day in days]
    counted = {each: manifest(settings, PROFILE, each.id).counts.get("stages") for each in found if each}
    return {each: _counts(stages) for each, stages in counted.items() if isinstance(stages, dict)}


def _counts(stages: Mapping[str, JsonValue]) -> dict[str, int]:
    return {name: count for name, count in stages.items() if isinstance(count, int)}


def _stages_over_time(history: dict[Version, dict[str, int]]) -> Section:
    points = [
        Point(version.as_of, float(stages.get(stage, 0)), STAGES[stage])
        for version, stages in history.items()
        for stage in Stage
        if any(stage in each for each in history.values())
    ]
    description = Words("Shoppers by life-cycle stage, day by day.", "各阶段顾客数的逐日变化。")
    rows = tuple(
        (str(version.as_of), *(f"{stages.get(stage, 0):,}" for stage in Stage)) for version, stages in history.items()
    )
    columns = tuple(STAGES[stage] for stage in Stage)
    heading = Words("Stages, day by day", "各阶段逐日变化")
    chart = Chart(columns_over_time(points, SHOPPERS), description)
    return Section(
        heading, "", (Words("Day", "日期"), *columns), rows, frozenset(columns), charts=(chart,), name="stages-by-day"
    )


def _recency_and_frequency(profiles: pl.DataFrame) -> Section:
    """Fifths of the buyers by how lately, and how often, they bought."""
    told = profiles.group_by(Profile.recency_score, Profile.frequency_score).len().drop_nulls()
    counts = {(recency, often): count for recency, often, count in told.iter_rows()}
    cells = [
        Cell(_fifth(recency), _fifth(often), counts.get((recency, often), 0))
        for recency in reversed(_FIFTHS)
        for often in _FIFTHS
    ]
    description = Words(
        "Shoppers by recency (rows; 5 bought last) and frequency (columns; 5 buys most often).",
        "按近度（行，5 为最近购买）与频度（列，5 为最常购买）划分的顾客数。",
    )
    chart = matrix(cells, COLUMNS[Profile.recency_score], COLUMNS[Profile.frequency_score], ",d")
    columns = tuple(_fifth(often) for often in _FIFTHS)
    rows = tuple(
        (_fifth(recency), *(f"{counts.get((recency, often), 0):,}" for often in _FIFTHS))
        for recency in reversed(_FIFTHS)
    )
    heading = Words("How lately and how often", "购买的近度与频度")
    return Section(
        heading,
        "",
        (COLUMNS[Profile.recency_score], *columns),
        rows,
        frozenset(columns),
        charts=(Chart(chart, description),),
        name="recency-frequency",
    )


def _fifth(number: int) -> str:
    return str(number)
