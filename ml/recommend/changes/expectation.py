"""What shelves are expected to sell before and after, as a section: in all, and by group of shoppers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from ml.documents import Section
from ml.recommend.changes import words
from ml.recommend.changes.counted import LISTS, NUMBER
from ml.recommend.changes.expected import EXPECTED_AFTER, EXPECTED_BEFORE, JUDGED, REVENUE_AFTER, REVENUE_BEFORE
from ml.recommend.changes.groups import ALL, by_group
from ml.tables import Col
from ml.words import Text, Words

_BOUGHT: Final = (Words("purchases before", "之前购买"), Words("after", "之后"), Words("change", "变化"))
_REVENUE: Final = (
    Words("revenue before", "之前收入"),
    Words("revenue after", "之后收入"),
    Words("revenue change", "收入变化"),
)
_PRICES: Final = Words(
    " Revenue is probability x price, or the mean price paid where the catalogue has none, of one piece.",
    "收入为概率乘以单价；商品目录没有价格时用平均成交价。",
)


@dataclass(frozen=True, eq=False)
class Expectation:
    """What ``expected_purchases`` found, and how it is told.

    Attributes:
        found: a row for each list.
        groups: a row for each shopper; see ``groups_of``.
        depth: how many places of a list were judged.
        days: what the probabilities look ahead.
        judge: whose probabilities they are.
        has_prices: whether revenue is told.
    """

    found: pl.DataFrame
    groups: pl.DataFrame | None
    depth: int
    days: int
    judge: Words
    has_prices: bool

    def sections(self) -> Iterator[Section]:
        """Means per shelf: everybody's, then those of the groups."""
        columns = (*words.GROUPED, NUMBER, *_BOUGHT, *(_REVENUE if self.has_prices else ()), words.SHARE_JUDGED)
        numbers = frozenset(columns[3:])
        everybody = tuple(self._everybody())
        yield Section(
            Words("Expected purchases", "预期购买"), self._text(), columns, everybody, numbers, name="expected"
        )
        if groups := tuple(self._grouped()):
            heading = Words("Expected purchases, for whom", "各类顾客的预期购买")
            yield Section(heading, "", columns, groups, numbers, name="expected-groups", folded=True)

    def _text(self) -> Words:
        prices = _PRICES if self.has_prices else Words("", "")
        return Words(
            f"Of a shelf's first {self.depth} items, within {self.days} days, as {self.judge.en} judges both; an item "
            f"that it did not judge counts nothing. Means per shelf.{prices.en}",
            f"每个货架前 {self.depth} 个商品在 {self.days} 天内的预期购买，两边均按{self.judge.zh}评估；"
            f"未评估的商品不计。为每个货架的均值。{prices.zh}",
        )

    def _everybody(self) -> Iterator[tuple[Text, ...]]:
        means = self.found.group_by(Col.placement).agg(*self._means()).sort(Col.placement)
        for placement, *rest in means.iter_rows():
            yield (*words.grouped(placement, ALL, ""), *_cells(rest))

    def _grouped(self) -> Iterator[tuple[Text, ...]]:
        if self.groups is not None:
            for row in by_group(self.found, self.groups, self._means()):
                yield (*words.grouped(*row[:3]), *_cells(row[3:]))

    def _means(self) -> list[pl.Expr]:
        sides = (EXPECTED_BEFORE, EXPECTED_AFTER, *((REVENUE_BEFORE, REVENUE_AFTER) if self.has_prices else ()))
        return [pl.len().alias(LISTS), *(pl.col(name).mean() for name in (*sides, JUDGED))]


def _cells(row: Sequence[float]) -> Iterator[str]:
    """The number of shelves, then before, after and change of each figure, then the share of items judged."""
    lists, *figures, judged = row
    yield f"{lists:,}"
    for before, after in zip(figures[::2], figures[1::2], strict=True):
        yield from (f"{before:.3f}", f"{after:.3f}", f"{after - before:+.3f}")
    yield f"{judged:.1%}"
