"""Who is in another segment than before, and which feature moved them; both days are judged with D's model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from ml.audiences.columns import Aud, Scheme
from ml.audiences.segments import rfm, stages
from ml.audiences.segments.behaviour import NO_PURCHASE
from ml.audiences.segments.bundle import Bundle
from ml.audiences.segments.columns import Known
from ml.audiences.segments.scaling import Ints, points_of
from ml.tables import Col

_BEFORE: Final = "_before"
_INPUTS: Final = (
    *(Known.purchase_days_365d, Known.days_since_first_purchase, Known.days_since_last_purchase),
    *(Known.overdue_ratio, *rfm.SCORES),
)


def movers(now: pl.DataFrame, then: pl.DataFrame) -> pl.DataFrame:
    """Those who are known on both days and changed segment: ``user_id``, ``from_segment``, ``to_segment``, the columns
    of their day, and those of then with the suffix ``_before``.

    Args:
        now, then: ``user_id``, ``segment_id`` and the profile of the two days.
    """
    both = now.join(then, on=Col.user_id, suffix=_BEFORE, maintain_order="left")
    changed = both.filter(pl.col(Aud.segment_id) != pl.col(f"{Aud.segment_id}{_BEFORE}"))
    return changed.rename({Aud.segment_id: Aud.to_segment, f"{Aud.segment_id}{_BEFORE}": Aud.from_segment})


def moved(scheme: Scheme, moving: pl.DataFrame, bundle: Bundle | None = None) -> pl.DataFrame:
    """Rows of ``segment_transition`` without ``scheme`` and ``days_before``.

    Args:
        moving: of ``movers``.
        bundle: of the scheme behaviour, the model.
    """
    columns: Sequence[str] = _INPUTS
    if scheme is Scheme.BEHAVIOUR:
        assert bundle is not None
        columns = tuple(dict.fromkeys((*bundle.columns, *_INPUTS)))
        found = moving.with_columns(_by_distance(moving, bundle))
    elif scheme is Scheme.RFM:
        found = moving.with_columns(_by_score(moving))
    else:
        found = moving.with_columns(stages.moved_by().alias(Aud.moved_by))
    return found.select(
        *(Col.user_id, Aud.from_segment, Aud.to_segment, Aud.moved_by),
        _picked(columns, _BEFORE).alias(Aud.value_before),
        _picked(columns, "").alias(Aud.value_now),
    )


def _picked(columns: Sequence[str], suffix: str) -> pl.Expr:
    """The value of the column that ``moved_by`` names."""
    return pl.coalesce(
        pl.when(pl.col(Aud.moved_by) == name).then(pl.col(f"{name}{suffix}").cast(pl.Float64)) for name in columns
    )


def _bought_again_or_stopped(moving: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """The names; where one side has no purchase, the days with one instead."""
    is_without = pl.any_horizontal(pl.col(side) == NO_PURCHASE for side in (Aud.from_segment, Aud.to_segment))
    return moving.select(
        pl.when(is_without)
        .then(pl.lit(Known.purchase_days_365d))
        .otherwise(pl.Series(names, dtype=pl.String))
        .alias(Aud.moved_by)
    ).to_series()


def _by_score(moving: pl.DataFrame) -> pl.Series:
    """The score whose change alone leads out of the class, the largest such change first; else the largest change."""
    then = [_scores(moving, f"{name}{_BEFORE}") for name in rfm.SCORES]
    now = [_scores(moving, name) for name in rfm.SCORES]
    before = rfm.classes_at(then[0], then[1], then[2])
    weight = []
    for number in range(len(rfm.SCORES)):
        changed = [now[other] if other == number else then[other] for other in range(len(rfm.SCORES))]
        leaves = rfm.classes_at(changed[0], changed[1], changed[2]) != before
        weight.append(leaves * (rfm.FIFTHS + 1) + np.abs(now[number] - then[number]))
    names = np.array(rfm.SCORES, dtype=object)[np.argmax(np.stack(weight), axis=0)]
    return _bought_again_or_stopped(moving, names.tolist())


def _scores(frame: pl.DataFrame, column: str) -> Ints:
    return np.asarray(frame[column].fill_null(0).cast(pl.Int64).to_numpy())


def _by_distance(moving: pl.DataFrame, bundle: Bundle) -> pl.Series:
    """The feature with the largest part in how much nearer the new centroid came than the old one.

    The difference of the squared distances to the centroids a and b changes by the sum over features of
    2 (x' - x)(b - a); the parts are whole numbers, and of equal ones the first feature counts.
    """
    then = moving.select(pl.col(f"{name}{_BEFORE}").alias(name) for name in bundle.columns)
    step = points_of(moving, bundle.scales) - points_of(then, bundle.scales)
    place = {name: number for number, name in enumerate(bundle.ids)}
    old, new = (
        moving[side].replace_strict(place, default=0, return_dtype=pl.Int64).to_numpy()
        for side in (Aud.from_segment, Aud.to_segment)
    )
    part = step * (bundle.centroids[new] - bundle.centroids[old])
    names = [bundle.columns[number] for number in part.argmax(axis=1)] if bundle.columns else []
    return _bought_again_or_stopped(moving, names or [Known.purchase_days_365d] * len(moving))
