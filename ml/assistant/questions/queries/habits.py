"""Questions about what, when and where shoppers buy, and what campaigns reach: ``customer_profile``."""

from __future__ import annotations

from typing import Final

from ml.assistant.questions.queries.shoppers import BAND, COUNTED, OF_BAND, OF_STAGE, PROFILE, STAGE
from ml.assistant.questions.terms import Kind, Parameter, Query
from ml.words import Words

_TOP: Final = Parameter(Kind.TOP, default=10)
_YEAR: Final = Parameter(Kind.PAST, default=365, choices=(365,))
_LIKED: Final = "SHOPPER|SHOPPERS_COUNTED|FAVOURITE|stage"


def _by(name: str, concept: str, column: str, called: str, texts: tuple[Words, Words]) -> Query:
    """How many shoppers have each value of a column, the most frequent first."""
    return Query(
        name,
        about=concept,
        needs=(concept, _LIKED),
        may="FAVOURITE SHOPPER BUY MOST POPULAR DIVIDE",
        takes=(STAGE, BAND, _TOP),
        reads=PROFILE,
        sql=f"""
            select {column} as {called}, count(*) as shoppers from customer_profile
            where {column} is not null and {OF_STAGE} {OF_BAND}
            group by {column} order by shoppers desc, {called} limit $top""",
        means=texts[0],
        asked=texts[1],
    )


def _rate(name: str, means: Words, asked: Words) -> Query:
    """The mean of a rate over the shoppers who have one."""
    return Query(
        name,
        needs=(name.upper(),),
        may="AVERAGE CAMPAIGN SHOPPER AMOUNT",
        takes=(STAGE, _YEAR),
        reads=PROFILE,
        sql=f"""
            select avg({name}_365d) as {name}, count({name}_365d) as shoppers, $past::integer as days
            from customer_profile where {OF_STAGE}""",
        means=means,
        asked=asked,
    )


def _counted(name: str, needs: str, condition: str, means: Words, asked: Words, *takes: Parameter) -> Query:
    """How many shoppers a condition holds for."""
    return Query(
        name,
        needs=(COUNTED, "SHOPPER|SHOPPERS_COUNTED|stage", *needs.split()),
        takes=(STAGE, BAND, *takes),
        reads=PROFILE,
        sql=f"""
            select count(*) as shoppers from customer_profile
            where {condition} and {OF_STAGE} {OF_BAND}""",
        means=means,
        asked=asked,
    )


HABITS: Final = (
    _by(
        *("favourite_categories", "CATEGORY", "top_category_1", "category"),
        (
            Words(
                "Shoppers by the category that they bought most in 365 days.", "按365天内购买最多的品类统计的顾客数。"
            ),
            Words("What are the five favourite categories of our shoppers?", "顾客最喜欢的5个品类是什么？"),
        ),
    ),
    _by(
        *("favourite_brands", "BRAND", "top_brand_1", "brand"),
        (
            Words("Shoppers by the brand that they bought most in 365 days.", "按365天内购买最多的品牌统计的顾客数。"),
            Words("Which 3 brands do shoppers prefer?", "顾客最喜欢的3个品牌是什么？"),
        ),
    ),
    _by(
        *("favourite_stores", "STORE", "preferred_store_id", "store"),
        (
            Words(
                "Shoppers by the store of most of their baskets in 365 days.", "按365天内光顾最多的门店统计的顾客数。"
            ),
            Words("Which stores do shoppers prefer?", "顾客最偏好的门店有哪些？"),
        ),
    ),
    _by(
        *("favourite_channels", "CHANNEL", "preferred_channel", "channel"),
        (
            Words(
                "Shoppers by the channel of most of their baskets in 365 days.", "按365天内使用最多的渠道统计的顾客数。"
            ),
            Words("Which channel do shoppers prefer?", "顾客偏好哪个渠道？"),
        ),
    ),
    _by(
        *("weekdays", "WEEKDAY", "preferred_weekday", "weekday"),
        (
            Words(
                "Shoppers by the day of the week of most of their baskets in 365 days; 1 is Monday.",
                "按365天内购物最多的星期统计的顾客数；1为星期一。",
            ),
            Words("On which weekday do most shoppers buy?", "顾客一般在星期几购物？"),
        ),
    ),
    _by(
        *("hours", "HOUR", "preferred_hour", "hour"),
        (
            Words(
                "Shoppers by the hour in which most of their baskets of 365 days began, in the shop's time zone.",
                "按365天内购物最多的时段（店铺时区的小时）统计的顾客数。",
            ),
            Words("At what hour do most shoppers buy?", "顾客一般在几点购物？"),
        ),
    ),
    _by(
        *("price_bands", "BAND", "price_band", "band"),
        (
            Words("Shoppers by price band: how dear what they buy is within its category.", "按价格带统计的顾客数。"),
            Words("How do shoppers divide over the price bands?", "各价格带分别有多少顾客？"),
        ),
    ),
    Query(
        "shoppers_of_category",
        needs=(COUNTED, "SHOPPER|SHOPPERS_COUNTED|stage", "FAVOURITE"),
        may="CATEGORY",
        takes=(STAGE, Parameter(Kind.CATEGORY, is_needed=True)),
        reads=PROFILE,
        sql=f"select count(*) as shoppers from customer_profile where top_category_1 = $category and {OF_STAGE}",
        means=Words("Shoppers who bought that category most in 365 days.", "365天内购买该品类最多的顾客数。"),
        asked=Words("How many shoppers have wine as their favourite category?", "有多少顾客最喜欢的品类是WINE？"),
    ),
    _counted(
        *("overdue", "OVERDUE", "overdue_ratio > 1"),
        Words("Shoppers who are later than their own rhythm says.", "超过自身购买周期仍未购买的顾客数。"),
        Words("How many customers are overdue?", "逾期未购的顾客有多少？"),
    ),
    _counted(
        *("due", "DUE", "days_until_next_purchase between 0 and $future"),
        Words("Shoppers whose next purchase is expected within the days given.", "预计在给定天数内购买的顾客数。"),
        Words("How many shoppers are due within the next 7 days?", "接下来7天内该购买的顾客有多少？"),
        Parameter(Kind.FUTURE, is_needed=True),
    ),
    _counted(
        *("not_bought", "NOT_BOUGHT ABOVE", "days_since_last_purchase > $days"),
        Words(
            "Shoppers whose last purchase is more days ago, of those who bought within 365 days.",
            "距上次购买超过给定天数的顾客数（仅限365天内购买过的）。",
        ),
        Words("How many shoppers have not bought for more than 60 days?", "超过60天没有购买的顾客有多少？"),
        Parameter(Kind.DAYS, is_needed=True),
    ),
    Query(
        "redemptions",
        needs=("COUPONS_COUNTED", "REDEEM"),
        may="SHOPPER TOTAL AMOUNT",
        takes=(STAGE, _YEAR),
        reads=PROFILE,
        sql=f"""
            select sum(redemptions_365d) as redemptions, $past::integer as days from customer_profile
            where {OF_STAGE}""",
        means=Words("Coupons redeemed in 365 days.", "365天内核销的优惠券数。"),
        asked=Words("How many coupons were redeemed in the last year?", "过去一年使用了多少优惠券？"),
    ),
    _rate(
        "open_rate",
        Words(
            "Share of the campaigns received in 365 days that were opened, averaged over shoppers.",
            "365天内收到的活动的打开率（按顾客平均）。",
        ),
        Words("What is the average open rate of our campaigns?", "营销活动的平均打开率是多少？"),
    ),
    _rate(
        "click_rate",
        Words(
            "Share of the campaigns received in 365 days with a click, averaged over shoppers.",
            "365天内收到的活动的点击率（按顾客平均）。",
        ),
        Words("What is the average click rate of our campaigns?", "营销活动的平均点击率是多少？"),
    ),
    _rate(
        "redemption_rate",
        Words(
            "Share of the campaigns received in 365 days with a coupon redeemed, averaged over shoppers.",
            "365天内收到的活动的核销率（按顾客平均）。",
        ),
        Words("What is the average redemption rate of our campaigns?", "营销活动的平均核销率是多少？"),
    ),
)
