"""Questions about how many shoppers there are, what they spend and what became of them: ``customer_profile``."""

from __future__ import annotations

from typing import Final

from ml.assistant.questions.terms import EARLIER_DAYS, Kind, Parameter, Query
from ml.words import Words

PROFILE: Final = ("customer_profile",)
STAGE: Final = Parameter(Kind.STAGE)
BAND: Final = Parameter(Kind.BAND)
SHOPPER: Final = Parameter(Kind.SHOPPER, is_needed=True)
_WINDOW: Final = Parameter(Kind.PAST, default=365, choices=(90, 365))
COUNTED: Final = "COUNT|QUANTITY|SHOPPERS_COUNTED"
OF_STAGE: Final = "true [[and lifecycle_stage = $stage]]"
OF_BAND: Final = "[[and price_band = $band]]"

SHOPPERS: Final = (
    Query(
        "shoppers",
        needs=(COUNTED, "SHOPPER|SHOPPERS_COUNTED|stage"),
        may="TOTAL",
        takes=(STAGE, BAND),
        reads=PROFILE,
        sql=f"""
            select count(*) as shoppers from customer_profile where {OF_STAGE} {OF_BAND}""",
        means=Words("Shoppers with a profile.", "有画像的顾客数。"),
        asked=Words("How many shoppers are at risk?", "有流失风险的顾客有多少？"),
    ),
    Query(
        "shoppers_by_stage",
        about="STAGE",
        needs=("STAGE", "SHOPPER|DIVIDE|SHOPPERS_COUNTED"),
        may="MOST SIZE",
        reads=PROFILE,
        sql="""
            select lifecycle_stage as stage, count(*) as shoppers, count(*) / sum(count(*)) over () as share
            from customer_profile group by lifecycle_stage order by shoppers desc, stage""",
        means=Words(
            "Shoppers of each stage of life as a customer, and their share of all.", "各生命周期阶段的顾客数及占比。"
        ),
        asked=Words("How do shoppers divide over the life-cycle stages?", "各生命周期阶段分别有多少顾客？"),
    ),
    Query(
        "revenue",
        needs=("REVENUE",),
        may="SHOPPER TOTAL AMOUNT",
        takes=(STAGE, _WINDOW),
        reads=PROFILE,
        sql=f"""
            select sum(case $past when 90 then revenue_90d else revenue_365d end) as revenue, count(*) as shoppers
            from customer_profile where {OF_STAGE}""",
        means=Words(
            "Money paid in the days given up to the day of the tables, without what was returned.",
            "截至当日的给定天数内的实付金额（扣除退货）。",
        ),
        asked=Words("How much revenue did active shoppers bring in the last 90 days?", "活跃顾客最近90天消费了多少？"),
    ),
    Query(
        "revenue_by_stage",
        about="STAGE",
        needs=("REVENUE", "STAGE"),
        may="SHOPPER TOTAL DIVIDE AMOUNT MOST",
        takes=(_WINDOW,),
        reads=PROFILE,
        sql="""
            select lifecycle_stage as stage,
                sum(case $past when 90 then revenue_90d else revenue_365d end) as revenue, count(*) as shoppers
            from customer_profile group by lifecycle_stage order by revenue desc, stage""",
        means=Words(
            "Money paid by the shoppers of each stage in the days given, without what was returned.",
            "各阶段顾客在给定天数内的实付金额（扣除退货）。",
        ),
        asked=Words(
            "What is the revenue by life-cycle stage in the last year?", "过去一年各生命周期阶段的销售额是多少？"
        ),
    ),
    Query(
        "revenue_per_shopper",
        needs=("REVENUE", "AVERAGE"),
        may="SHOPPER AMOUNT",
        takes=(STAGE, _WINDOW),
        reads=PROFILE,
        sql=f"""
            select avg(case $past when 90 then revenue_90d else revenue_365d end) as revenue_per_shopper,
                count(*) as shoppers
            from customer_profile where {OF_STAGE}""",
        means=Words(
            "Money paid in the days given by the number of shoppers, those who bought nothing included.",
            "给定天数内实付金额除以顾客数（含未购买者）。",
        ),
        asked=Words("How much does an average customer spend per year?", "过去一年人均消费多少？"),
    ),
    Query(
        "basket_value",
        needs=("BASKET",),
        may="AVERAGE SHOPPER AMOUNT",
        takes=(STAGE, _WINDOW),
        reads=PROFILE,
        sql=f"""
            select sum(case $past when 90 then revenue_90d else revenue_365d end)
                / nullif(sum(case $past when 90 then baskets_90d else baskets_365d end), 0) as basket_value
            from customer_profile where {OF_STAGE}""",
        means=Words("Revenue of the days given by its number of baskets.", "给定天数内的销售额除以购物篮数。"),
        asked=Words("What is the average basket value?", "平均客单价是多少？"),
    ),
    Query(
        "stage_of_shopper",
        about="STAGE",
        needs=("STAGE",),
        takes=(SHOPPER,),
        reads=PROFILE,
        sql="select lifecycle_stage as stage from customer_profile where user_id = $shopper",
        means=Words("The shopper's stage of life as a customer.", "该顾客所处的生命周期阶段。"),
        asked=Words("What stage is shopper 1007 in?", "顾客1007处于哪个生命周期阶段？"),
    ),
    Query(
        "last_purchase_of_shopper",
        needs=("LAST_BUY", "WHEN"),
        takes=(SHOPPER,),
        reads=PROFILE,
        sql="""
            select days_since_last_purchase,
                as_of_date - days_since_last_purchase::integer as last_purchase
            from customer_profile where user_id = $shopper""",
        means=Words(
            "Days since the shopper's last purchase, and its day; null without one in 365 days.",
            "距该顾客上次购买的天数及日期；365天内未购买则为空。",
        ),
        asked=Words("When did customer 1012 last buy?", "顾客1012上次购买是什么时候？"),
    ),
    Query(
        "category_growth_of_newcomers",
        about="CATEGORY",
        needs=("CATEGORY", "GROW"),
        may="MOST SHOPPER",
        takes=(
            Parameter(Kind.STAGE, is_needed=True, choices=("new",)),
            Parameter(Kind.PAST, default=EARLIER_DAYS, choices=(EARLIER_DAYS,)),
        ),
        reads=("customer_profile", "earlier.customer_profile"),
        sql="""
            with of_day as (
                select top_category_1 as category, count(*) as shoppers from profile.customer_profile
                where lifecycle_stage = $stage and top_category_1 is not null group by top_category_1
            ),
            of_earlier as (
                select top_category_1 as category, count(*) as shoppers from earlier.customer_profile
                where lifecycle_stage = $stage and top_category_1 is not null group by top_category_1
            )
            select category, coalesce(d.shoppers, 0) - coalesce(e.shoppers, 0) as growth,
                coalesce(d.shoppers, 0) as shoppers, coalesce(e.shoppers, 0) as shoppers_before, $past::integer as days
            from of_day d full join of_earlier e using (category) order by growth desc, category""",
        means=Words(
            "Newcomers (first purchase less than 28 days ago) by the category that they buy most, as of the day and "
            "as of 28 days before; growth is the difference in shoppers. A newcomer bought all within those 28 days.",
            "新顾客（首次购买不足28天）按其购买最多的品类计数，当日与28天前之差为增长；新顾客的全部购买都在这28天内。",
        ),
        asked=Words("Which category grew most last month among newcomers?", "上个月新顾客中哪个品类增长最快？"),
    ),
)
