"""Nearest neighbours among shoppers, as a sparse matrix of similarities; computed a block of rows at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from scipy import sparse

from ml.recommend.core.best import NO_OPINION, best_of
from ml.recommend.core.encoding import Floats, Ints, Matrix, Scores, Vocabulary
from ml.recommend.core.shopper_sample import places
from ml.recommend.core.topk import blocks

_SEARCHED: Final = 5_000
"""Shoppers among whom neighbours are searched; twice as many as the demo shop has."""


def searched(users: Vocabulary, most: int | None = None) -> Ints:
    """Sorted positions of the shoppers among whom neighbours are searched: all, or of more than ``most`` a sample.

    So a shopper's list costs the same in a shop of any size.
    """
    most = most or _SEARCHED
    if len(users) <= most:
        return np.arange(len(users))
    return np.sort(np.argsort(places(users.ids), kind="stable")[:most])


def nearest(rows: Ints, others: Ints, everybody: int, k: int, similarity: Callable[[Ints], Scores]) -> Matrix:
    """CSR matrix (rows x all shoppers) of the k highest positive similarities of each row, self excluded.

    Args:
        rows: positions of shoppers in the history; -1 (an unknown shopper) has no neighbours.
        others: sorted positions of the shoppers who may be neighbours (see ``searched``).
        everybody: the number of shoppers in the history.
        k: the most neighbours of a row.
        similarity: gives a new dense block (given rows x ``others``) that may be written to.
    """
    known = np.flatnonzero(rows >= 0)
    if not len(known) or not everybody:
        return sparse.csr_matrix((len(rows), everybody), dtype=np.float32)
    column_of = np.full(everybody, -1)
    column_of[others] = np.arange(len(others))
    pieces = [
        _nearest(rows[known[piece]], known[piece], column_of, k, similarity)
        for piece in blocks(len(known), len(others))
    ]
    row, column, score = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
    return sparse.csr_matrix((score, (row, others[column])), shape=(len(rows), everybody))


def _nearest(
    rows: Ints, at: Ints, column_of: Ints, k: int, similarity: Callable[[Ints], Scores]
) -> tuple[Ints, Ints, Floats]:
    """Row, column and similarity of the chosen cells of a block; ``at`` holds each row's position in the result."""
    block = similarity(rows)
    own = column_of[rows]
    among = np.flatnonzero(own >= 0)
    block[among, own[among]] = NO_OPINION
    block[block <= 0] = NO_OPINION
    top = best_of(block, k)
    return at[top.row], top.column, top.score.astype(np.float32)


def themselves(rows: Ints, everybody: int) -> Matrix:
    """CSR matrix (rows x all shoppers) with a 1 where the column is the row's own shopper; a row of -1 stays empty."""
    known = np.flatnonzero(rows >= 0)
    cells = (np.ones(len(known), dtype=np.float32), (known, rows[known]))
    return sparse.csr_matrix(cells, shape=(len(rows), everybody))
