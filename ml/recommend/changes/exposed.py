"""Who gains and who loses places, as tables and charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import polars as pl

from ml.charts.kinds import Bar, bars
from ml.documents import Cell, Chart, Link, Section
from ml.recommend.changes.exposure import GAINED, SHARE_AFTER, SHARE_BEFORE, exposure_changes
from ml.recommend.changes.words import AFTER, BEFORE, POINTS
from ml.recommend.pages.addresses import product_address
from ml.tables import Col
from ml.warehouse.slices import DIM_ITEM, Slice
from ml.words import Text, Words

_MOST: Final = 10
"""Winners, and losers, of places."""
_DESCRIBED: Final = (Col.item_id, Col.item_brand, Col.item_category)
_SHARES: Final = (BEFORE, AFTER, POINTS)
_KINDS: Final = (
    (Col.item_id, Words("Items", "商品"), Words(Col.item_id, "商品编号")),
    (Col.item_brand, Words("Brands", "品牌"), Words(Col.item_brand, "品牌")),
    (Col.item_category, Words("Categories", "品类"), Words(Col.item_category, "品类")),
)
_NAME: Final = Words(Col.item_name, "商品名称")
_GAIN: Final = Words("Change of the share of all places, in points", "占全部位置比例的变化（百分点）")
_PART: Final = {True: Words("gains", "增加"), False: Words("loses", "减少")}


def exposure_sections(before: pl.DataFrame, after: pl.DataFrame, snapshot: Slice | None) -> Iterator[Section]:
    """Items, and brands and categories where the snapshot's catalogue has them.

    Args:
        before, after: rows of ``recommendation``.
    """
    before, after = _described(before, snapshot), _described(after, snapshot)
    both = pl.concat(side.select(Col.item_id, Col.item_name) for side in (before, after))
    names = dict(both.unique(Col.item_id, keep="last", maintain_order=True).iter_rows())
    for by, what, column in _KINDS:
        if by in before.columns:
            changes = exposure_changes(before, after, by).filter(pl.col(GAINED) != 0)
            yield _section(changes, by, what, column, names)


def _section(changes: pl.DataFrame, by: str, what: Words, column: Text, names: dict[str, str | None]) -> Section:
    ends = changes if len(changes) <= 2 * _MOST else pl.concat([changes.head(_MOST), changes.tail(_MOST)])
    is_item = by == Col.item_id
    rows = tuple(
        (*_named(row[by], names, is_item=is_item), *_shares(row[SHARE_BEFORE], row[SHARE_AFTER], row[GAINED]))
        for row in ends.iter_rows(named=True)
    )
    text = Words(
        f"Shares of all places, a place being worth 1 / log2(rank + 1); {len(changes):,} changed.",
        f"占全部位置的比例，每个位置的权重为 1 / log2(名次 + 1)；共 {len(changes):,} 项变化。",
    )
    heading = Words(f"{what.en} that gain and lose places", f"位置增减的{what.zh}")
    columns = (column, *([_NAME] if is_item else []), *_SHARES)
    charts = (_chart(ends, by, what, names),) if rows else ()
    return Section(heading, text, columns, rows, frozenset(_SHARES), charts=charts, name=f"exposure-{by}")


def _chart(ends: pl.DataFrame, by: str, what: Words, names: dict[str, str | None]) -> Chart:
    told = [
        (row[by], (names.get(row[by]) if by == Col.item_id else None) or row[by]) for row in ends.iter_rows(named=True)
    ]
    often = Counter(name for _, name in told)
    found = [
        Bar(name if often[name] == 1 else f"{name} ({value})", 100 * gained, _PART[gained > 0])
        for (value, name), gained in zip(told, ends[GAINED], strict=True)
    ]
    description = Words(f"{what.en}: the largest gains and losses of places.", f"{what.zh}：位置增减最多者。")
    return Chart(bars(found, _GAIN, "+.2f"), description)


def _named(value: str, names: dict[str, str | None], *, is_item: bool) -> tuple[Cell, ...]:
    return (Link(value, product_address(value)), names[value] or "") if is_item else (value,)


def _shares(before: float, after: float, gained: float) -> tuple[str, ...]:
    return (f"{before:.2%}", f"{after:.2%}", f"{100 * gained:+.2f}")


def _described(lists: pl.DataFrame, snapshot: Slice | None) -> pl.DataFrame:
    if snapshot is None:
        return lists
    catalogue = snapshot.table(DIM_ITEM)
    there = [name for name in _DESCRIBED if name in catalogue.columns]
    return lists.join(catalogue.select(there), on=Col.item_id, how="left")
