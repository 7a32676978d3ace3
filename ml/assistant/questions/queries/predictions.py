"""Questions about what shoppers will do: ``customer_prediction``."""

from __future__ import annotations

from typing import Final

from ml.assistant.questions.queries.shoppers import COUNTED, OF_STAGE, SHOPPER, STAGE
from ml.assistant.questions.terms import Kind, Parameter, Query
from ml.words import Words

_OF_BOTH: Final = ("customer_prediction", "customer_profile")
_JOINED: Final = "customer_prediction join customer_profile using (user_id)"
_VALUE: Final = "case $future when 28 then predicted_clv_28d when 90 then predicted_clv_90d else predicted_clv_365d end"
_HORIZON: Final = Parameter(Kind.FUTURE, is_needed=True, choices=(28, 90, 365))

PREDICTIONS: Final = (
    Query(
        "churn_average",
        needs=("CHURN", "AVERAGE"),
        may="SHOPPER AMOUNT",
        takes=(STAGE,),
        reads=_OF_BOTH,
        sql=f"""
            select avg(churn_probability) as churn_probability, count(*) as shoppers, any_value(churn_days) as days
            from {_JOINED} where {OF_STAGE}""",
        means=Words("Mean probability of no purchase in the days given.", "在所示天数内不再购买的平均概率。"),
        asked=Words("What is the average churn probability of active shoppers?", "活跃顾客的平均流失概率是多少？"),
    ),
    Query(
        "churn_above",
        needs=("CHURN", "ABOVE", "SHOPPER|SHOPPERS_COUNTED|stage", COUNTED),
        takes=(STAGE, Parameter(Kind.SHARE, is_needed=True)),
        reads=_OF_BOTH,
        sql=f"select count(*) as shoppers from {_JOINED} where churn_probability > $share and {OF_STAGE}",
        means=Words("Shoppers whose churn probability is higher.", "流失概率高于该值的顾客数。"),
        asked=Words("How many shoppers have a churn probability above 70 %?", "流失概率超过70%的顾客有多少？"),
    ),
    Query(
        "churn_of_shopper",
        needs=("CHURN",),
        may="AMOUNT",
        takes=(SHOPPER,),
        reads=("customer_prediction",),
        sql="select churn_probability, churn_days from customer_prediction where user_id = $shopper",
        means=Words("Probability of no purchase in the next churn_days days.", "未来churn_days天内不再购买的概率。"),
        asked=Words("What is the churn probability of shopper 1005?", "顾客1005的流失概率是多少？"),
    ),
    Query(
        "expected_orders",
        needs=("ORDERS_COUNTED", "EXPECT"),
        may="SHOPPER TOTAL",
        takes=(STAGE, Parameter(Kind.FUTURE, is_needed=True, choices=(28, 90))),
        reads=_OF_BOTH,
        sql=f"""
            select sum(case $future when 28 then expected_orders_28d else expected_orders_90d end) as expected_orders,
                count(*) as shoppers
            from {_JOINED} where {OF_STAGE}""",
        means=Words(
            "Days with a purchase that are expected of all these shoppers in the days given.",
            "预计这些顾客在给定天数内有购买的天数合计。",
        ),
        asked=Words("How many orders do we expect in the next 28 days?", "未来28天预计有多少订单？"),
    ),
    Query(
        "value_total",
        needs=("VALUE", "EXPECT", "TOTAL"),
        may="SHOPPER AMOUNT",
        takes=(STAGE, _HORIZON),
        reads=_OF_BOTH,
        sql=f"select sum({_VALUE}) as predicted_value, count(*) as shoppers from {_JOINED} where {OF_STAGE}",
        means=Words("Expected spend of all these shoppers in the days given.", "预计这些顾客在给定天数内的消费总额。"),
        asked=Words(
            "What is the total predicted customer value for the next 90 days?", "未来90天预测的顾客价值总计是多少？"
        ),
    ),
    Query(
        "value_average",
        needs=("VALUE", "EXPECT", "AVERAGE"),
        may="SHOPPER AMOUNT",
        takes=(STAGE, _HORIZON),
        reads=_OF_BOTH,
        sql=f"select avg({_VALUE}) as predicted_value, count(*) as shoppers from {_JOINED} where {OF_STAGE}",
        means=Words("Expected spend per shopper in the days given.", "预计每位顾客在给定天数内的消费额。"),
        asked=Words(
            "What is the average predicted value of lapsed customers over the next year?",
            "未来一年已流失顾客的平均预测价值是多少？",
        ),
    ),
    Query(
        "value_of_shopper",
        needs=("VALUE", "EXPECT"),
        may="AMOUNT",
        takes=(SHOPPER, _HORIZON),
        reads=("customer_prediction",),
        sql=f"""
            select {_VALUE} as predicted_value,
                case $future when 28 then predicted_clv_28d_low when 90 then predicted_clv_90d_low
                    else predicted_clv_365d_low end as low,
                case $future when 28 then predicted_clv_28d_high when 90 then predicted_clv_90d_high
                    else predicted_clv_365d_high end as high
            from customer_prediction where user_id = $shopper""",
        means=Words(
            "Expected spend of the shopper in the days given, with its 80 % interval.",
            "预计该顾客在给定天数内的消费额及80%区间。",
        ),
        asked=Words(
            "What is the predicted value of shopper 1005 for the next 90 days?", "顾客1005未来90天的预测价值是多少？"
        ),
    ),
)
