"""Item embeddings: a truncated SVD of the item x shopper matrix."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, svds
from threadpoolctl import threadpool_limits

from ml.recommend.core.encoding import Floats
from ml.recommend.similar_items.item_pairs import Codes

_AXES: Final = 32
_AT_A_TIME: Final = 200_000


def latent_vectors(times: sparse.csr_matrix, axes: int = _AXES) -> Floats:
    """Items x axes, float32; each row has L2 norm 1, or 0 if the item has no component on any axis.

    The matrix is log(1 + ``times``) (items x shoppers). Each shopper's column is divided by the square root of the
    number of items they bought, so that shoppers who buy everything do not dominate; rows are centred. SciPy's ARPACK
    gets a fixed start vector and BLAS one thread: equal input gives equal vectors.
    """
    rank = min(axes, min(times.shape) - 1)
    if rank < 1:
        return np.zeros((times.shape[0], 1), dtype=np.float32)
    breadth = np.sqrt(np.maximum(np.bincount(times.indices, minlength=times.shape[1]), 1))
    weighted = (times.astype(np.float64).log1p() @ sparse.diags(1 / breadth)).tocsr()
    turned, mean = weighted.T.tocsr(), np.asarray(weighted.mean(axis=1)).ravel()
    centred = LinearOperator(
        weighted.shape,
        matvec=lambda shoppers: weighted @ shoppers.ravel() - mean * shoppers.sum(),
        rmatvec=lambda items: turned @ items.ravel() - mean @ items.ravel(),
        dtype=np.float64,
    )
    start = np.random.default_rng(0).standard_normal(min(times.shape))
    with threadpool_limits(1, user_api="blas"):
        left, sizes, _ = svds(centred, k=rank, v0=start)
    vectors = left * sizes
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1), dtype=np.float32)


def cosines(vectors: Floats, first: Codes, second: Codes) -> Floats:
    """The cosine of each pair of rows of unit-length ``vectors``."""
    angles = np.empty(len(first), dtype=np.float32)
    for start in range(0, len(first), _AT_A_TIME):
        part = slice(start, start + _AT_A_TIME)
        angles[part] = np.einsum("ij,ij->i", vectors[first[part]], vectors[second[part]])
    return angles
