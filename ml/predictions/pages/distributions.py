"""How predictions are distributed over the customers of a day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from ml.charts.kinds import Bin, histogram
from ml.documents import Chart, Figure, Section
from ml.predictions.columns import Prediction
from ml.predictions.words import TARGETS
from ml.words import Words, said

CUSTOMERS: Final = Words("Customers", "顾客数")
_BINS: Final = 20
_UPPER: Final = 0.98
"""Histograms of amounts end there; the last bin holds everybody beyond as well."""
_QUANTILES: Final = (0.1, 0.25, 0.5, 0.75, 0.9)
_CHANCES: Final = (Prediction.purchase_7d, Prediction.purchase_28d, Prediction.churn)
_AMOUNTS: Final = (Prediction.orders_28d, Prediction.orders_90d, Prediction.spend_28d, Prediction.spend_90d)
_DRAWN: Final = (Prediction.purchase_28d, Prediction.churn, Prediction.spend_90d, Prediction.spend_365d)


def at_a_glance(table: pl.DataFrame, served: Figure) -> Section:
    """Totals, and what predicted them."""
    return Section(Words("At a glance", "概览"), figures=(*_totals(table), served), name="now")


def distributions(table: pl.DataFrame) -> Section:
    """Histograms, and quantiles of every predicted figure."""
    charts = []
    for name in _DRAWN:
        title = TARGETS[name]
        description = Words(f"{said(title)}: how many customers.", f"{said(title, 'zh')}：顾客数分布。")
        form = ".0%" if name in _CHANCES else "~s"
        charts.append(Chart(histogram(_bins(table[name], name), title, CUSTOMERS, form), description))
    numeric = (
        *(Words("Sum", "合计"), "10 %", "25 %"),
        *(Words("Median", "中位数"), "75 %", "90 %"),
    )
    text = Words(
        "Amounts are in the shop's currency; their charts end where 98 of 100 customers lie, the last bar holds those "
        "beyond. In the table the sum of probabilities is the expected number of customers.",
        "金额以商店货币计；金额图止于 98% 的顾客，最后一根柱包含其余顾客。表中概率之和为预期顾客数。",
    )
    heading = Words("How customers differ", "顾客之间的差异")
    columns = (Words("Prediction", "预测"), *numeric)
    rows = tuple(_quantiles(table, name) for name in (*_CHANCES, *_AMOUNTS, Prediction.spend_365d))
    return Section(heading, text, columns, rows, frozenset(numeric), charts=tuple(charts), name="distributions")


def _totals(table: pl.DataFrame) -> Iterator[Figure]:
    count = len(table)
    yield Figure(Words("Customers", "顾客"), f"{count:,}", Words("have a prediction", "位有预测"), "data.html")
    buying = float(table[Prediction.purchase_28d].sum())
    note = Words(f"{buying / count:.0%} of the customers, expected", f"预期占顾客的 {buying / count:.0%}")
    yield Figure(Words("Buy within 28 days", "28 天内购买"), f"{buying:,.0f}", note, "#distributions")
    lost = int((table[Prediction.churn] > 0.5).sum())
    note = Words("churn is likelier than not", "流失概率过半")
    yield Figure(Words("Probably lost", "可能流失"), f"{lost:,}", note, "#distributions")
    spend, usual = float(table[Prediction.spend_90d].sum()), float(table[Prediction.spend_90d].median() or 0)  # type: ignore[arg-type]
    note = Words(f"expected; the median customer {usual:,.0f}", f"预期；顾客中位数 {usual:,.0f}")
    yield Figure(Words("Spend in 90 days", "90 天内消费"), f"{spend:,.0f}", note, "#distributions")


def _bins(values: pl.Series, name: str) -> list[Bin]:
    """Of equal width, from 0."""
    top = 1.0 if name in _CHANCES else max(float(values.quantile(_UPPER, "higher") or 0), 1e-6)
    counts, edges = np.histogram(np.clip(values.to_numpy(), 0.0, top), bins=_BINS, range=(0.0, top))
    return [
        Bin(float(low), float(high), int(count)) for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]


def _quantiles(table: pl.DataFrame, name: str) -> tuple[Words | str, ...]:
    shares = [float(table[name].quantile(share, "linear") or 0) for share in _QUANTILES]
    cells = [f"{each:.1%}" if name in _CHANCES else f"{each:,.2f}" for each in shares]
    title = TARGETS[name]
    return (title, f"{float(table[name].sum()):,.0f}", *cells)
