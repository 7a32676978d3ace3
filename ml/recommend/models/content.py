"""Content-based: items similar in attributes and texts to those a shopper bought; also for items nobody bought yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.core.attributes import BLOCKS, Columns
from ml.recommend.core.base import Base, TrainingData
from ml.recommend.core.best import NO_OPINION
from ml.recommend.core.encoding import Floats, Ints, Matrix, Scores, Vocabulary, on_columns
from ml.recommend.core.factors import profiles_of
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.parameters import OneOf, Space
from ml.recommend.core.recency import share_of_buyers
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer

_SHOPPERS = 500
_NEGATIVES = 4
_FEW = 200
_LEAST = 1e-3


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The fitted items' attributes (``content``: items x columns, unweighted) and a weight per block."""

    items: Vocabulary
    names: Vocabulary
    idf: Floats
    content: Matrix
    block: Ints
    weights: NDArray[np.float64]


@dataclass
class Content(Base[Catalogue]):
    """Score: mean similarity of the item to the shopper's purchases; similarity is a weighted mean over blocks.

    A block is an attribute (similarity 1 if equal, else 0) or the texts (cosine of their TF-IDF). The weights are the
    coefficients of a logistic regression, clipped at 0 and normalised to sum 1: it separates items that a shopper
    bought for the first time in the last ``horizon`` days from random items that others bought. Popularity breaks ties.
    """

    name: ClassVar[str] = "content"
    state_type: ClassVar[type[Any]] = Catalogue
    space: ClassVar[Space] = {"horizon": OneOf(14, 21, 28, 42)}
    horizon: int = 28
    seed: int = 20171203

    def _learn(self, data: TrainingData) -> Catalogue:
        columns = Columns.of(data.items)
        blocks = columns.blocks(data.items)
        weights = _learned(data, blocks, self.horizon, self.seed)
        content = sum(blocks.values(), start=sparse.csr_matrix((len(data.items.frame), len(columns.names))))
        starts = columns.names.ids.str.extract(r"^([^=]+)=").to_list()
        block = np.array([BLOCKS.index(name) for name in starts], dtype=np.int64)
        vocabulary = data.items.vocabulary
        return Catalogue(vocabulary, columns.names, columns.idf, content.astype(np.float32).tocsr(), block, weights)

    def _scorer(self, state: Catalogue, request: Request) -> Scorer:
        scale = sparse.diags(np.sqrt(state.weights[state.block])).astype(np.float32)
        profiles = profiles_of(request, state.items)
        total = np.maximum(profiles.sum(axis=1).A1, 1e-12)
        tastes = (sparse.diags(1.0 / total).astype(np.float32) @ profiles @ state.content @ scale).tocsr()
        blocks = Columns(state.names, state.idf).blocks(request.items)
        eligible = (sum(blocks.values()) @ scale).tocsr()
        popular = np.maximum(share_of_buyers(request), 0.0) * np.float32(_LEAST)
        strangers = tastes.getnnz(axis=1) == 0

        def score(users: slice) -> Scores:
            block = np.ascontiguousarray((eligible @ tastes[users].T.toarray()).T, dtype=np.float32)
            block[block <= 0] = NO_OPINION
            block += popular
            block[strangers[users]] = NO_OPINION
            return block

        return score


def _learned(data: TrainingData, blocks: dict[str, Matrix], horizon: int, seed: int) -> NDArray[np.float64]:
    """A weight ≥ 0 per block, summing to one; equal ones where there is too little to learn from."""
    from sklearn.linear_model import LogisticRegression

    equal = np.full(len(BLOCKS), 1.0 / len(BLOCKS))
    cut = data.as_of - timedelta(days=horizon)
    before, later = data.history.until(cut), data.history.after(cut, horizon)
    user, item, first = _examples(before, later, data.items, seed)
    if first.sum() < _FEW:
        return equal
    profiles = on_columns(before.encoded.counts.log1p(), before.encoded.items, data.items.vocabulary)
    unit = sparse.diags(1.0 / np.maximum(profiles.sum(axis=1).A1, 1e-12)).astype(np.float32) @ profiles
    alike = [_products((unit @ block).tocsr(), block, user, item) for block in blocks.values()]
    weights = LogisticRegression(max_iter=200).fit(np.column_stack(alike), first).coef_[0].clip(min=0.0)
    return np.asarray(weights / weights.sum()) if weights.sum() > 0 else equal


def _examples(
    before: Interactions, later: Interactions, items: Items, seed: int
) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Shoppers (rows of ``before``), items (rows of ``items``) and whether the shopper bought it first in ``later``."""
    draw = np.random.default_rng(seed)
    shopper = before.encoded.users.codes(later.encoded.users.ids)[later.encoded.user]
    item = items.vocabulary.codes(later.encoded.items.ids)[later.encoded.item]
    width = np.int64(max(len(items.frame), 1))
    known_item = items.vocabulary.codes(before.encoded.items.ids)[before.encoded.item]
    earlier = before.encoded.user * width + known_item
    usable = (shopper >= 0) & (item >= 0)
    fresh = np.setdiff1d(np.unique(shopper[usable] * width + item[usable]), earlier)
    chosen = draw.permutation(len(before.encoded.users))[:_SHOPPERS]
    fresh = fresh[np.isin(fresh // width, chosen)]
    other = draw.choice(item[usable], len(fresh) * _NEGATIVES) if len(fresh) else fresh
    drawn = np.setdiff1d(np.repeat(fresh // width, _NEGATIVES) * width + other, np.concatenate([earlier, fresh]))
    keys = np.concatenate([fresh, drawn])
    return keys // width, keys % width, np.arange(len(keys)) < len(fresh)


def _products(left: Matrix, right: Matrix, rows: Ints, columns: Ints) -> NDArray[np.float64]:
    """The product of row ``rows[i]`` of ``left`` and row ``columns[i]`` of ``right``, for every i."""
    step = 100_000
    parts = [
        left[rows[start : start + step]].multiply(right[columns[start : start + step]]).sum(axis=1).A1
        for start in range(0, len(rows), step)
    ]
    return np.concatenate(parts).astype(np.float64)
