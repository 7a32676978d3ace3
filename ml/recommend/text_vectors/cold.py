"""For each shopper, the items that nobody bought yet and whose texts are nearest to what the shopper bought.

All sums are of whole numbers that float64 holds exactly: no score depends on the order of summation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import sparse

from ml.recommend.core.best import NO_OPINION, best_of
from ml.recommend.core.encoding import Ints, Matrix, Reals, Scores, distinct, rows_of
from ml.recommend.core.recency import ages
from ml.recommend.core.request import Request
from ml.recommend.text_vectors.vectors import TextVectors, cosines

_HALF_LIFE: Final = 90
"""Days after which a purchase counts half."""
_NEAREST: Final = 100
"""Bought texts that a text is compared with, the nearest."""
_SQUARINGS: Final = 4
"""A similarity counts as its 16th power: a likeness of .5 beside one of 1 is 1 in 65,536."""
_STEPS: Final = 65_536
_WEIGHT: Final = 1024
_AT_A_TIME: Final = 512


@dataclass(frozen=True, eq=False)
class ColdItems:
    """What to score: shoppers against items that nobody bought.

    Attributes:
        items: positions among the request's items, rising.
        text: of each the column of ``near``.
        taste: the request's users x bought texts: how much and how lately, a whole number.
        near: bought texts x texts of the items: the likeness, a whole number; 0 beyond the nearest.
        most: of each user the sum of the row of ``taste``.
    """

    items: Ints
    text: Ints
    taste: sparse.csr_matrix
    near: sparse.csr_matrix
    most: Reals

    @classmethod
    def of(cls, request: Request, known: TextVectors) -> ColdItems:
        """Of the request's items those without a purchase in its history; ``known`` has the texts of what was bought
        too. Items without a text are left out."""
        own = known.text[known.items.codes(request.items.vocabulary.ids)]  # every requested item is among the known
        cold = np.flatnonzero((request.item_codes < 0) & (own >= 0))
        asked = distinct(own[cold])
        taste = _taste(request, known)
        bought = distinct(taste.indices.astype(np.int64))
        near = _near(known, bought, asked)
        most = np.asarray(taste.sum(axis=1), dtype=np.float64).ravel()
        return cls(cold, np.searchsorted(asked, own[cold]), taste[:, bought], near, most)

    def scores(self, rows: slice) -> Scores:
        """Users of ``rows`` x ``items``: the mean likeness to what the shopper bought, weighted by how much and how
        lately; in (0, 1], or ``NO_OPINION`` where nothing bought is near."""
        by_text = np.asarray((self.taste[rows] @ self.near).todense(), dtype=np.float64)
        share = by_text / np.maximum(self.most[rows, None], 1.0) / _STEPS
        return np.where(share > 0, share, NO_OPINION).astype(np.float32)[:, self.text]


def _taste(request: Request, known: TextVectors) -> sparse.csr_matrix:
    """The request's users x texts: log2(1 + decayed purchases), in 1024ths; whole numbers as float64."""
    encoded = request.history.encoded
    text = np.append(known.text, -1)[known.items.codes(encoded.items.ids)][encoded.item]
    weight = np.rint(_WEIGHT * np.exp2(-ages(request.history, request.as_of) / _HALF_LIFE))
    said = text >= 0
    shape = (len(encoded.users), len(known.vectors))
    summed = sparse.coo_matrix((weight[said], (encoded.user[said], text[said])), shape=shape).tocsr()
    summed.data = np.rint(_WEIGHT * np.log2(1 + summed.data / _WEIGHT))
    summed.eliminate_zeros()
    return rows_of(summed, request.user_rows)


def _near(known: TextVectors, bought: Ints, asked: Ints) -> Matrix:
    """``bought`` texts x ``asked`` texts (positions in ``known``), of each asked one the nearest bought ones."""
    rows, columns, values = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for start in range(0, len(asked), _AT_A_TIME):
        part = slice(start, start + _AT_A_TIME)
        like = np.maximum(cosines(known.vectors[asked[part]], known.vectors[bought]), 0.0)
        for _ in range(_SQUARINGS):
            like *= like
        steps = np.rint(_STEPS * like)
        top = best_of(np.where(steps > 0, steps, NO_OPINION).astype(np.float32), _NEAREST)
        rows.append(top.column)
        columns.append(top.row + start)
        values.append(steps[top.row, top.column])
    cells = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
    return sparse.csr_matrix(cells, shape=(len(bought), len(asked)))
