"""How many shelves change, and how much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from ml.charts.kinds import Cell as Matrix
from ml.charts.kinds import matrix
from ml.documents import Chart, Figure, Section
from ml.recommend.changes import words
from ml.recommend.changes.lists import FIRST, FIRST_THREE, JACCARD, LENGTH_AFTER, LENGTH_BEFORE, OVERLAP, SET
from ml.tables import Col
from ml.words import Words

LISTS: Final = "shelves"
NUMBER: Final = Words("shelves", "货架数")
COLUMNS: Final = (
    NUMBER,
    Words("another first item", "首位不同"),
    Words("another in the first three", "前三不同"),
    Words("other items", "商品不同"),
    Words("Jaccard", "Jaccard"),
    Words("overlap", "重合度"),
)
_DRAWN: Final = (
    (FIRST, Words("first item", "首位")),
    (FIRST_THREE, Words("first three", "前三")),
    (SET, Words("any item", "任一商品")),
)
"""Short enough for a phone."""


def by_placement(lists: pl.DataFrame) -> Section:
    told = lists.group_by(Col.placement).agg(*shares()).sort(Col.placement)
    gone, come = (int((lists[name] == 0).sum()) for name in (LENGTH_AFTER, LENGTH_BEFORE))
    en, zh = "Overlap is rank-biased overlap: 1 for equal shelves.", "重合度为按名次加权的重合度（RBO）：完全相同为 1。"
    if come or gone:
        en, zh = f"{en} {come} shelves are new and {gone} are gone.", f"{zh}新增 {come} 个货架，消失 {gone} 个。"
    rows = tuple((words.placement(row[0]), *cells(row[1:])) for row in told.iter_rows())
    shown = [
        Matrix(words.placement(row[Col.placement]), name, row[share])
        for row in told.iter_rows(named=True)
        for share, name in _DRAWN
    ]
    description = Words(
        "Share of the shelves whose first item, first three or set of items changed.",
        "首位、前三或商品集合发生变化的货架比例。",
    )
    chart = Chart(matrix(shown, "", "", ".1%"), description)
    figures = tuple(
        Figure(
            words.placement(row[Col.placement]),
            f"{row[FIRST]:.1%}",
            Words("of the shelves have another first item", "的货架首位商品不同"),
            "#examples",
        )
        for row in told.iter_rows(named=True)
    )
    heading = Words("Shelves that change", "发生变化的货架")
    columns = (words.PLACEMENT, *COLUMNS)
    return Section(
        heading, Words(en, zh), columns, rows, frozenset(COLUMNS), figures=figures, charts=(chart,), name="changed"
    )


def shares() -> list[pl.Expr]:
    return [pl.len().alias(LISTS), *(pl.col(name).mean() for name in (FIRST, FIRST_THREE, SET, JACCARD, OVERLAP))]


def cells(row: Sequence[float]) -> tuple[str, ...]:
    lists, *shares, jaccard, overlap = row
    return (f"{lists:,}", *(f"{share:.1%}" for share in shares), f"{jaccard:.3f}", f"{overlap:.3f}")
