"""The relation ``similar_text``: sold items of the nearest text, for items whose purchases relate them to nothing."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from ml.recommend.core.best import NO_OPINION, best_of
from ml.recommend.core.encoding import Ints, distinct
from ml.recommend.outputs import SIMILAR_ITEM
from ml.recommend.text_vectors.vectors import TextVectors, cosines
from ml.tables import Col

SIMILAR_TEXT: Final = "similar_text"
MOST: Final = 5
"""Related items of an item: half of the demo shop's items have no other list, and each row of theirs is published."""
_LEAST: Final = 0.5
"""The lowest cosine that is called similar."""
_AT_A_TIME: Final = 512
_TEXT, _OWN, _BUYERS = "text_code", "own_text", "buyers"


def similar_by_text(related: pl.DataFrame, history: pl.DataFrame, known: TextVectors, k: int) -> pl.DataFrame:
    """A frame of ``SIMILAR_ITEM`` for the items of ``known`` that have no row in ``related``.

    Of each at most k, and at most ``MOST``, items that somebody bought: those whose texts have the highest cosine, and
    at least ``_LEAST``; of one text, or of equally near ones, those that most shoppers bought, then by id. Score: the
    cosine, to four digits. Support, confidence and lift are null: no purchase says so.

    Args:
        related: the rows of other relations.
        history: one row per user, item and day.
        known: the texts of the recommendable items.
    """
    most = min(k, MOST)
    items = pl.DataFrame({Col.item_id: known.items.ids, _TEXT: known.text}).filter(pl.col(_TEXT) >= 0)
    lacking = items.join(related, on=Col.item_id, how="anti")
    buyers = history.group_by(Col.item_id).agg(pl.col(Col.user_id).n_unique().alias(_BUYERS))
    sold = items.join(buyers, on=Col.item_id)
    if lacking.is_empty() or sold.is_empty():
        return SIMILAR_ITEM.empty()
    offered = _best_of_each(sold, most + 1)  # one may be the item itself
    texts = _nearest(known, distinct(lacking[_TEXT].to_numpy()), distinct(offered[_TEXT].to_numpy()), most + 1)
    order = [_OWN, Col.score, _BUYERS, Col.related_item_id]
    found = texts.join(offered, on=_TEXT).sort(order, descending=[False, True, True, False])
    kept = found.group_by(_OWN, maintain_order=True).head(most + 1)
    rows = lacking.rename({_TEXT: _OWN}).join(kept, on=_OWN).filter(pl.col(Col.item_id) != pl.col(Col.related_item_id))
    ranked = rows.sort(Col.item_id, *order[1:], descending=[False, True, True, False])
    return _published(ranked, most)


def _best_of_each(sold: pl.DataFrame, count: int) -> pl.DataFrame:
    """Of each text the items that most shoppers bought, as related items."""
    ordered = sold.sort(_TEXT, _BUYERS, Col.item_id, descending=[False, True, False])
    return ordered.group_by(_TEXT, maintain_order=True).head(count).rename({Col.item_id: Col.related_item_id})


def _nearest(known: TextVectors, asked: Ints, among: Ints, count: int) -> pl.DataFrame:
    """Of each text ``asked`` for, the ``count`` nearest ``among`` others, itself included, with the cosine."""
    parts = [pl.DataFrame(schema={_OWN: pl.Int64, _TEXT: pl.Int64, Col.score: pl.Float64})]
    for start in range(0, len(asked), _AT_A_TIME):
        own = asked[start : start + _AT_A_TIME]
        like = cosines(known.vectors[own], known.vectors[among]).round(4)
        top = best_of(np.where(like >= _LEAST, like, NO_OPINION).astype(np.float32), count)
        parts.append(pl.DataFrame({_OWN: own[top.row], _TEXT: among[top.column], Col.score: like[top.row, top.column]}))
    return pl.concat(parts)


def _published(ranked: pl.DataFrame, most: int) -> pl.DataFrame:
    rank = pl.int_range(1, pl.len() + 1).over(Col.item_id)
    numbered = ranked.with_columns(rank.alias(Col.rank), pl.lit(SIMILAR_TEXT).alias(Col.relation))
    evidence = [pl.lit(None).alias(name) for name in (Col.support, Col.confidence, Col.lift)]
    return SIMILAR_ITEM.checked(numbered.filter(pl.col(Col.rank) <= most).with_columns(evidence))
