"""Who changed most within a week: both days judged with the day's own model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from ml.documents import Cell, Figure, Section
from ml.predictions.columns import Prediction
from ml.predictions.words import TARGETS
from ml.tables import Col
from ml.words import Words

COMPARED: Final = 7
"""Days before the day."""
_MOST: Final = 10
_MOVED: Final = 0.1
_THEN, _CHANGE = "then", "change"
_SHOWN: Final = (Prediction.purchase_28d, Prediction.churn, Prediction.spend_90d)


def changed(before: pl.DataFrame, now: pl.DataFrame) -> Iterator[Section]:
    """Those whose probability of a purchase rose most, and fell most; none where a week before is unknown."""
    if before.is_empty():
        return
    columns = [pl.col(name).alias(f"{_THEN} {name}") for name in _SHOWN]
    both = now.select(Col.user_id, *_SHOWN).join(before.select(Col.user_id, *columns), on=Col.user_id)
    moved = both.with_columns((pl.col(_SHOWN[0]) - pl.col(f"{_THEN} {_SHOWN[0]}")).alias(_CHANGE))
    risen = moved.filter(pl.col(_CHANGE) > 0).sort(_CHANGE, Col.user_id, descending=[True, False]).head(_MOST)
    fallen = moved.filter(pl.col(_CHANGE) < 0).sort(_CHANGE, Col.user_id).head(_MOST)
    numeric = tuple(TARGETS[name] for name in _SHOWN)
    text = Words(
        "The probability of a purchase in 28 days, by the model of this day: of the customers as known a week ago, and "
        "as known now. Who rose most comes first, then who fell most; by how many points of a hundred.",
        "28 天内购买概率，均用当天的模型：分别基于一周前与现在所知的情况。先列上升最多者，再列下降最多者（百分点）。",
    )
    rows = tuple(_row(row) for part in (risen, fallen) for row in part.iter_rows(named=True))
    yield Section(
        Words("Who changed most in a week", "一周内变化最大的顾客"),
        text,
        (Words("Customer", "顾客"), _DIRECTION, *numeric),
        rows,
        frozenset(numeric),
        figures=tuple(_counts(moved, len(now) - len(both))),
        name="changed",
    )


_DIRECTION: Final = Words("Points", "百分点")


def _counts(moved: pl.DataFrame, new: int) -> Iterator[Figure]:
    up, down = int((moved[_CHANGE] >= _MOVED).sum()), int((moved[_CHANGE] <= -_MOVED).sum())
    points = Words("by ten points or more", "变化达十个百分点以上")
    yield Figure(Words("Likelier to buy", "更可能购买"), f"{up:,}", points)
    yield Figure(Words("Less likely to buy", "更不可能购买"), f"{down:,}", points)
    yield Figure(Words("New customers", "新顾客"), f"{new:,}", Words("had not bought a week ago", "一周前尚未购买"))


def _row(row: dict[str, float | str]) -> tuple[Cell, ...]:
    change = float(row[_CHANGE])
    cells = (f"{_shown(name, row[f'{_THEN} {name}'])} → {_shown(name, row[name])}" for name in _SHOWN)
    return (str(row[Col.user_id]), f"{'▲' if change > 0 else '▼'} {abs(change) * 100:.1f}", *cells)


def _shown(name: str, value: float | str) -> str:
    return format(value, ",.0f" if name == Prediction.spend_90d else ".1%")
