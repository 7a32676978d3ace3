"""Substitutes (bought instead of each other) and complements (bought together more often than expected).

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
from scipy import sparse

from ml.recommend.core.encoding import Ints
from ml.recommend.similar_items.item_pairs import Codes, Margins, Pairs, Reals, matrix
from ml.recommend.similar_items.purchases import Purchases, dense
from ml.recommend.similar_items.row_products import row_products

SUBSTITUTE: Final = "substitute"
COMPLEMENT: Final = "complement"

_SELDOM: Final = 0.7
_OFTEN: Final = 2.0
"""Any two items share half as many baskets again as expected (1.5 on the demo shop), as baskets differ in size."""
_SURELY: Final = 1.645
_LEAST_EXPECTED: Final = 1.0


@dataclass(frozen=True, eq=False)
class Rhythm:
    """Purchase frequencies of items by shopper, from which expected numbers of common baskets follow.

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
    def of(cls, bought: Purchases, kinds: Ints) -> Rhythm:
        """The frequencies of a history; ``kinds`` has a product type code per item."""
        times = bought.times
        values = times.data / np.sqrt(bought.baskets[times.indices])
        shares = sparse.csr_matrix((values, times.indices, times.indptr), shape=times.shape)
        return cls(kinds, shares, bought.users)

    def complements(self, together: Pairs) -> Pairs:
        """Pairs of different product types that share at least twice as many baskets as expected.

        Score: observed / expected, with the lower end of a Poisson interval of the observed number, so that a few
        baskets are no evidence.
        """
        first, second = self.kinds[together.item], self.kinds[together.related]
        sure = together.support - _SURELY * np.sqrt(together.support)
        possible = (first != second) & (first >= 0) & (second >= 0) & (sure >= _OFTEN * _LEAST_EXPECTED - 0.01)
        apart, sure = together.where(possible), sure[possible]
        score = (sure / np.maximum(self.expected(apart.item, apart.related), _LEAST_EXPECTED)).round(4)
        return Pairs(apart.item, apart.related, score, apart.support).where(score >= _OFTEN)

    def substitutes(self, bought: Purchases, least: int) -> Pairs:
        """Pairs of one product type that at least ``least`` shoppers bought both of, but seldom in one basket.

        The lift over shoppers is above 1. Score: 1 - observed / expected baskets; support counts shoppers.
        """
        pairs = self._of_one_kind(bought, least)
        pairs = pairs.where(self.buyers.lift(pairs) > 1)
        expected = self.expected(pairs.item, pairs.related)
        score = (1 - _ratio(self._seen(bought, pairs), expected)).round(4)
        return Pairs(pairs.item, pairs.related, score, pairs.support).where(score >= round(1 - _SELDOM, 4))

    @property
    def buyers(self) -> Margins:
        """The number of shoppers of each item, and of all shoppers."""
        return Margins(np.diff(self.shares.indptr), self.shoppers)

    def expected(self, item: Codes, related: Codes) -> Reals:
        """Expected number of baskets with both items of each pair if they were independent within each shopper."""
        return row_products(self.shares, item, related)

    def _of_one_kind(self, bought: Purchases, least: int) -> Pairs:
        """Pairs of one product type that at least ``least`` shoppers bought both of, each once, and how many did.

        Shoppers are taken apart by product type, so that products meet only items of one type.
        """
        by_shopper = bought.times.T.tocsr()
        shopper = np.repeat(np.arange(bought.users, dtype=np.int32), np.diff(by_shopper.indptr))
        buyers = self._by_kind(by_shopper.indices, shopper)
        both = (buyers @ buyers.T).tocoo()
        kept = np.flatnonzero((both.data >= least) & (both.row < both.col))
        return Pairs(both.row[kept], both.col[kept], np.zeros(len(kept)), both.data[kept])

    def _seen(self, bought: Purchases, pairs: Pairs) -> Reals:
        """The number of baskets with both items of each pair; pairs are of one product type."""
        if not len(pairs.item):  # SciPy's answer to no cells is no array
            return np.empty(0)
        paired = np.zeros(bought.items, dtype=np.bool_)
        paired[pairs.item] = paired[pairs.related] = True
        kept = paired[bought.item]
        held = self._by_kind(bought.item[kept], bought.basket[kept])
        return np.asarray((held @ held.T)[pairs.item, pairs.related], dtype=np.float64).ravel()

    def _by_kind(self, item: Codes, column: Codes) -> sparse.csr_matrix:
        """CSR matrix of items x (column, product type) pairs, 1 in each cell; items without a type are left out.

        Fast where the columns are in order, as shoppers and baskets are in a history.
        """
        typed = np.flatnonzero(self.kinds[item] >= 0)
        apart, keys = dense(column[typed].astype(np.int64) << 32 | self.kinds[item[typed]])
        return matrix(item[typed], apart, np.ones(len(typed), dtype=np.int32), len(self.kinds), len(keys))


def _ratio(seen: Reals, expected: Reals) -> Reals:
    """(seen + 1) / (expected + 1): the added basket keeps the ratio near 1 where little is expected."""
    return np.asarray((seen + 1) / (expected + 1))
