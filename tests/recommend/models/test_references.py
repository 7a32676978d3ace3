"""Where a well-known library ranks by the same method, ours is as good: NDCG@10 within 2 % on the same split."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from implicit.cpu.als import AlternatingLeastSquares
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from ml.recommend.core.interactions import Items
from ml.recommend.core.protocol import Recommendations, Recommender
from ml.recommend.evaluation.judge import judge
from ml.recommend.evaluation.settings import NEW
from ml.recommend.evaluation.split import Split
from ml.recommend.models.als import ALS
from ml.recommend.models.item_cf import ItemBm25, ItemCosine, ItemTfidf
from ml.recommend.models.pure_svd import PureSVD
from ml.recommend.models.user_cf import UserCosine
from tests.recommend.conftest import AS_OF, random_shop

K = 10
NEIGHBOURS = 20
Reference = Callable[[sparse.csr_matrix], np.ndarray]
"""Users x items of log(1 + purchases) -> users x K of item codes, bought ones left out."""


def _by_implicit(model: object, **how: bool) -> Reference:
    def lists(log_counts: sparse.csr_matrix) -> np.ndarray:
        with warnings.catch_warnings(), threadpool_limits(1, user_api="blas"):
            warnings.simplefilter("ignore")
            model.fit(log_counts, show_progress=False)
            everybody = np.arange(log_counts.shape[0])
            return model.recommend(everybody, log_counts, N=K, filter_already_liked_items=True, **how)[0]

    return lists


def _by_scores(scores: Callable[[np.ndarray], np.ndarray]) -> Reference:
    def lists(log_counts: sparse.csr_matrix) -> np.ndarray:
        dense = log_counts.toarray().astype(np.float64)
        found = np.where(dense > 0, -np.inf, scores(dense))
        return np.argsort(-found, axis=1, kind="stable")[:, :K]

    return lists


def _nearest_users(dense: np.ndarray) -> np.ndarray:
    distance, who = NearestNeighbors(n_neighbors=NEIGHBOURS + 1, metric="cosine").fit(dense).kneighbors(dense)
    weights = np.zeros((len(dense), len(dense)))
    np.put_along_axis(weights, who, 1.0 - distance, axis=1)
    np.fill_diagonal(weights, 0.0)
    return weights @ dense


def _projected(dense: np.ndarray) -> np.ndarray:
    svd = TruncatedSVD(n_components=16, algorithm="arpack").fit(dense)
    return svd.inverse_transform(svd.transform(dense))


CASES: dict[str, tuple[Recommender, Reference]] = {
    "item_cosine, implicit": (ItemCosine(neighbours=NEIGHBOURS), _by_implicit(CosineRecommender(K=NEIGHBOURS))),
    "item_tfidf, implicit": (ItemTfidf(neighbours=NEIGHBOURS), _by_implicit(TFIDFRecommender(K=NEIGHBOURS))),
    "item_bm25, implicit": (ItemBm25(neighbours=NEIGHBOURS), _by_implicit(BM25Recommender(K=NEIGHBOURS))),
    "als, implicit": (
        ALS(factors=16, seed=7),
        # as of today's history, like a daily run; the library's own shoppers are half an iteration behind its items
        _by_implicit(
            AlternatingLeastSquares(16, regularization=0.01, alpha=1.0, iterations=15, random_state=7),
            recalculate_user=True,
        ),
    ),
    "user_cosine, scikit-learn": (UserCosine(neighbours=NEIGHBOURS), _by_scores(_nearest_users)),
    "pure_svd, scikit-learn": (PureSVD(factors=16), _by_scores(_projected)),
}


@pytest.fixture(scope="module")
def split() -> Split:
    history = random_shop(seed=11, users=600, items=200, events=20_000)
    return Split.at(history, Items.of(history.encoded.items.ids), AS_OF - timedelta(days=28), 28)


@pytest.mark.parametrize("case", CASES)
def test_it_ranks_as_well_as_the_library(case: str, split: Split) -> None:
    ours, reference = CASES[case]
    encoded = split.train.encoded
    codes = reference(encoded.counts.log1p().tocsr())
    lists = pl.DataFrame(
        {
            "user_id": np.repeat(encoded.users.ids.to_numpy(), K),
            "item_id": encoded.items.ids.to_numpy()[codes.ravel()],
            "rank": np.tile(np.arange(1, K + 1, dtype=np.int32), len(codes)),
            "score": np.tile(np.arange(K, 0, -1, dtype=np.float64), len(codes)),
            "candidate_source": "reference",
        }
    )
    expected = judge(Recommendations(lists), split, NEW).summary["ndcg_at_10"]
    found = ours.fit(split.train, split.items, split.as_of).recommend(split.request(NEW, K))
    assert expected > 0.02
    assert judge(found, split, NEW).summary["ndcg_at_10"] == pytest.approx(expected, rel=0.02)
