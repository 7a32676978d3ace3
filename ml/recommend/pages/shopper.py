"""What the page Shopper shows of purchases and shelves: months, last days, the first products of each shelf."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from ml.documents import Field, Part, ShopperParts
from ml.publish.store import Version
from ml.recommend.pages.addresses import SHOPPER
from ml.recommend.pages.published_shelves import PublishedShelves
from ml.recommend.pages.words import COLUMNS, PLACEMENTS
from ml.records import records
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import HISTORY
from ml.words import Words

_MONTHS: Final = 12
_DAYS: Final = 10
_NAMED: Final = 5
"""Products that are named of a day, or of a shelf."""
_MONTH, _DAYS_OF, _LINES, _NAMES, _NUMBER = "month", "days", "lines", "names", "number"
BY_MONTH, LAST_DAYS, SHELVES = "by_month", "last_days", "shelves"
_MORE: Final = (
    Words("Whole shelves, with the reason of each row", "查看完整货架及每一行的理由"),
    f"shelves.html#{SHOPPER}",
)


def shopper(settings: Settings, version: Version) -> ShopperParts:
    """Purchases, while the snapshot is kept, and shelves.

    Raises:
        NotPublished: the version cannot be read.
    """
    day = PublishedShelves(settings, version)
    tables = {SHELVES: _shelves(day)}
    if day.snapshot is not None:
        bought = day.snapshot.table(HISTORY).filter(pl.col(Col.purchases) > 0)
        days = bought.group_by(Col.user_id, Col.event_date).agg(pl.len().alias(_LINES), pl.col(Col.revenue).sum())
        names = day.catalogue.select(Col.item_id, Col.item_name)
        tables = {BY_MONTH: _by_month(days, version.as_of), LAST_DAYS: _last_days(days, bought, names), **tables}
    return ShopperParts(
        parts=tuple(part for part in _parts() if part.key in tables),
        ids=day.shoppers.to_list(),
        records=lambda ids: records(Col.user_id, ids, tables),
    )


def _parts() -> tuple[Part, ...]:
    lines = Field(_LINES, Words("Purchase lines", "购买行数"), is_numeric=True)
    paid = Field(Col.revenue, COLUMNS[Col.revenue], is_numeric=True)
    return (
        Part(
            BY_MONTH,
            Words("Purchases by month", "逐月购买"),
            (
                Field(_MONTH, Words("Month", "月份")),
                Field(Col.revenue, COLUMNS[Col.revenue], is_numeric=True, is_bar=True),
                Field(_DAYS_OF, Words("Days with a purchase", "有购买的天数"), is_numeric=True),
                lines,
            ),
            Words(f"The last {_MONTHS} months.", f"最近 {_MONTHS} 个月。"),
        ),
        Part(
            LAST_DAYS,
            Words("Last days with a purchase", "最近的购买日"),
            (Field(Col.event_date, COLUMNS[Col.event_date]), lines, paid, Field(_NAMES, Words("Some", "部分商品"))),
        ),
        Part(
            SHELVES,
            Words("Shelves", "货架"),
            (
                Field(Col.placement, COLUMNS[Col.placement], words=PLACEMENTS),
                Field(_NUMBER, Words("Products", "商品数"), is_numeric=True),
                Field(_NAMES, Words("The first ones", "排在前面的商品")),
            ),
            more=_MORE,
        ),
    )


def _by_month(days: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Each of the last months of whoever bought anything, the newest first; those without a purchase too.

    Args:
        days: user_id, event_date, lines and revenue of each day with a purchase.
    """
    month = pl.col(Col.event_date).dt.truncate("1mo")
    months = pl.date_range(pl.lit(as_of).dt.truncate("1mo").dt.offset_by(f"-{_MONTHS - 1}mo"), as_of, "1mo")
    counted = days.group_by(Col.user_id, month.alias(_MONTH)).agg(
        pl.len().alias(_DAYS_OF), pl.col(_LINES).sum(), pl.col(Col.revenue).sum().round(2)
    )
    every = days.select(pl.col(Col.user_id).unique()).join(pl.select(months.alias(_MONTH)), how="cross")
    return (
        every.join(counted, on=[Col.user_id, _MONTH], how="left")
        .with_columns(pl.col(_DAYS_OF, _LINES, Col.revenue).fill_null(0))
        .sort(Col.user_id, _MONTH, descending=[False, True])
        .with_columns(pl.col(_MONTH).dt.strftime("%Y-%m"))
    )


def _last_days(days: pl.DataFrame, bought: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """The last days with a purchase, the newest first, with the dearest products."""
    newest = days.sort(Col.user_id, Col.event_date, descending=[False, True])
    shown = newest.group_by(Col.user_id, maintain_order=True).head(_DAYS)
    key = [Col.user_id, Col.event_date]
    lines = bought.join(shown.select(key), on=key, how="semi").sort(Col.revenue, Col.item_id, descending=[True, False])
    dearest = lines.group_by(key, maintain_order=True).agg(pl.col(Col.item_id).head(_NAMED)).explode(Col.item_id)
    called = dearest.join(names, on=Col.item_id, how="left", maintain_order="left").with_columns(
        pl.coalesce(Col.item_name, Col.item_id).alias(_NAMES)
    )
    listed = called.group_by(key, maintain_order=True).agg(_NAMES)
    found = shown.join(listed, on=key, how="left", maintain_order="left")
    return found.with_columns(pl.col(Col.event_date).cast(pl.String), pl.col(Col.revenue).round(2))


def _shelves(day: PublishedShelves) -> pl.DataFrame:
    """A row per shopper and placement, in the shop's order."""
    names = pl.when(pl.col(Col.item_name).str.len_bytes() > 0).then(Col.item_name).otherwise(Col.item_id)
    told = day.shelves.group_by(Col.user_id, Col.placement, maintain_order=True).agg(
        pl.len().alias(_NUMBER), names.head(_NAMED).alias(_NAMES)
    )
    return day.in_order(told).sort(Col.user_id, maintain_order=True)
