"""How shoppers are distributed: histograms and counts of the columns of ``customer_profile``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from ml.charts.kinds import Bar, Bin, bars, histogram
from ml.documents import Chart, Section
from ml.profile.columns import Profile
from ml.profile.pages.words import BANDS, COLUMNS, WEEKDAYS
from ml.tables import Col
from ml.words import Text, Words, said

_BINS: Final = 20
_UPPER: Final = 0.98
"""Histograms end there; the last bin holds everybody beyond as well."""
_MOST: Final = 12
SHOPPERS: Final = Words("Shoppers", "顾客数")
_SHARE: Final = Words("Share", "占比")
_MEASURES: Final = (
    *(Profile.days_since_last_purchase, Col.purchase_days_365d, Col.revenue_365d, Profile.mean_basket_value_365d),
    *(Profile.mean_days_between_purchases, Profile.discount_share_365d),
)
_FORMS: Final = {Profile.discount_share_365d: ".0%"}
_TASTES: Final = (Profile.top_category_1, Profile.top_subcategory_1, Profile.top_brand_1)
_HABITS: Final = (Profile.preferred_weekday, Profile.preferred_hour, Profile.preferred_channel, Profile.price_band)


def measures(profiles: pl.DataFrame) -> Section | None:
    """A histogram for each measure that any shopper has; quantiles in the table."""
    charts, rows = [], []
    for name in _MEASURES:
        values = profiles[name].drop_nulls()
        if values.is_empty():
            continue
        description = Words(f"{_en(name)}: how many shoppers.", f"{_zh(name)}：顾客数分布。")
        charts.append(Chart(histogram(_binned(values), COLUMNS[name], SHOPPERS, _FORMS.get(name, "~s")), description))
        cells = (values.quantile(share, "linear") for share in (0.1, 0.25, 0.5, 0.75, 0.9))
        rows.append((COLUMNS[name], f"{len(values):,}", *(f"{cell:,.2f}" for cell in cells)))
    if not charts:
        return None
    numeric = (SHOPPERS, "10 %", "25 %", Words("Median", "中位数"), "75 %", "90 %")
    text = Words(
        "Each chart ends where 98 of 100 shoppers lie; its last bar holds those beyond.",
        "每张图止于 98% 的顾客；最后一根柱包含其余顾客。",
    )
    heading, columns = Words("How shoppers differ", "顾客之间的差异"), (Words("Measure", "指标"), *numeric)
    return Section(heading, text, columns, tuple(rows), frozenset(numeric), charts=tuple(charts), name="measures")


def affinities(profiles: pl.DataFrame) -> Section | None:
    """What most shoppers like most: categories and brands."""
    return _counted(profiles, _TASTES, Words("What shoppers like most", "顾客最喜爱的"), "affinities")


def habits(profiles: pl.DataFrame) -> Section | None:
    """When, where and at which prices they buy."""
    return _counted(profiles, _HABITS, Words("When, where and at what price", "何时、何处、何种价位"), "habits")


def _counted(profiles: pl.DataFrame, names: tuple[str, ...], heading: Words, anchor: str) -> Section | None:
    charts, rows = [], []
    for name in names:
        counts = profiles[name].drop_nulls().value_counts(name="count").sort("count", name, descending=[True, False])
        if counts.is_empty():
            continue
        shown = counts.head(_MOST)
        if name in (Profile.preferred_weekday, Profile.preferred_hour, Profile.price_band):
            shown = counts.sort(name) if name != Profile.price_band else counts
        found = [(_value(name, value), count) for value, count in shown.iter_rows()]
        description = Words(f"{_en(name)}: how many shoppers.", f"{_zh(name)}：顾客数。")
        charts.append(Chart(bars([Bar(value, count) for value, count in found], SHOPPERS, ",d"), description))
        rows += [(COLUMNS[name], value, f"{count:,}", f"{count / len(profiles):.1%}") for value, count in found]
    if not charts:
        return None
    numeric = (SHOPPERS, _SHARE)
    columns = (Words("What", "项目"), Words("Value", "取值"), *numeric)
    return Section(heading, "", columns, tuple(rows), frozenset(numeric), charts=tuple(charts), name=anchor)


def _value(name: str, value: str | int) -> Text:
    if name == Profile.preferred_weekday:
        return WEEKDAYS.get(int(value), str(value))
    if name == Profile.preferred_hour:
        return f"{int(value):02d}:00"
    return BANDS.get(str(value), str(value)) if name == Profile.price_band else str(value)


def _binned(values: pl.Series) -> list[Bin]:
    """Bins of equal width, as many as are whole numbers where the values are few whole numbers."""
    least, most = float(values.min()), float(values.quantile(_UPPER, "higher"))  # type: ignore[arg-type]
    is_whole = values.dtype.is_integer()
    width = max((most - least) / _BINS, 1e-9)
    if is_whole:
        width = max(-(-(most - least + 1) // _BINS), 1)
    places = ((values.clip(upper_bound=most) - least) / width).floor().cast(pl.Int64)
    last = int(places.max())  # type: ignore[arg-type]
    if not is_whole:
        places, last = places.clip(upper_bound=_BINS - 1), min(last, _BINS - 1)
    counts = dict(places.value_counts().iter_rows())
    return [Bin(least + width * n, least + width * (n + 1), counts.get(n, 0)) for n in range(last + 1)]


def _en(name: str) -> str:
    return str(COLUMNS[name])


def _zh(name: str) -> str:
    return said(COLUMNS[name], "zh")


def sections(profiles: pl.DataFrame) -> Iterator[Section]:
    """Those that the shop has data for."""
    yield from filter(None, (measures(profiles), affinities(profiles), habits(profiles)))
