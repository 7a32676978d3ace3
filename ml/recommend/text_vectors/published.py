"""The table ``item_vector``: of each recommendable item the vector of its text, and of its buyers' behaviour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from ml.recommend.core.base import Base
from ml.recommend.core.encoding import Ints, Vocabulary
from ml.recommend.core.factors import ItemFactors
from ml.recommend.core.protocol import Recommender
from ml.recommend.outputs import ITEM_VECTOR
from ml.recommend.text_vectors.columns import VectorCol, VectorKind
from ml.recommend.text_vectors.vectors import TextVectors, Vectors
from ml.tables import Col

_STEPS = 127


def item_vectors(known: TextVectors, models: Mapping[str, Recommender]) -> pl.DataFrame:
    """A frame of ``ITEM_VECTOR``.

    Args:
        known: the texts of the recommendable items.
        models: the day's recommenders by name; the first one in the order of names that has factors of items gives the
            behaviour, of items that it has learned.
    """
    parts = [_rows(known.items, VectorKind.text, known.encoder, known.vectors, known.text)]
    for name, model in _factorised(models):
        rows = model.items.codes(known.items.ids)
        parts.append(_rows(known.items, VectorKind.behaviour, name, quantised(model.factors), rows))
        break
    return ITEM_VECTOR.checked(pl.concat(parts))


def quantised(factors: np.ndarray) -> Vectors:
    """Rows of length 1 in 127ths, rounded; a row of zeros stays one."""
    wide = factors.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    return np.asarray(np.rint(_STEPS * wide / np.where(lengths > 0, lengths, 1.0)), dtype=np.int8)


def _factorised(models: Mapping[str, Recommender]) -> Iterator[tuple[str, ItemFactors]]:
    for name, model in sorted(models.items()):
        if isinstance(model, Base) and isinstance(model.fitted, ItemFactors):
            yield name, model.fitted


def _rows(items: Vocabulary, kind: str, encoder: str, vectors: Vectors, rows: Ints) -> pl.DataFrame:
    """A row per item that has one among ``vectors`` (``rows``: its position, or -1) that is not zeros."""
    known = np.flatnonzero(np.append(vectors.any(axis=1), False)[rows])
    made = pl.Series([row.tobytes() for row in vectors], dtype=pl.Binary)
    return pl.DataFrame(
        {
            Col.item_id: items.names(known),
            VectorCol.kind: pl.Series([kind], dtype=pl.String).new_from_index(0, len(known)),
            VectorCol.encoder: pl.Series([encoder], dtype=pl.String).new_from_index(0, len(known)),
            VectorCol.vector: made.gather(pl.Series(rows[known])),
        }
    )
