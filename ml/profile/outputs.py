"""The published table of ``profile``."""

from __future__ import annotations

from typing import Final

from ml.profile.columns import Profile
from ml.tables import Col, Column, Kind, Table

_TEXT, _COUNT, _NUMBER = Kind.TEXT, Kind.COUNT, Kind.NUMBER
_SHARE: Final = "share of 1"

CUSTOMER_PROFILE: Final = Table(
    "customer_profile",
    (Col.user_id,),
    (
        Column(Col.user_id, _TEXT, "The shopper."),
        Column(
            Profile.lifecycle_stage,
            _TEXT,
            "prospect, new, active, at_risk or lapsed, by the shopper's own rhythm (docs/profile.md).",
        ),
        Column(
            Profile.days_since_last_purchase,
            _COUNT,
            "Days from the last purchase to the as-of date; null without one in 365 days.",
            "days",
        ),
        Column(
            Profile.days_since_first_purchase,
            _COUNT,
            "Days from the first purchase in the last 365 days to the as-of date.",
            "days",
        ),
        Column(Profile.purchase_days_90d, _COUNT, "Distinct days with a purchase in the last 90 days.", "days"),
        Column(Col.purchase_days_365d, _COUNT, "Distinct days with a purchase in the last 365 days.", "days"),
        Column(
            Profile.baskets_90d,
            _COUNT,
            "Sessions with a purchase (one that spans midnight counts on both days) in the last 90 days.",
            "baskets",
        ),
        Column(
            Profile.baskets_365d,
            _COUNT,
            "Sessions with a purchase (one that spans midnight counts on both days) in the last 365 days.",
            "baskets",
        ),
        Column(
            Profile.revenue_90d,
            _NUMBER,
            "Money paid in the last 90 days, without what was returned.",
            "the shop's currency",
        ),
        Column(
            Col.revenue_365d,
            _NUMBER,
            "Money paid in the last 365 days, without what was returned.",
            "the shop's currency",
        ),
        Column(
            Profile.mean_basket_value_365d, _NUMBER, "Revenue per basket in the last 365 days.", "the shop's currency"
        ),
        Column(
            Profile.recency_score,
            _COUNT,
            "Fifth of the buyers of 365 days by days_since_last_purchase; 5 bought last. Equals share a score.",
            "fifth, 1 to 5",
        ),
        Column(
            Profile.frequency_score,
            _COUNT,
            "Fifth of these buyers by purchase_days_365d; 5 buys most often.",
            "fifth, 1 to 5",
        ),
        Column(
            Profile.monetary_score, _COUNT, "Fifth of these buyers by revenue_365d; 5 spends most.", "fifth, 1 to 5"
        ),
        Column(
            Profile.mean_days_between_purchases,
            _NUMBER,
            "Mean gap between distinct purchase days in the last 365 days; null below two days.",
            "days",
        ),
        Column(Profile.std_days_between_purchases, _NUMBER, "Population standard deviation of those gaps.", "days"),
        Column(
            Profile.purchase_regularity,
            _NUMBER,
            "Mean gap ÷ (mean + standard deviation); 1 is even, about 0.5 is chance; null below three days.",
            "position, 0 to 1",
        ),
        Column(
            Profile.expected_days_between_purchases,
            _NUMBER,
            "The gap expected next in days; the mean of the shopper's gaps and one usual gap of the shop.",
            "days",
        ),
        Column(
            Profile.days_until_next_purchase,
            _NUMBER,
            "Expected gap less the days since the last purchase; below zero the purchase is overdue.",
            "days",
        ),
        Column(
            Profile.overdue_ratio,
            _NUMBER,
            "Days since the last purchase ÷ expected gap; above 1 the purchase is overdue.",
            "expected gaps",
        ),
        Column(
            Profile.preferred_weekday,
            _COUNT,
            "Day of the week of most baskets in 365 days, 1 is Monday and 7 Sunday.",
            "ISO day of the week",
        ),
        Column(Profile.preferred_weekday_share, _NUMBER, "Its share of the baskets.", _SHARE),
        Column(
            Profile.preferred_hour,
            _COUNT,
            "Hour (0 to 23, the shop's time zone) in which most baskets of 365 days began.",
            "hour of the day",
        ),
        Column(Profile.preferred_hour_share, _NUMBER, "Its share of the baskets.", _SHARE),
        Column(Profile.preferred_channel, _TEXT, "Channel of most baskets in 365 days."),
        Column(Profile.preferred_channel_share, _NUMBER, "Its share of the baskets.", _SHARE),
        Column(Profile.preferred_store_id, _TEXT, "Store of most baskets in 365 days."),
        Column(Profile.preferred_store_share, _NUMBER, "Its share of the baskets.", _SHARE),
        Column(
            Profile.price_index,
            _NUMBER,
            "Mean position by price of the lines bought, among those of their category; 0.5 is usual, 1 dearest.",
            "position, 0 to 1",
        ),
        Column(Profile.price_band, _TEXT, "Third of the shoppers by price_index; low, medium or high."),
        Column(Profile.discount_share_90d, _NUMBER, "Discount ÷ (revenue + discount) in the last 90 days.", _SHARE),
        Column(Profile.discount_share_365d, _NUMBER, "Discount ÷ (revenue + discount) in the last 365 days.", _SHARE),
        Column(
            Profile.top_category_1,
            _TEXT,
            "Category (item_category) of most purchase lines; ties go to the first by name.",
        ),
        Column(
            Profile.top_category_1_share, _NUMBER, "Its share of the purchase lines of recommendable items.", _SHARE
        ),
        Column(
            Profile.top_category_2,
            _TEXT,
            "Category (item_category) of second most purchase lines; ties go to the first by name.",
        ),
        Column(
            Profile.top_category_2_share, _NUMBER, "Its share of the purchase lines of recommendable items.", _SHARE
        ),
        Column(
            Profile.top_category_3,
            _TEXT,
            "Category (item_category) of third most purchase lines; ties go to the first by name.",
        ),
        Column(
            Profile.top_category_3_share, _NUMBER, "Its share of the purchase lines of recommendable items.", _SHARE
        ),
        Column(
            Profile.top_subcategory_1,
            _TEXT,
            "Subcategory (item_category2) of most purchase lines; ties go to the first by name.",
        ),
        Column(
            Profile.top_subcategory_1_share, _NUMBER, "Its share of the purchase lines of recommendable items.", _SHARE
        ),
        Column(
            Profile.top_subcategory_2,
            _TEXT,
            "Subcategory (item_category2) of second most purchase lines; ties go to the first by name.",
        ),
        Column(
            Profile.top_subcategory_2_share, _NUMBER, "Its share of the purchase lines of recommendable items.", _SHARE
        ),
        Column(
            Profile.top_subcategory_3,
            _TEXT,
            "Subcategory (item_category2) of third most purchase lines; ties go to the first by name.",
        ),
        Column(
            Profile.top_subcategory_3_share, _NUMBER, "Its share of the purchase lines of recommendable items.", _SHARE
        ),
        Column(Profile.top_brand_1, _TEXT, "Brand of most purchase lines; ties go to the first by name."),
        Column(Profile.top_brand_1_share, _NUMBER, "Its share of the purchase lines of recommendable items.", _SHARE),
        Column(Profile.top_brand_2, _TEXT, "Brand of second most purchase lines; ties go to the first by name."),
        Column(Profile.top_brand_2_share, _NUMBER, "Its share of the purchase lines of recommendable items.", _SHARE),
        Column(Profile.top_brand_3, _TEXT, "Brand of third most purchase lines; ties go to the first by name."),
        Column(Profile.top_brand_3_share, _NUMBER, "Its share of the purchase lines of recommendable items.", _SHARE),
        Column(Profile.campaigns_90d, _COUNT, "Campaigns of which a message came in the last 90 days.", "campaigns"),
        Column(Profile.campaigns_365d, _COUNT, "Campaigns of which a message came in the last 365 days.", "campaigns"),
        Column(
            Profile.running_campaigns,
            _COUNT,
            "Of the campaigns of 365 days those that go on after the as-of date.",
            "campaigns",
        ),
        Column(Profile.sends_90d, _COUNT, "Messages of campaigns in the last 90 days.", "messages"),
        Column(Profile.sends_365d, _COUNT, "Messages of campaigns in the last 365 days.", "messages"),
        Column(Profile.opens_365d, _COUNT, "Messages opened in the last 365 days, every opening counted.", "reactions"),
        Column(Profile.clicks_365d, _COUNT, "Clicks in messages in the last 365 days.", "reactions"),
        Column(
            Profile.conversions_365d,
            _COUNT,
            "Conversions that the shop reported for campaigns in the last 365 days.",
            "reactions",
        ),
        Column(Profile.redemptions_365d, _COUNT, "Coupons redeemed in the last 365 days.", "coupons"),
        Column(
            Profile.open_rate_365d,
            _NUMBER,
            "Share of the campaigns received in 365 days that were opened; null where the shop reports none.",
            _SHARE,
        ),
        Column(
            Profile.click_rate_365d,
            _NUMBER,
            "Share of the campaigns received in 365 days with a click; null where the shop reports none.",
            _SHARE,
        ),
        Column(
            Profile.redemption_rate_365d,
            _NUMBER,
            "Share of these campaigns with a coupon redeemed; null where the shop reports none.",
            _SHARE,
        ),
        Column(
            Profile.days_since_last_send,
            _COUNT,
            "Days from the last message of a campaign to the as-of date; null without one in 365 days.",
            "days",
        ),
        Column(
            Profile.days_since_last_redemption,
            _COUNT,
            "Days from the last coupon redeemed to the as-of date; null without one in 365 days.",
            "days",
        ),
        Column(Col.as_of_date, Kind.DAY, "The day whose end the row knows."),
    ),
    "One row per shopper: when, how often, how much, what and where they buy, what campaigns reached them.",
    person=Col.user_id,
)
