"""Made-up shoppers in four groups that differ plainly, with the columns that segments are made from."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import polars as pl

from ml.audiences.segments.bundle import Bundle, Segment
from ml.audiences.segments.columns import Known
from ml.audiences.segments.features import LEARNED
from ml.audiences.segments.identity import Change
from ml.audiences.segments.naming import names_of, terms_of
from ml.audiences.segments.scaling import UNIT, points_of, scales_of
from ml.tables import Col

AS_OF: Final = date(2025, 6, 30)
GROUPS: Final = {
    # days since last purchase, purchase days in 90 days, basket value, price index, coupons redeemed
    "regulars": (2, 30, 20.0, 0.45, 0),
    "big spenders": (5, 10, 90.0, 0.60, 0),
    "gone": (60, 1, 15.0, 0.50, 0),
    "coupon hunters": (4, 20, 40.0, 0.50, 6),
}
_STAGES: Final = ((4.0, 28, "lapsed"), (2.0, 14, "at_risk"))


def crowd(
    each: int = 60, *, prospects: int = 5, seed: int = 1, groups: tuple[str, ...] = tuple(GROUPS)
) -> pl.DataFrame:
    """``each`` shoppers of every group and some who bought nothing, sorted by id; id and group go together."""
    random = np.random.default_rng(seed)
    rows = []
    for name in groups:
        since, days, value, price, coupons = GROUPS[name]
        for number in range(each):
            bought = max(int(random.poisson(days)), 1)
            rows.append(
                {
                    Col.user_id: f"{name} {number:03d}",
                    Known.days_since_last_purchase: int(random.poisson(since)),
                    Known.days_since_first_purchase: int(random.integers(100, 360)),
                    Known.purchase_days_90d: bought,
                    Known.purchase_days_365d: 3 * bought,
                    Known.mean_basket_value_365d: round(float(value * random.uniform(0.8, 1.25)), 2),
                    Known.price_index: round(float(price + random.normal(0, 0.02)), 6),
                    Known.discount_share_365d: round(float(random.uniform(0.05, 0.3)), 6),
                    Known.preferred_store_share: round(float(random.uniform(0.4, 1.0)), 6),
                    Known.redemptions_365d: int(random.poisson(coupons)) + (coupons > 0),
                    Known.purchase_regularity: None if bought < 3 else round(float(random.uniform(0.3, 0.9)), 6),
                    Known.top_category_1_share: round(float(random.uniform(0.3, 0.9)), 6),
                    Known.churn_probability: round(float(random.uniform(0, 0.2) + (since > 30) * 0.6), 6),
                }
            )
    rows += [{Col.user_id: f"prospect {number:03d}"} for number in range(prospects)]
    return judged(pl.DataFrame(rows, schema=_SCHEMA).sort(Col.user_id))


def model_of(shoppers: pl.DataFrame) -> Bundle:
    """A model whose segments s1 to s4 are the groups, in the order of ``GROUPS``; nothing is learned."""
    buyers = shoppers.filter(pl.col(Known.purchase_days_365d) > 0)
    scales = scales_of(buyers, LEARNED)
    points, group = points_of(buyers, scales), buyers[Col.user_id].str.replace(r" \d+$", "").to_numpy()
    centroids = np.stack([np.round(points[group == name].mean(axis=0)) for name in GROUPS])
    columns, ids = [scale.column for scale in scales], [f"s{number}" for number in range(1, len(GROUPS) + 1)]
    terms = terms_of(columns, centroids, [None] * len(ids))
    segments = [
        Segment(
            segment_id=name,
            name_en=words.en,
            name_zh=words.zh,
            centroid=tuple(int(value) for value in centroid),
            terms=about,
            change=Change.NEW,
        )
        for name, words, centroid, about in zip(ids, names_of(terms, ids), centroids, terms, strict=True)
    ]
    x, y = (tuple(UNIT * (place == axis) for place in range(len(columns))) for axis in (0, 1))
    return Bundle(trained_as_of=AS_OF, scales=scales, segments=tuple(segments), axes=(x, y), highest=len(ids))


def judged(shoppers: pl.DataFrame) -> pl.DataFrame:
    """With what the profile derives from the rest: revenue, scores in fifths, overdue ratio, stage."""
    zeros = (Known.purchase_days_90d, Known.purchase_days_365d, Known.redemptions_365d, Known.clicks_365d)
    revenue = pl.col(Known.purchase_days_365d) * pl.col(Known.mean_basket_value_365d)
    shoppers = shoppers.with_columns(pl.col(zeros).fill_null(0)).with_columns(
        revenue.fill_null(0).alias(Known.revenue_365d)
    )
    expected = 330 / pl.col(Known.purchase_days_365d)
    shoppers = shoppers.with_columns(
        (pl.col(Known.revenue_365d) / 4).alias(Known.predicted_clv_90d),
        (pl.col(Known.days_since_last_purchase) / expected).alias(Known.overdue_ratio),
        _fifth(pl.col(Known.days_since_last_purchase), descending=True).alias(Known.recency_score),
        _fifth(pl.col(Known.purchase_days_365d)).alias(Known.frequency_score),
        _fifth(pl.col(Known.revenue_365d)).alias(Known.monetary_score),
    )
    stage = (
        pl.when(pl.col(Known.purchase_days_365d) == 0)
        .then(pl.lit("prospect"))
        .when(pl.col(Known.days_since_first_purchase) < 28)
        .then(pl.lit("new"))
    )
    for ratio, days, name in _STAGES:
        is_late = (pl.col(Known.overdue_ratio) > ratio) & (pl.col(Known.days_since_last_purchase) >= days)
        stage = stage.when(is_late).then(pl.lit(name))
    return shoppers.with_columns(stage.otherwise(pl.lit("active")).alias(Known.lifecycle_stage))


def _fifth(of: pl.Expr, *, descending: bool = False) -> pl.Expr:
    is_buyer = pl.col(Known.purchase_days_365d) > 0
    place = pl.when(is_buyer).then(of).rank("ordinal", descending=descending)
    return (place * 5 / is_buyer.sum()).ceil().cast(pl.Int32)


_SCHEMA: Final = {
    Col.user_id: pl.String,
    **dict.fromkeys(
        (
            *(Known.days_since_last_purchase, Known.days_since_first_purchase, Known.purchase_days_90d),
            *(Known.purchase_days_365d, Known.redemptions_365d, Known.clicks_365d),
        ),
        pl.Int64,
    ),
    **dict.fromkeys(
        (
            *(Known.mean_basket_value_365d, Known.price_index, Known.discount_share_365d, Known.preferred_store_share),
            *(Known.purchase_regularity, Known.top_category_1_share, Known.churn_probability),
        ),
        pl.Float64,
    ),
}
