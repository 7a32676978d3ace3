"""Features as whole numbers: less skewed, without outliers, of mean 0 and deviation ``UNIT``.

Whole numbers below 2^53 are added and multiplied exactly in 64-bit floats, in any order: distances between shoppers and
centroids are the same on every processor and with any number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from ml.audiences.segments.features import Feature

Reals: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
UNIT: Final = 10_000
_TAILS: Final = (0.01, 0.99)
_DIGITS: Final = 6
_KNOWN_OF: Final = 0.5


class Scale(BaseModel):
    """How a column becomes a feature.

    Attributes:
        low, high: values beyond are set to these, after the logarithm.
        fill: stands for a missing value.
    """

    model_config = ConfigDict(frozen=True)
    column: str
    is_skewed: bool
    low: float
    high: float
    fill: float
    mean: float
    deviation: float

    def points(self, frame: pl.DataFrame) -> Reals:
        """One whole number per row."""
        return self._whole(np.where(np.isnan(found := self._straight(frame)), self.fill, found))

    def known_points(self, frame: pl.DataFrame) -> pl.Series:
        """The same as 64-bit integers, null where the column is."""
        found = self._straight(frame)
        return pl.Series(self._whole(np.nan_to_num(found)), dtype=pl.Int64).set(pl.Series(np.isnan(found)), None)

    def _straight(self, frame: pl.DataFrame) -> Reals:
        return straightened(frame[self.column], is_skewed=self.is_skewed)

    def _whole(self, values: Reals) -> Reals:
        scaled = (np.clip(values, self.low, self.high) - self.mean) / self.deviation
        return np.asarray(np.round(scaled * UNIT) + 0.0)  # no negative zero


def straightened(column: pl.Series, *, is_skewed: bool) -> Reals:
    """A column as floats, NaN where it is null; of a skewed one the logarithm of 1 + the value, negative ones as 0."""
    values = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return np.log1p(np.maximum(values, 0.0)) if is_skewed else np.asarray(values)


def scales_of(frame: pl.DataFrame, features: Sequence[Feature]) -> tuple[Scale, ...]:
    """How these features are scaled; those that are constant, or that most rows lack, are left out."""
    found = (_scale(frame, feature) for feature in features if feature.column in frame.columns)
    return tuple(scale for scale in found if scale)


def points_of(frame: pl.DataFrame, scales: Sequence[Scale]) -> Reals:
    """A row per row of ``frame``, a column per scale."""
    columns = [scale.points(frame) for scale in scales]
    return np.column_stack(columns) if columns else np.zeros((len(frame), 0))


def _scale(frame: pl.DataFrame, feature: Feature) -> Scale | None:
    values = straightened(frame[feature.column], is_skewed=feature.is_skewed)
    known = np.sort(values[~np.isnan(values)])
    if len(known) <= _KNOWN_OF * len(values):
        return None
    low, high = (float(np.round(bound, _DIGITS)) for bound in np.quantile(known, _TAILS))
    kept = np.clip(known, low, high)
    deviation = float(np.round(kept.std(), _DIGITS))
    if deviation == 0.0:
        return None
    fill, mean = (float(np.round(each, _DIGITS)) for each in (np.median(kept), kept.mean()))
    return Scale(
        column=feature.column,
        is_skewed=feature.is_skewed,
        low=low,
        high=high,
        fill=fill,
        mean=mean,
        deviation=deviation,
    )
