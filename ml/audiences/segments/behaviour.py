"""Behavioural segments: where the effective model puts every shopper, on the map too."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.segments.bundle import Bundle
from ml.audiences.segments.clustering import nearest
from ml.audiences.segments.columns import Known
from ml.audiences.segments.scaling import UNIT, Reals, points_of
from ml.tables import Col
from ml.words import Words

NO_PURCHASE: Final = "no_purchase"
"""Segment, in the schemes that judge buyers, of who bought nothing in 365 days."""
NOBODY: Final = Words("No purchase", "未购买")
NOTHING: Final = Words("No purchase in 365 days.", "365 天内没有购买。")
_MAP_DIGITS: Final = 3


@dataclass(frozen=True, eq=False)
class Placed:
    """Shoppers of a day among the segments of a model.

    Attributes:
        shoppers: ``user_id`` and the profile, sorted by ``user_id``.
        bundle: the model.
    """

    shoppers: pl.DataFrame
    bundle: Bundle

    @cached_property
    def is_buyer(self) -> pl.Series:
        """Who is judged at all."""
        return bought(self.shoppers)

    @cached_property
    def points(self) -> Reals:
        """Buyers x features, whole numbers."""
        return points_of(self.shoppers.filter(self.is_buyer), self.bundle.scales)

    @cached_property
    def members(self) -> pl.DataFrame:
        """``user_id``, ``segment_id``, ``map_x``, ``map_y``: a row per shopper, in the order of the shoppers.

        Who bought nothing in 365 days has no place on the map.
        """
        found = nearest(self.points, self.bundle.centroids)
        place = np.round(self.points @ self.bundle.map_axes / UNIT**2, _MAP_DIGITS) + 0.0
        buyers = self.shoppers.filter(self.is_buyer).select(
            Col.user_id,
            pl.Series(Aud.segment_id, np.array(self.bundle.ids, dtype=object)[found].tolist(), pl.String),
            pl.Series(Aud.map_x, place[:, 0]),
            pl.Series(Aud.map_y, place[:, 1]),
        )
        return (
            self.shoppers.select(Col.user_id)
            .join(buyers, on=Col.user_id, how="left", maintain_order="left")
            .with_columns(pl.col(Aud.segment_id).fill_null(NO_PURCHASE))
        )


def bought(shoppers: pl.DataFrame) -> pl.Series:
    """Who bought something in the last 365 days."""
    return shoppers[Known.recency_score].is_not_null()
