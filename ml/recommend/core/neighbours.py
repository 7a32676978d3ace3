"""Nearest neighbours among shoppers, as a sparse matrix of similarities; computed a block of rows at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from ml.recommend.core.best import NO_OPINION, best_of
from ml.recommend.core.encoding import Floats, Ints, Matrix, Scores
from ml.recommend.core.topk import blocks


def nearest(rows: Ints, everybody: int, k: int, similarity: Callable[[Ints], Scores]) -> Matrix:
    """CSR matrix (rows x all shoppers) of the k highest positive similarities of each row, self excluded.

    Args:
        rows: positions of shoppers in the history; -1 (an unknown shopper) has no neighbours.
        everybody: the number of shoppers in the history.
        k: the most neighbours of a row.
        similarity: gives a new dense block (given rows x all shoppers) that may be written to.
    """
    known = np.flatnonzero(rows >= 0)
    if not len(known) or not everybody:
        return sparse.csr_matrix((len(rows), everybody), dtype=np.float32)
    pieces = [_nearest(rows[known[piece]], known[piece], k, similarity) for piece in blocks(len(known), everybody)]
    row, column, score = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
    return sparse.csr_matrix((score, (row, column)), shape=(len(rows), everybody))


def _nearest(rows: Ints, at: Ints, k: int, similarity: Callable[[Ints], Scores]) -> tuple[Ints, Ints, Floats]:
    """Row, column and similarity of the chosen cells of a block; ``at`` holds each row's position in the result."""
    block = similarity(rows)
    block[np.arange(len(rows)), rows] = NO_OPINION
    block[block <= 0] = NO_OPINION
    top = best_of(block, k)
    return at[top.row], top.column, top.score.astype(np.float32)


def themselves(rows: Ints, everybody: int) -> Matrix:
    """CSR matrix (rows x all shoppers) with a 1 where the column is the row's own shopper; a row of -1 stays empty."""
    known = np.flatnonzero(rows >= 0)
    cells = (np.ones(len(known), dtype=np.float32), (known, rows[known]))
    return sparse.csr_matrix(cells, shape=(len(rows), everybody))
