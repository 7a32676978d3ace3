"""Gate of ``customer_profile``: one row per shopper, as of the day."""

from __future__ import annotations

from dataclasses import dataclass

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import ANYTHING, Day, bounds_around
from ml.profile.columns import Profile, Stage
from ml.profile.outputs import CUSTOMER_PROFILE
from ml.tables import Col

GATE, WATCH = 7, 8

_TABLE = CUSTOMER_PROFILE.name
_YEAR = 365
_SHARES = (
    *(Profile.preferred_weekday_share, Profile.preferred_hour_share),
    *(Profile.preferred_channel_share, Profile.preferred_store_share),
    *(Profile.price_index, Profile.discount_share_90d, Profile.discount_share_365d),
    *(Profile.open_rate_365d, Profile.click_rate_365d, Profile.redemption_rate_365d),
)
_TOP_SHARES = (
    (Profile.top_category_1_share, Profile.top_category_2_share, Profile.top_category_3_share),
    (Profile.top_subcategory_1_share, Profile.top_subcategory_2_share, Profile.top_subcategory_3_share),
    (Profile.top_brand_1_share, Profile.top_brand_2_share, Profile.top_brand_3_share),
)
_ROUNDING = 1e-5

_SMALLEST_SHARE = "smallest_share"
_LARGEST_SHARE = "largest_share"
_LARGEST_TOP_THREE = "share_of_the_top_three"
_FIRST_TO_LAST = "days_from_first_to_last_purchase"
_IS_STAGE = "is_in_the_largest_stage"
_IS_GONE = "is_at_risk_or_lapsed"
_IS_HOUR = "is_in_the_most_frequent_hour"
_IS_BAND = "is_in_the_largest_price_band"


@dataclass(frozen=True)
class Thresholds:
    """Factors of money per basket and against the day before; shares of the buyers, of whom ``crowd`` are judged."""

    price_factor: float = 10.0
    watched_price_factor: float = 2.0
    judged_baskets: int = 30
    crowd: int = 30
    one_stage: float = 0.98
    gone: float = 0.8
    one_hour: float = 0.9
    one_band: float = 0.6
    kept_shoppers: float = 0.9
    gone_factor: float = 1.5


LIMITS = Thresholds()


def prepare(day: Day) -> pl.DataFrame:
    """One row per shopper."""
    profiles = day.table(_TABLE)
    shares = [*_SHARES, *(column for columns in _TOP_SHARES for column in columns)]
    top_three = [pl.sum_horizontal(columns) for columns in _TOP_SHARES]
    since, first = pl.col(Profile.days_since_last_purchase), pl.col(Profile.days_since_first_purchase)
    return profiles.select(
        Profile.revenue_90d,
        Col.purchase_days_365d,
        # who has bought nothing breaks no bound
        first.fill_null(0),
        (first - since).fill_null(0).alias(_FIRST_TO_LAST),
        pl.min_horizontal(shares).fill_null(0).alias(_SMALLEST_SHARE),
        pl.max_horizontal(shares).fill_null(0).alias(_LARGEST_SHARE),
        pl.max_horizontal(top_three).alias(_LARGEST_TOP_THREE),
        _is_gone().cast(pl.Int8).alias(_IS_GONE),
        _in_mode(profiles, Profile.lifecycle_stage).alias(_IS_STAGE),
        _in_mode(profiles, Profile.preferred_hour).alias(_IS_HOUR),
        _in_mode(profiles, Profile.price_band).alias(_IS_BAND),
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """Figures within their bounds, and money that kept its unit."""
    return [
        gxe.ExpectTableRowCountToBeBetween(min_value=1, description="the shop has shoppers"),
        *_bounds(),
        _money(day, LIMITS.price_factor, "ten times as much"),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """Distributions that a shop seldom has, and what changed since the day before."""
    return [*_distributions(day), _money(day, LIMITS.watched_price_factor, "twice as much"), *_drift(day)]


def _bounds() -> list[gxe.Expectation]:
    return [
        gxe.ExpectColumnMinToBeBetween(column=_SMALLEST_SHARE, min_value=0, description="no share or rate is below 0"),
        gxe.ExpectColumnMaxToBeBetween(column=_LARGEST_SHARE, max_value=1, description="no share or rate is above 1"),
        gxe.ExpectColumnMaxToBeBetween(
            column=_LARGEST_TOP_THREE, max_value=1 + _ROUNDING, description="top three shares are parts of one whole"
        ),
        gxe.ExpectColumnMaxToBeBetween(
            column=Profile.days_since_first_purchase, max_value=_YEAR - 1, description="purchases lie in the window"
        ),
        gxe.ExpectColumnMinToBeBetween(
            column=_FIRST_TO_LAST, min_value=0, description="nobody's last purchase lies before the first"
        ),
    ]


def _distributions(day: Day) -> list[gxe.Expectation]:
    buyers = int(_is_buyer(day.table(_TABLE)).sum())
    judged = buyers >= LIMITS.crowd
    limits = (
        (_IS_STAGE, LIMITS.one_stage, "shoppers are in several life-cycle stages"),
        (_IS_GONE, LIMITS.gone, "most buyers of the year are still customers"),
        (_IS_HOUR, LIMITS.one_hour, "purchases have times of day, not dates alone"),
        (_IS_BAND, LIMITS.one_band, "prices tell shoppers apart"),
    )
    return [
        *(
            gxe.ExpectColumnSumToBeBetween(
                column=column, max_value=share * buyers if judged else ANYTHING[1], description=claim
            )
            for column, share, claim in limits
        ),
        gxe.ExpectColumnUniqueValueCountToBeBetween(
            column=Col.purchase_days_365d,
            min_value=2 if judged else 0,
            description="shoppers differ in how often they buy",
        ),
    ]


def _money(day: Day, factor: float, words: str) -> gxe.Expectation:
    """Revenue of 90 days against what its baskets would bring at the year's mean basket."""
    names = (Profile.baskets_90d, Col.revenue_365d, Profile.baskets_365d)
    recent, revenue, baskets = (float(day.table(_TABLE)[name].sum()) for name in names)
    judged = recent >= LIMITS.judged_baskets
    lowest, highest = bounds_around(recent * revenue / max(baskets, 1), factor, judged=judged)
    return gxe.ExpectColumnSumToBeBetween(
        column=Profile.revenue_90d,
        min_value=lowest,
        max_value=highest,
        description=f"a basket of the last 90 days is not {words} as one of the year, nor as little",
    )


def _drift(day: Day) -> list[gxe.Expectation]:
    before = day.yesterday(_TABLE)
    shoppers = 0 if before is None else len(before)
    gone = 0 if before is None else before.filter(_is_gone()).height
    lowest, highest = bounds_around(gone, LIMITS.gone_factor, judged=gone >= LIMITS.crowd)
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=int(LIMITS.kept_shoppers * shoppers),
            description="nearly all shoppers of the day before are there",
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_IS_GONE,
            min_value=lowest,
            max_value=highest,
            description="as many shoppers at risk or lapsed as the day before",
        ),
    ]


def _is_gone() -> pl.Expr:
    return pl.col(Profile.lifecycle_stage).is_in([Stage.AT_RISK, Stage.LAPSED])


def _is_buyer(profiles: pl.DataFrame) -> pl.Series:
    return profiles[Profile.lifecycle_stage] != Stage.PROSPECT


def _in_mode(profiles: pl.DataFrame, column: str) -> pl.Expr:
    """1 where a buyer has the most frequent value of ``column`` among buyers, else 0."""
    values = profiles.filter(_is_buyer(profiles))[column].drop_nulls()
    if values.is_empty():
        return pl.lit(0, pl.Int8)
    most = values.value_counts(sort=True)[column].first()
    return (pl.col(column) == most).fill_null(value=False).cast(pl.Int8)
