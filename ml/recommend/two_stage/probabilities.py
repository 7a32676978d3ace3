"""The scored candidates of a request as a table of probabilities."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ml.recommend.core.encoding import Reals
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Mask
from ml.recommend.two_stage.scored import Scored
from ml.tables import Col

_DIGITS: Final = 4
"""Significant ones; a fifth makes the published file two fifths larger."""
_Positions: TypeAlias = NDArray[np.int32]


class Pairs:
    """Collects probabilities while the blocks that hold them pass by on the way to the lists."""

    def __init__(self, request: Request, horizon: int) -> None:
        self._request, self._horizon = request, horizon
        self._parts: list[tuple[_Positions, _Positions, Reals]] = []

    def note(self, block: Scored, mask: Mask | None = None) -> None:
        """Note what ``mask`` allows of a block of neighbouring shoppers."""
        told = block if mask is None else _allowed(block, mask)
        self._parts.append((told.row.astype(np.int32), told.column.astype(np.int32), told.score))

    @property
    def frame(self) -> pl.DataFrame:
        """Rows of user_id, item_id, probability and horizon_days; sorted, where the request's shoppers are."""
        if not self._parts:
            return pl.DataFrame(schema=_SCHEMA)
        row, column, probability = (np.concatenate(each) for each in zip(*self._parts, strict=True))
        # of numbers that takes a fifth of what it takes of ids
        order = np.argsort(row * np.int64(len(self._request.items.vocabulary)) + column)
        columns = {
            Col.user_id: pl.Series(self._request.users, dtype=pl.String).gather(pl.Series(row[order])),
            Col.item_id: self._request.items.vocabulary.names(column[order].astype(np.int64)),
            Col.probability: pl.Series(probability[order]).round_sig_figs(_DIGITS),
        }
        return pl.DataFrame(columns).with_columns(pl.lit(self._horizon, dtype=pl.Int32).alias(Col.horizon_days))


def _allowed(block: Scored, mask: Mask) -> Scored:
    if not len(block.row):
        return block
    first, last = int(block.row.min()), int(block.row.max())
    return block.where(mask.of_users(slice(first, last + 1)).allows(block.row - first, block.column))


_SCHEMA: Final = pl.Schema(
    {
        Col.user_id: pl.String(),
        Col.item_id: pl.String(),
        Col.probability: pl.Float64(),
        Col.horizon_days: pl.Int32(),
    }
)
