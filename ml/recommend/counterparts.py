"""Substitutes and complements: bought instead of one another, or along with one another.

Both are told by the shopper's own rhythm. A shopper with D baskets who bought one item in a of them and another in b
would hold both in a x b / D baskets if the two had nothing to do with each other; summed over shoppers that is what is
expected of people of this taste, however alike or different the two items' buyers are. Baskets that hold both, as a
share of the expected ones, say the rest: far fewer of the same product type are substitutes, surely more of another
product type are complements. (McAuley, Pandey and Leskovec, KDD 2015, tell the two apart by views and purchases; a
shop of receipts has baskets.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from scipy import sparse

from ml.recommend.encoding import Ints
from ml.recommend.relations import Margins, Pairs, Reals, matrix

SUBSTITUTE: Final = "substitute"
COMPLEMENT: Final = "complement"

_SELDOM: Final = 0.7
_OFTEN: Final = 2.0
"""Any two items share half as many baskets again as expected (1.5 on the demo shop), as baskets differ in size."""
_SURELY: Final = 1.645
_LEAST_EXPECTED: Final = 1.0
_AT_A_TIME: Final = 20_000


@dataclass(frozen=True, eq=False)
class Rhythm:
    """How often shoppers buy what.

    Attributes:
        kinds: the product type of each item as a code; -1 is none.
        shares: items x shoppers: baskets with the item over the root of all the shopper's baskets, so that a product
            of two rows is the expected number of baskets with both.
        shoppers: how many shoppers there are.
    """

    kinds: Ints
    shares: sparse.csr_matrix
    shoppers: int

    @classmethod
    def of(cls, days: pl.DataFrame, kinds: Ints) -> Rhythm:
        """The rhythm of a history of user and item codes and days, one row each."""
        baskets = days.select("user", "day").unique().group_by("user").len("baskets")
        pairs = days.group_by("item", "user").len("times").join(baskets, on="user").sort("item", "user")
        values = pairs["times"].to_numpy() / np.sqrt(pairs["baskets"].to_numpy())
        shares = matrix(pairs["item"].to_numpy(), pairs["user"].to_numpy(), values, len(kinds))
        return cls(kinds, shares, len(baskets))

    def complements(self, together: Pairs) -> Pairs:
        """Of pairs that share baskets those of different types that surely share twice what is expected, or more.

        Score: seen over expected, by the lower end of its 95 % interval (Poisson), so that few baskets prove little.
        """
        first, second = self.kinds[together.item], self.kinds[together.related]
        apart = together.where((first != second) & (first >= 0) & (second >= 0))
        seen, expected = apart.support.astype(np.float64), self.expected(apart.item, apart.related)
        score = ((seen - _SURELY * np.sqrt(seen)) / np.maximum(expected, _LEAST_EXPECTED)).round(4)
        return Pairs(apart.item, apart.related, score, apart.support).where(score >= _OFTEN)

    def substitutes(self, days: pl.DataFrame, least: int) -> Pairs:
        """Pairs of one type that ``least`` shoppers bought both of, more than chance, but seldom in one basket.

        Score: one minus the share of expected baskets; support counts shoppers.
        """
        item, related, seen, both, expected = self._of_one_kind(days, least)
        score = (1 - _ratio(seen, expected)).round(4)
        pairs = Pairs(item, related, score, both)
        return pairs.where((self.buyers.lift(pairs) > 1) & (score >= round(1 - _SELDOM, 4)))

    @property
    def buyers(self) -> Margins:
        """How many shoppers bought each item, of all."""
        return Margins(np.diff(self.shares.indptr).astype(np.int64), self.shoppers)

    def expected(self, item: Ints, related: Ints) -> Reals:
        """Baskets with both items if they had nothing to do with each other."""
        starts = range(0, len(item), _AT_A_TIME)
        parts = [
            self.shares[item[at : at + _AT_A_TIME]].multiply(self.shares[related[at : at + _AT_A_TIME]]).sum(axis=1).A1
            for at in starts
        ]
        return np.concatenate(parts) if parts else np.empty(0)

    def _of_one_kind(self, days: pl.DataFrame, least: int) -> tuple[Ints, Ints, Reals, Ints, Reals]:
        """Item and related item; baskets seen with both; shoppers of both; baskets expected. In the order of item.

        Shoppers and baskets are taken apart by product type, so that products meet only items of one type.
        """
        typed = days.with_columns(kind=pl.Series(self.kinds[days["item"].to_numpy()])).filter(pl.col("kind") >= 0)
        none = np.empty(0, dtype=np.int64)
        if typed.is_empty():
            return none, none, np.empty(0), none, np.empty(0)
        cells = self.shares.tocoo()
        of_shopper = np.unique(cells.col * np.int64(self.kinds.max() + 2) + self.kinds[cells.row], return_inverse=True)[
            1
        ]
        shares = sparse.csr_matrix((cells.data, (cells.row, of_shopper)))
        bought = sparse.csr_matrix((np.ones(len(cells.data), dtype=np.int64), (cells.row, of_shopper)))
        of_basket = typed.select(pl.struct("user", "day", "kind").rank("dense")).to_series().to_numpy() - 1
        held = matrix(typed["item"].to_numpy(), of_basket, np.ones(len(typed), dtype=np.int64), len(self.kinds))
        both = (bought @ bought.T).tocoo()
        kept = (both.data >= least) & (both.row != both.col) & (self.kinds[both.row] >= 0)
        item, related, shoppers = both.row[kept].astype(np.int64), both.col[kept].astype(np.int64), both.data[kept]
        order = np.lexsort((related, item))
        item, related, shoppers = item[order], related[order], shoppers[order]
        if not len(item):  # a shop's first days; SciPy's answer to no cells is no array
            return none, none, np.empty(0), none, np.empty(0)
        seen, expected = (np.asarray((left @ left.T)[item, related]).ravel() for left in (held, shares))
        return item, related, seen.astype(np.float64), shoppers, expected


def _ratio(seen: Reals, expected: Reals) -> Reals:
    """Seen over expected, one basket added to both: where little is expected, little is proven."""
    return np.asarray((seen + 1) / (expected + 1))
