"""What reviews praise and complain of: aspects, over all and by category."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from ml.charts.heat import Shaded, heat
from ml.charts.intervals import Span, intervals
from ml.documents import Cell, Chart, Section
from ml.reviews.columns import OVERALL, Rev
from ml.reviews.opinions import SUPPORT
from ml.reviews.pages.published import WEEKS, PublishedReviews
from ml.reviews.pages.shares import TOTAL, summed
from ml.reviews.pages.words import (
    ASPECT,
    CATEGORY,
    INTERVAL,
    NEGATIVE,
    NEGATIVE_SHARE,
    POSITIVE,
    POSITIVE_SHARE,
    REVIEWS,
    aspect,
    between,
    share,
)
from ml.tables import Col
from ml.words import Words

_CATEGORIES: Final = 12
_NUMERIC: Final = (REVIEWS, POSITIVE, NEGATIVE, POSITIVE_SHARE, NEGATIVE_SHARE, INTERVAL)
_NO_CATEGORY: Final = Words("no category", "无品类")


def aspect_sections(day: PublishedReviews) -> Iterator[Section]:
    """All aspects, then those of each category."""
    of_aspects = day.recent.filter(pl.col(Rev.aspect_id) != OVERALL)
    if of_aspects.is_empty():
        text = Words(
            f"No review of the last {WEEKS} weeks is about an aspect that is looked for.",
            f"最近 {WEEKS} 周没有评论谈到所关注的方面。",
        )
        yield Section(Words("No aspects", "没有方面"), text, name="aspects")
        return
    yield _all(of_aspects)
    yield _by_category(of_aspects)


def _all(opinions: pl.DataFrame) -> Section:
    order = [TOTAL, Rev.aspect_id]
    found = summed(opinions, [Rev.aspect_id]).sort(order, descending=[True, False])
    told = found.drop_nulls(Rev.negative_share).sort(Rev.negative_share, Rev.aspect_id, descending=[True, False])
    spans = [
        Span(aspect(row[Rev.aspect_id]), row[Rev.negative_share], row[Rev.negative_low], row[Rev.negative_high])
        for row in told.iter_rows(named=True)
    ]
    description = Words(
        "Share of negative among positive and negative reviews of each aspect, with its 95% interval.",
        "各方面的负面评论在正负面评论中的占比及 95% 区间。",
    )
    charts = (Chart(intervals(spans, NEGATIVE_SHARE, ".0%"), description),) if spans else ()
    rows = tuple((aspect(row[Rev.aspect_id]), *_numbers(row)) for row in found.iter_rows(named=True))
    heading = Words("Aspects", "方面")
    return Section(heading, _SUPPORT, (ASPECT, *_NUMERIC), rows, frozenset(_NUMERIC), charts=charts, name="aspects")


_SUPPORT: Final = Words(
    f"Reviews of the last {WEEKS} weeks. Shares are told from {SUPPORT} positive and negative reviews on; the "
    "interval is that of the negative share.",
    f"最近 {WEEKS} 周的评论。正负面评论达 {SUPPORT} 条才给出占比；区间为负面占比的区间。",
)


def _by_category(opinions: pl.DataFrame) -> Section:
    by = [Col.item_category, Rev.aspect_id]
    sizes = opinions.group_by(Col.item_category).agg(pl.col(Rev.reviews).sum())
    largest = sizes.sort(Rev.reviews, Col.item_category, descending=[True, False])[Col.item_category].to_list()
    place = {category: at for at, category in enumerate(largest[:_CATEGORIES])}
    found = [row for row in summed(opinions, by).to_dicts() if row[Col.item_category] in place]
    found.sort(key=lambda row: (place[row[Col.item_category]], -row[TOTAL], row[Rev.aspect_id]))
    cells = [
        Shaded(
            row[Col.item_category] or _NO_CATEGORY,
            aspect(row[Rev.aspect_id]),
            row[Rev.negative_share],
            row[Rev.negative_share],
            between(row[Rev.negative_low], row[Rev.negative_high]),
        )
        for row in found
        if row[Rev.negative_share] is not None
    ]
    description = Words(
        "Negative share by category and aspect; where fewer reviews say something the cell is empty.",
        "各品类各方面的负面占比；评论不足的格子为空。",
    )
    charts = (Chart(heat(cells, "", "", ".0%"), description),) if cells else ()
    rows = tuple((row[Col.item_category] or _NO_CATEGORY, aspect(row[Rev.aspect_id]), *_numbers(row)) for row in found)
    heading = Words("Aspects by category", "各品类的方面")
    columns = (CATEGORY, ASPECT, *_NUMERIC)
    return Section(heading, "", columns, rows, frozenset(_NUMERIC), charts=charts, name="categories")


def _numbers(row: dict[str, Any]) -> tuple[Cell, ...]:
    return (
        *(f"{row[name]:,}" for name in (Rev.reviews, Rev.positive, Rev.negative)),
        share(row[Rev.positive_share]),
        share(row[Rev.negative_share]),
        between(row[Rev.negative_low], row[Rev.negative_high]),
    )
