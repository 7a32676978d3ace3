"""RFM classes: recency against the mean of frequency and monetary score, in fifths of the buyers.

The grid is the usual one of five by five (scores: Hughes 1994; names: CleverTap's and Putler's grids). Every class is a
rectangle of it, so that one sentence says its rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ml.audiences.segments.behaviour import NO_PURCHASE, NOBODY, NOTHING
from ml.audiences.segments.columns import Known
from ml.words import Words

FIFTHS: Final = 5
SCORES: Final = (Known.recency_score, Known.frequency_score, Known.monetary_score)


@dataclass(frozen=True)
class RfmClass:
    """A class: recency scores and levels of the habit, each from and to, inclusive.

    The level of the habit is the mean of frequency and monetary score, halves rounded up.
    """

    segment_id: str
    name: Words
    recency: tuple[int, int]
    habit: tuple[int, int]

    @property
    def rule(self) -> Words:
        """Who is in it, as a sentence."""
        least, most = (max(2 * self.habit[0] - 1, 2), 2 * self.habit[1])
        recency = [str(score) for score in range(self.recency[0], self.recency[1] + 1)]
        english, chinese = (str(least), str(least)) if least == most else (f"{least} to {most}", f"{least} 到 {most}")
        return Words(
            f"Recency score {' or '.join(recency)}; frequency and monetary score add up to {english}.",
            f"近度得分 {' 或 '.join(recency)}；频度与金额得分之和为 {chinese}。",
        )


CLASSES: Final = (
    RfmClass("champions", Words("Champions", "冠军顾客"), (5, 5), (4, 5)),
    RfmClass("loyal", Words("Loyal", "忠诚顾客"), (3, 4), (4, 5)),
    RfmClass("potential_loyalist", Words("Potential loyalists", "潜在忠诚顾客"), (4, 5), (2, 3)),
    RfmClass("new", Words("New customers", "新顾客"), (5, 5), (1, 1)),
    RfmClass("promising", Words("Promising", "有潜力的顾客"), (4, 4), (1, 1)),
    RfmClass("need_attention", Words("Need attention", "需要关注"), (3, 3), (3, 3)),
    RfmClass("about_to_sleep", Words("About to sleep", "即将沉睡"), (3, 3), (1, 2)),
    RfmClass("cant_lose", Words("Can't lose them", "不能失去"), (1, 2), (5, 5)),
    RfmClass("at_risk", Words("At risk", "有流失风险"), (1, 2), (3, 4)),
    RfmClass("hibernating", Words("Hibernating", "沉睡中"), (2, 2), (1, 2)),
    RfmClass("lost", Words("Lost", "已流失"), (1, 1), (1, 2)),
)
IDS: Final = (*(each.segment_id for each in CLASSES), NO_PURCHASE)
NAMES: Final = {**{each.segment_id: each.name for each in CLASSES}, NO_PURCHASE: NOBODY}
RULES: Final = {**{each.segment_id: each.rule for each in CLASSES}, NO_PURCHASE: NOTHING}


def classes_of(shoppers: pl.DataFrame) -> pl.Series:
    """The class of every row."""
    recency, frequency, monetary = (shoppers[name].fill_null(0).cast(pl.Int64).to_numpy() for name in SCORES)
    return pl.Series(np.array(IDS, dtype=object)[_GRID[recency, frequency, monetary]].tolist(), dtype=pl.String)


def classes_at(
    recency: NDArray[np.int64], frequency: NDArray[np.int64], monetary: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The index in ``IDS`` of every triple of scores; a score of 0 is none."""
    return np.asarray(_GRID[recency, frequency, monetary])


def _grid() -> NDArray[np.int64]:
    """By recency, frequency and monetary score the index in ``IDS``; beside the scores, no purchase."""
    grid = np.full((FIFTHS + 1,) * 3, len(CLASSES), dtype=np.int64)
    recency, frequency, monetary = np.indices(grid.shape)
    habit, scored = (frequency + monetary + 1) // 2, np.minimum(np.minimum(recency, frequency), monetary) > 0
    for number, each in enumerate(CLASSES):
        inside = [
            (level >= low) & (level <= high) for level, (low, high) in ((recency, each.recency), (habit, each.habit))
        ]
        grid[scored & inside[0] & inside[1]] = number
    return grid


_GRID: Final = _grid()
