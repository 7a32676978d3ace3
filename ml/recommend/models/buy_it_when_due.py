"""Buy it again, with an eye on the clock: how likely a shopper is to buy an item again in the coming weeks.

A logistic regression (scikit-learn) on the feature tables' columns of how often, how lately and at what interval a
shopper bought the item, learned from what the last weeks of a history brought to those who had bought it before them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.core.base import Base, TrainingData
from ml.recommend.core.best import rounded
from ml.recommend.core.encoding import Matrix, Reals, Vocabulary
from ml.recommend.core.explanation import BASE, LOG_ODDS, Term, Terms
from ml.recommend.core.interactions import Interactions
from ml.recommend.core.needs import Needs, ShopSize
from ml.recommend.core.parameters import Between, OneOf, Space
from ml.recommend.core.request import Request
from ml.recommend.core.snapshots import ITEM, USER, USER_ITEM, Snapshot, snapshot_of
from ml.recommend.core.topk import Scorer
from ml.tables import Col

_FEW: Final = 200
_PAIR: Final = 350
"""Bytes of a pair's features: as a table, as numbers and scaled."""
_LITTLE: Final = 0.01
_PRIOR: Final = 5.0
"""Buyers added to every item's when its share of repeaters is estimated."""
_DECAYED: Final = (Col.decayed_purchase_days_14d, Col.decayed_purchase_days_30d, Col.decayed_purchase_days_90d)
_READ: Final[Mapping[str, tuple[str, ...]]] = {
    USER_ITEM: (
        *_DECAYED,
        *(Col.purchase_days_365d, Col.days_since_last_purchase, Col.mean_days_between_purchases),
    ),
    USER: (Col.purchase_days_365d,),
    ITEM: (Col.buyers_28d, Col.buyers_365d, Col.repeat_buyers_365d),
}
_OF_USER: Final = "of_user"
_LOYALTY: Final = "loyalty"
_NAMED: Final = (
    *(f"{USER_ITEM}.{name}" for name in _DECAYED),
    f"{USER_ITEM}.{Col.days_since_last_purchase}",
    *("bought_again", "lateness", "lateness_squared", "overdue_squared", "repeat_buyers"),
    f"{ITEM}.{Col.buyers_28d}",
    "share_of_purchase_days",
)
"""What each of ``_features`` comes from, in order."""
_FEATURES: Final = len(_NAMED)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Repurchase:
    """A weight per feature, in the order of ``_features``, and the intercept."""

    weights: Reals
    intercept: float


@dataclass
class BuyItWhenDue(Base[Repurchase]):
    """Score: the probability that the shopper buys the item again within ``horizon`` days.

    A history too short to learn from (fewer than 200 pairs before its last ``horizon`` days) ranks by purchase days
    with a half-life of 90 days.
    """

    name: ClassVar[str] = "buy_it_when_due"
    state_type: ClassVar[type[Any]] = Repurchase
    space: ClassVar[Space] = {"horizon": OneOf(14, 21, 28, 42), "penalty": Between(0.01, 100.0, log=True)}
    horizon: int = 28
    penalty: float = 1.0

    @property
    def learned_ages(self) -> Sequence[int]:
        """The day before the last ``horizon`` ones."""
        return (self.horizon,)

    @property
    def read_columns(self) -> Mapping[str, Sequence[str]]:
        """Of pairs, shoppers and items."""
        return _READ

    def needs(self, shop: ShopSize) -> Needs:
        """The features of every pair."""
        return Needs(_PAIR * shop.pairs)

    def _learn(self, data: TrainingData) -> Repurchase:
        from sklearn.linear_model import LogisticRegression

        plain = Repurchase(np.eye(_FEATURES)[_DECAYED.index(Col.decayed_purchase_days_90d)], 0.0)
        cut = data.as_of - timedelta(days=self.horizon)
        then = data.history.snapshots.of(data.history, data.items, cut)
        if then is None:
            _log.warning("buy_it_when_due: nothing is learned, there is no snapshot of %s", cut)
            return plain
        pairs = _pairs(then)
        again = _bought_again(pairs, data.history.after(cut, self.horizon))
        if len(again) < _FEW or again.all() or not again.any():
            return plain
        features = _features(pairs)
        mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-9
        model = LogisticRegression(C=1.0 / self.penalty, max_iter=300)
        model.fit((features - mean) / deviation, again)
        weights = model.coef_[0] / deviation
        return Repurchase(np.asarray(weights), float(model.intercept_[0] - weights @ mean))

    def _scorer(self, state: Repurchase, request: Request) -> Scorer:
        pairs = _pairs(snapshot_of(request.history, request.items, request.as_of), request.users)
        logits = _features(pairs) @ state.weights + state.intercept
        likely = (1.0 / (1.0 + np.exp(-logits))).astype(np.float32)
        asked = Vocabulary.of(pl.Series(request.users, dtype=pl.String))
        place = np.empty(len(asked), dtype=np.int64)
        place[asked.codes(request.users)] = np.arange(len(asked))
        user, item = asked.codes(pairs[Col.user_id]), request.items.vocabulary.codes(pairs[Col.item_id])
        known = (user >= 0) & (item >= 0)
        cells = likely[known], (place[user[known]], item[known])
        eligible: Matrix = sparse.csr_matrix(cells, shape=request.shape)
        return lambda users: eligible[users]

    def _terms(self, state: Repurchase, request: Request, column: int) -> Terms | None:
        """The logistic regression's addends."""
        pairs = _pairs(snapshot_of(request.history, request.items, request.as_of), request.users)
        item = request.items.vocabulary.ids[column]
        found = pairs.filter(pl.col(Col.user_id) == request.users[0], pl.col(Col.item_id) == item)
        if found.is_empty():
            return None
        values = _features(found)[0]
        told = zip(_NAMED, (values * state.weights).tolist(), values.tolist(), strict=True)
        terms = (Term(BASE, state.intercept), *(Term(*each) for each in told))
        total = float(values @ state.weights + state.intercept)
        likely = np.array([1.0 / (1.0 + np.exp(-total))]).astype(np.float32)
        return Terms(LOG_ODDS, terms, total, float(rounded(likely)[0]))


def _pairs(known: Snapshot, users: Sequence[str] | None = None) -> pl.DataFrame:
    """One row per shopper and item that was bought, with what ``_READ`` names of it, of the shopper and of the item."""
    pairs = known.features(USER_ITEM, _READ[USER_ITEM], users).filter(pl.col(Col.purchase_days_365d) > 0)
    own = known.features(USER, _READ[USER], users).rename({Col.purchase_days_365d: _OF_USER})
    items = known.features(ITEM, _READ[ITEM]).with_columns(pl.col(_READ[ITEM]).fill_null(0.0))
    buyers, repeaters = pl.col(Col.buyers_365d), pl.col(Col.repeat_buyers_365d)
    usual = repeaters.sum() / pl.max_horizontal(buyers.sum(), 1.0)
    items = items.with_columns(((repeaters + _PRIOR * usual) / (buyers + _PRIOR)).alias(_LOYALTY))
    joined = pairs.join(own, on=Col.user_id, how="left").join(items, on=Col.item_id, how="left")
    return joined.sort(Col.user_id, Col.item_id)


def _features(pairs: pl.DataFrame) -> Reals:
    """Pairs x features that tell how likely the next purchase is; logarithms, all finite."""
    columns = {name: pairs[name].fill_null(0.0).to_numpy().astype(np.float64) for name in pairs.columns[2:]}
    days, since = columns[Col.purchase_days_365d], columns[Col.days_since_last_purchase]
    again = days > 1
    interval = columns[Col.mean_days_between_purchases]
    due = np.where(again, np.log((since + 1.0) / (interval + 1.0)), 0.0)
    return np.column_stack(
        [
            *(np.log(columns[name] + _LITTLE) for name in _DECAYED),
            np.log1p(since),
            again,
            due,
            due**2,
            np.maximum(due, 0.0) ** 2,
            columns[_LOYALTY],
            np.log1p(columns[Col.buyers_28d]),
            np.log(days / np.maximum(columns[_OF_USER], 1.0)),
        ]
    )


def _bought_again(pairs: pl.DataFrame, later: Interactions) -> NDArray[np.bool_]:
    """For each pair: whether it is bought in ``later``."""
    pair = (Col.user_id, Col.item_id)
    bought = later.frame.select(pair).unique().with_columns(pl.lit(True).alias(_OF_USER))
    found = pairs.select(pair).join(bought, on=pair, how="left", maintain_order="left")
    return found[_OF_USER].fill_null(False).to_numpy().astype(np.bool_)
