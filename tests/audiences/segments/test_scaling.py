"""Features as whole numbers."""

from __future__ import annotations

import numpy as np
import polars as pl

from ml.audiences.segments.clustering import nearest
from ml.audiences.segments.columns import Known
from ml.audiences.segments.features import LEARNED
from ml.audiences.segments.scaling import UNIT, points_of, scales_of
from tests.audiences.segments.crowd import crowd

BUYERS = crowd(prospects=0)


def test_features_are_whole_numbers_of_mean_0_and_deviation_of_one_unit() -> None:
    points = points_of(BUYERS, scales_of(BUYERS, LEARNED))
    assert points.shape == (240, 7) and (points == np.round(points)).all()
    assert (np.abs(points.mean(axis=0)) < UNIT / 100).all() and (np.abs(points.std(axis=0) / UNIT - 1) < 0.01).all()


def test_constant_unknown_and_absent_features_are_left_out_and_a_few_nulls_filled() -> None:
    changed = BUYERS.drop(Known.redemptions_365d).with_columns(
        pl.lit(None, pl.Float64).alias(Known.price_index),
        pl.when(pl.int_range(pl.len()) < 9)
        .then(None)
        .otherwise(Known.discount_share_365d)
        .alias(Known.discount_share_365d),
    )
    scales = scales_of(changed, LEARNED)
    left_out = {Known.clicks_365d, Known.price_index, Known.redemptions_365d}
    assert [scale.column for scale in scales] == [each.column for each in LEARNED if each.column not in left_out]
    points = points_of(changed, scales)
    (place,) = (number for number, scale in enumerate(scales) if scale.column == Known.discount_share_365d)
    assert np.isfinite(points).all() and len(set(points[:9, place])) == 1


def test_of_a_skewed_feature_refunds_count_as_nothing_and_outliers_as_the_largest_usual_value() -> None:
    (scale,) = (each for each in scales_of(BUYERS, LEARNED) if each.column == Known.mean_basket_value_365d)
    odd = pl.DataFrame({Known.mean_basket_value_365d: [-50.0, 0.0, 1e9, 1e6]})
    refunded, nothing, huge, large = scale.points(odd)
    assert refunded == nothing < huge == large < 10 * UNIT


def test_distances_are_exact_so_that_the_order_of_sums_decides_nothing() -> None:
    points = points_of(BUYERS, scales_of(BUYERS, LEARNED))
    centroids = points[[0, 70, 130, 200]]
    exact = [
        min(
            range(len(centroids)),
            key=lambda number: (
                sum((int(x) - int(c)) ** 2 for x, c in zip(row, centroids[number], strict=True)),
                number,
            ),
        )
        for row in points
    ]
    assert nearest(points, centroids).tolist() == exact and len(set(exact)) == 4
    assert nearest(points[:, ::-1], centroids[:, ::-1]).tolist() == exact
