"""The published table of ``profile``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ml.profile.columns import Profile
from ml.tables import Col, Column, Kind, Table

_TEXT, _COUNT, _NUMBER = Kind.TEXT, Kind.COUNT, Kind.NUMBER
_SHARE: Final = "share of 1"
_MOST: Final = ("most", "second most", "third most")


def _affinities(what: str, *columns: tuple[str, str]) -> Iterator[Column]:
    """The names that most of a shopper's purchase lines have, most first, each with its share."""
    for order, (name, share) in zip(_MOST, columns, strict=True):
        told = f"{what} of {order} purchase lines in 365 days; of equals the first by name."
        yield Column(name, _TEXT, told)
        told = f"Share of {name} in the purchase lines of recommendable items in 365 days."
        yield Column(share, _NUMBER, told, _SHARE)


CUSTOMER_PROFILE: Final = Table(
    "customer_profile",
    (Col.user_id,),
    (
        Column(Col.user_id, _TEXT, "Id of the shopper, as landed (pseudonymous)."),
        Column(
            Profile.lifecycle_stage,
            _TEXT,
            "Stage of life as a customer: prospect, new, active, at_risk or lapsed (docs/profile.md has the rules).",
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
            "Days from the first purchase in the last 365 days to the as-of date; null without one.",
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
            Profile.mean_basket_value_365d,
            _NUMBER,
            "Revenue per basket in the last 365 days; null without one.",
            "the shop's currency",
        ),
        Column(
            Profile.recency_score,
            _COUNT,
            "Fifth of the buyers of 365 days by days_since_last_purchase; 5 bought last. Null for others.",
            "fifth, 1 to 5",
        ),
        Column(
            Profile.frequency_score,
            _COUNT,
            "Fifth of the buyers of 365 days by purchase_days_365d; 5 buys most often. Null for others.",
            "fifth, 1 to 5",
        ),
        Column(
            Profile.monetary_score,
            _COUNT,
            "Fifth of the buyers of 365 days by revenue_365d; 5 spends most. Null for others.",
            "fifth, 1 to 5",
        ),
        Column(
            Profile.mean_days_between_purchases,
            _NUMBER,
            "Mean gap between distinct purchase days in the last 365 days; null below two days.",
            "days",
        ),
        Column(
            Profile.std_days_between_purchases,
            _NUMBER,
            "Population standard deviation of the gaps between purchase days in the last 365 days; null without a gap.",
            "days",
        ),
        Column(
            Profile.purchase_regularity,
            _NUMBER,
            "Mean gap ÷ (mean + standard deviation); 1 is even, about 0.5 is chance; null below three days.",
            "position, 0 to 1",
        ),
        Column(
            Profile.expected_days_between_purchases,
            _NUMBER,
            "Days expected from one purchase day to the next: the shopper's own gaps, averaged with one usual gap of "
            "the shop (docs/profile.md).",
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
            "Day of the week of most baskets in 365 days; 1 is Monday, 7 Sunday.",
            "day of the week, 1 to 7",
        ),
        Column(
            Profile.preferred_weekday_share, _NUMBER, "Share of the baskets of 365 days on preferred_weekday.", _SHARE
        ),
        Column(
            Profile.preferred_hour,
            _COUNT,
            "Hour in which most baskets of 365 days began, in the shop's time zone.",
            "hour, 0 to 23",
        ),
        Column(Profile.preferred_hour_share, _NUMBER, "Share of the baskets of 365 days at preferred_hour.", _SHARE),
        Column(
            Profile.preferred_channel,
            _TEXT,
            "Channel of most baskets in the last 365 days; null where the shop names none.",
        ),
        Column(
            Profile.preferred_channel_share, _NUMBER, "Share of the baskets of 365 days by preferred_channel.", _SHARE
        ),
        Column(
            Profile.preferred_store_id,
            _TEXT,
            "Store of most baskets in the last 365 days; null where the shop names none.",
        ),
        Column(
            Profile.preferred_store_share, _NUMBER, "Share of the baskets of 365 days in preferred_store_id.", _SHARE
        ),
        Column(
            Profile.price_index,
            _NUMBER,
            "How dear the items bought are within their category: 0.5 is usual, 1 the dearest; null below five lines "
            "(docs/profile.md).",
            "position, 0 to 1",
        ),
        Column(
            Profile.price_band,
            _TEXT,
            "Third of the shoppers by price_index: low, medium or high; null where price_index is.",
        ),
        Column(
            Profile.discount_share_90d,
            _NUMBER,
            "Discount ÷ (revenue + discount) in the last 90 days; null without purchases.",
            _SHARE,
        ),
        Column(
            Profile.discount_share_365d,
            _NUMBER,
            "Discount ÷ (revenue + discount) in the last 365 days; null without purchases.",
            _SHARE,
        ),
        *_affinities(
            "Category (item_category)",
            (Profile.top_category_1, Profile.top_category_1_share),
            (Profile.top_category_2, Profile.top_category_2_share),
            (Profile.top_category_3, Profile.top_category_3_share),
        ),
        *_affinities(
            "Subcategory (item_category2)",
            (Profile.top_subcategory_1, Profile.top_subcategory_1_share),
            (Profile.top_subcategory_2, Profile.top_subcategory_2_share),
            (Profile.top_subcategory_3, Profile.top_subcategory_3_share),
        ),
        *_affinities(
            "Brand",
            (Profile.top_brand_1, Profile.top_brand_1_share),
            (Profile.top_brand_2, Profile.top_brand_2_share),
            (Profile.top_brand_3, Profile.top_brand_3_share),
        ),
        Column(
            Profile.campaigns_90d,
            _COUNT,
            "Campaigns of which the shopper got a message in the last 90 days.",
            "campaigns",
        ),
        Column(
            Profile.campaigns_365d,
            _COUNT,
            "Campaigns of which the shopper got a message in the last 365 days.",
            "campaigns",
        ),
        Column(
            Profile.running_campaigns,
            _COUNT,
            "Of campaigns_365d those that go on after the as-of date.",
            "campaigns",
        ),
        Column(Profile.sends_90d, _COUNT, "Messages of campaigns sent to the shopper in the last 90 days.", "messages"),
        Column(
            Profile.sends_365d, _COUNT, "Messages of campaigns sent to the shopper in the last 365 days.", "messages"
        ),
        Column(
            Profile.opens_365d,
            _COUNT,
            "Openings of messages in the last 365 days; a message opened twice counts twice.",
            "openings",
        ),
        Column(Profile.clicks_365d, _COUNT, "Clicks in messages in the last 365 days.", "clicks"),
        Column(
            Profile.conversions_365d,
            _COUNT,
            "Conversions that the shop credits to campaigns, in the last 365 days.",
            "conversions",
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
            "Share of the campaigns received in 365 days with a coupon redeemed; null where the shop reports none.",
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
        Column(
            Col.as_of_date,
            Kind.DAY,
            "The day D of the version: the row is made from what had arrived by the end of D, for use on D + 1.",
        ),
    ),
    "One row per shopper: when, how often, how much, what and where they buy, what campaigns reached them, and their "
    "stage of life as a customer. Purchases are net of what was returned.",
    person=Col.user_id,
)
