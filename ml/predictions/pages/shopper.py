"""What the page Shopper shows of predictions: each with its interval."""

from __future__ import annotations

from typing import Final

import polars as pl

from ml.documents import Field, Part, ShopperParts
from ml.predictions.capability import PREDICTIONS
from ml.predictions.columns import Prediction
from ml.predictions.outputs import CUSTOMER_PREDICTION
from ml.predictions.words import TARGETS
from ml.publish.readers import read_table
from ml.publish.store import Version
from ml.records import of_some, records
from ml.settings import Settings
from ml.tables import Col
from ml.words import Text, Words

PREDICTED: Final = "predictions"
_WHAT, _VALUE, _LOW, _HIGH = "what", "value", "low", "high"
_SPENDS: Final = {
    Prediction.spend_28d: (Prediction.spend_28d_low, Prediction.spend_28d_high),
    Prediction.spend_90d: (Prediction.spend_90d_low, Prediction.spend_90d_high),
    Prediction.spend_365d: (Prediction.spend_365d_low, Prediction.spend_365d_high),
}
_SHARES: Final = (Prediction.purchase_7d, Prediction.purchase_28d, Prediction.churn)
_OTHERS: Final[dict[str, Text]] = {
    Prediction.next_order_date: Words("Next order, probably by", "下次下单（大概率不晚于）"),
    Prediction.historic_clv: Words("Paid so far, less refunds", "历史消费净额"),
    Prediction.historic_orders: Words("Days with a purchase so far", "历史购买天数"),
}


def shopper(settings: Settings, version: Version) -> ShopperParts:
    """Whoever has a prediction.

    Raises:
        NotPublished: the version cannot be read.
    """
    table = read_table(settings, PREDICTIONS, CUSTOMER_PREDICTION.name, version.id)
    fields = (
        Field(_WHAT, Words("What", "项目"), words={**TARGETS, **_OTHERS}),
        Field(_VALUE, Words("Value", "取值"), is_numeric=True),
        Field(_LOW, Words("From (80 %)", "80% 区间下限"), is_numeric=True),
        Field(_HIGH, Words("To (80 %)", "80% 区间上限"), is_numeric=True),
    )
    text = Words(
        "Money in the shop's currency. An interval is there once past days have shown how far predictions are off.",
        "金额以商店货币计。过去的日期显示出预测误差之后才有区间。",
    )
    return ShopperParts(
        parts=(Part(PREDICTED, Words("Predictions", "预测"), fields, text),),
        ids=table[Col.user_id].to_list(),
        records=lambda ids: records(Col.user_id, ids, {PREDICTED: _rows(of_some(table, Col.user_id, ids))}),
    )


def _rows(some: pl.DataFrame) -> pl.DataFrame:
    """A row per shopper and prediction, in the order in which they are shown."""
    names = (*_SHARES, Prediction.orders_28d, Prediction.orders_90d, *_SPENDS, *_OTHERS)
    rows = pl.concat([_row(some, name) for name in names])
    return rows.sort(Col.user_id, maintain_order=True)


def _row(some: pl.DataFrame, name: str) -> pl.DataFrame:
    """Of each shopper the prediction of a column, as text that people read."""
    value, rounded = pl.col(name), pl.col(name).round(2).cast(pl.String)
    if name in _SHARES:
        rounded = pl.format("{} %", (value * 100).round(1))
    elif name == Prediction.next_order_date:
        rounded = value.cast(pl.String)
    ends = _SPENDS.get(name)
    low, high = (pl.col(each).round(2) if ends else pl.lit(None) for each in ends or ("", ""))
    return some.select(
        Col.user_id,
        pl.lit(name).alias(_WHAT),
        rounded.alias(_VALUE),
        low.cast(pl.String).alias(_LOW),
        high.cast(pl.String).alias(_HIGH),
    )
