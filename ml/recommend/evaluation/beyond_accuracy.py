"""Beyond-accuracy metrics of lists: coverage, novelty, popularity bias, Gini, diversity, miscalibration.

Each is computed for all lists at once, from frames; ``tests/recommend/evaluation`` has a slow reference of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from ml.recommend.core.encoding import Ints
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.evaluation.metrics import at
from ml.tables import Col

SMOOTHING: Final = 0.01
"""Weight of the shopper's own category shares mixed into the list's, so that the divergence stays finite."""
UNKNOWN: Final = "unknown"
_FINE, _SHARE, _ON_LIST, _LENGTH = "fine", "share", "on_list", "length"


@dataclass(frozen=True, eq=False)
class Backdrop:
    """Reference distributions of a split, against which lists are measured.

    Attributes:
        reach: item_id, share: of the items that train sold, the share of train's shoppers who bought them.
        kinds: item_id, item_category, fine: of all items that train sold or that may be shown, where the catalogue
            has categories. ``fine`` is the second level where there is one.
        tastes: user_id, item_category, share: of each shopper's purchases.
    """

    reach: pl.DataFrame
    kinds: pl.DataFrame | None
    tastes: pl.DataFrame | None

    @classmethod
    def of(cls, train: Interactions, items: Items) -> Backdrop:
        """The reference distributions of ``train``; categories come from ``items``."""
        shoppers = train.frame[Col.user_id].n_unique()
        reach = train.frame.group_by(Col.item_id).agg((pl.col(Col.user_id).n_unique() / shoppers).alias(_SHARE))
        if Col.item_category not in items.frame.columns:
            return cls(reach.sort(Col.item_id), None, None)
        kinds = _kinds(items)
        known = train.frame.join(kinds, on=Col.item_id)
        taste = known.group_by(Col.user_id, Col.item_category).agg(pl.col(Col.purchases).sum().alias(_SHARE))
        tastes = taste.with_columns(pl.col(_SHARE) / pl.col(_SHARE).sum().over(Col.user_id))
        return cls(reach.sort(Col.item_id), kinds, tastes.sort(Col.user_id, Col.item_category))


def beyond_accuracy(lists: pl.DataFrame, backdrop: Backdrop, k: int) -> dict[str, float]:
    """Each figure by its name at ``k``; ``lists`` (user_id, item_id, rank) may be longer than k.

    - coverage: the share of the items sold in train that are on a list
    - novelty: mean -log2 of the share of shoppers who bought the item, over items that anybody bought (Castells 2011)
    - popularity: mean share of shoppers who bought the item (average recommendation popularity, Abdollahpouri 2019)
    - gini: inequality of how often the items sold in train are shown; 0 all alike, 1 always the same
    - diversity: the share of pairs within a list that are of different (fine) categories
    - miscalibration: Kullback-Leibler divergence, in nats, of a list's categories from the shopper's (Steck 2018)
    """
    cut = lists.filter(pl.col(Col.rank) <= k)
    figures = _exposure(cut, backdrop.reach)
    if backdrop.kinds is not None and backdrop.tastes is not None:
        kinds = cut.join(backdrop.kinds, on=Col.item_id, how="left").fill_null(UNKNOWN)
        figures |= {"diversity": _diversity(kinds), "miscalibration": _miscalibration(kinds, backdrop.tastes)}
    return {at(name, k): value for name, value in figures.items()}


def gini(counts: Ints) -> float:
    """Gini's coefficient of non-negative counts; 0 when there are none."""
    ordered = np.sort(counts)
    if not ordered.sum():
        return 0.0
    weight = 2.0 * np.arange(1, len(ordered) + 1) - len(ordered) - 1
    return float((weight * ordered).sum() / (len(ordered) * ordered.sum()))


def _kinds(items: Items) -> pl.DataFrame:
    levels = [name for name in (Col.item_category2, Col.item_category) if name in items.frame.columns]
    return items.frame.select(
        Col.item_id,
        pl.col(Col.item_category).cast(pl.String).fill_null(UNKNOWN),
        pl.coalesce(pl.col(levels).cast(pl.String)).fill_null(UNKNOWN).alias(_FINE),
    )


def _exposure(cut: pl.DataFrame, reach: pl.DataFrame) -> dict[str, float]:
    shown = cut.group_by(Col.item_id).agg(pl.len().alias(_ON_LIST))
    sold = reach.join(shown, on=Col.item_id, how="left").fill_null(0)
    counts, share = sold[_ON_LIST].to_numpy().astype(np.int64), sold[_SHARE].to_numpy()
    if not counts.sum():
        return {"coverage": 0.0, "novelty": 0.0, "popularity": 0.0, "gini": 0.0}
    return {
        "coverage": float((counts > 0).mean()),
        "novelty": float(np.average(-np.log2(share), weights=counts)),
        "popularity": float(np.average(share, weights=counts)),
        "gini": gini(counts),
    }


def _diversity(kinds: pl.DataFrame) -> float:
    """Mean over the lists of two items or more."""
    alike = kinds.group_by(Col.user_id, _FINE).len(_ON_LIST)
    per_list = alike.group_by(Col.user_id).agg(
        (pl.col(_ON_LIST) * (pl.col(_ON_LIST) - 1)).sum().alias(_SHARE), pl.col(_ON_LIST).sum().alias(_LENGTH)
    )
    pairs = per_list.filter(pl.col(_LENGTH) > 1)
    return _mean(pairs.select(1.0 - pl.col(_SHARE) / (pl.col(_LENGTH) * (pl.col(_LENGTH) - 1))).to_series())


def _miscalibration(kinds: pl.DataFrame, tastes: pl.DataFrame) -> float:
    """Mean over the shoppers who have both a list and a history."""
    on_list = kinds.group_by(Col.user_id, Col.item_category).len(_ON_LIST)
    lengths = kinds.group_by(Col.user_id).len(_LENGTH)
    both = tastes.join(lengths, on=Col.user_id).join(on_list, on=[Col.user_id, Col.item_category], how="left")
    shown = pl.col(_ON_LIST).fill_null(0) / pl.col(_LENGTH)
    smooth = (1.0 - SMOOTHING) * shown + SMOOTHING * pl.col(_SHARE)
    divergence = (pl.col(_SHARE) * (pl.col(_SHARE) / smooth).log()).sum()
    return _mean(both.group_by(Col.user_id, maintain_order=True).agg(divergence.alias(_SHARE))[_SHARE])


def _mean(values: pl.Series) -> float:
    return float(values.sort().mean()) if len(values) else 0.0  # type: ignore[arg-type]  # sorted: one order of adding
