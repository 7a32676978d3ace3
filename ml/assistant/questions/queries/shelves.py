"""Questions about what is recommended, to whom, by what and why."""

from __future__ import annotations

from typing import Final

from ml.assistant.questions.queries.items import ALL
from ml.assistant.questions.terms import Kind, Parameter, Query
from ml.words import Words

_PLACEMENT: Final = Parameter(Kind.PLACEMENT)
_PLACED: Final = "true [[and placement = $placement]]"
_RANK: Final = Parameter(Kind.TOP, default=ALL)

SHELVES: Final = (
    Query(
        "shelf_of_shopper",
        about="PRODUCT SHELF",
        needs=("SHELF|SEE|RECOMMEND|PLACEMENT",),
        may="PRODUCT MOST",
        takes=(Parameter(Kind.SHOPPER, is_needed=True), _PLACEMENT, _RANK),
        reads=("recommendation",),
        sql=f"""
            select placement, rank, item_id, item_name, reason_text from recommendation
            where user_id = $shopper and {_PLACED} and rank <= $top order by placement, rank""",
        means=Words("What stands on the shopper's shelves, with the reasons.", "该顾客货架上的商品及推荐理由。"),
        asked=Words("What does shopper 1003 see on the for_you shelf?", "顾客1003在for_you上看到什么？"),
    ),
    Query(
        "default_shelf",
        about="PRODUCT SHELF",
        needs=("DEFAULT", "SHELF|SEE|PRODUCT|RECOMMEND|PLACEMENT"),
        may="MOST",
        takes=(_PLACEMENT, _RANK),
        reads=("default_shelf",),
        sql=f"""
            select placement, rank, item_id, item_name, reason_text from default_shelf
            where {_PLACED} and rank <= $top order by placement, rank""",
        means=Words("What shoppers without a shelf of their own are shown.", "展示给没有个人货架的顾客的商品。"),
        asked=Words("What is on the default shelf for discover?", "discover的默认货架上有什么？"),
    ),
    Query(
        "recommended_items",
        about="PRODUCT",
        needs=("RECOMMEND", "PRODUCT", "MOST"),
        may="SHOPPER PLACEMENT SHELF",
        takes=(_PLACEMENT, Parameter(Kind.TOP, default=10)),
        reads=("recommendation",),
        sql=f"""
            select item_id, any_value(item_name) as item_name, count(distinct user_id) as shoppers
            from recommendation where {_PLACED} group by item_id order by shoppers desc, item_id limit $top""",
        means=Words(
            "Items by the number of shoppers on whose shelves they stand.", "按出现在多少顾客货架上统计的商品。"
        ),
        asked=Words("Which product is recommended to most shoppers?", "被推荐给最多顾客的商品是什么？"),
    ),
    Query(
        "different_items",
        needs=("RECOMMEND", "PRODUCT", "COUNT|QUANTITY|AMOUNT"),
        may="DIFFERENT PLACEMENT SHELF",
        takes=(_PLACEMENT,),
        reads=("recommendation",),
        sql=f"select count(distinct item_id) as items from recommendation where {_PLACED}",
        means=Words("Different items on all shoppers' shelves.", "所有顾客货架上不同商品的数量。"),
        asked=Words("How many different products do we recommend?", "我们推荐了多少不同的商品？"),
    ),
    Query(
        "reasons",
        about="REASON",
        needs=("REASON", "RECOMMEND"),
        may="MOST DIVIDE PLACEMENT SHELF",
        takes=(_PLACEMENT, _RANK),
        reads=("recommendation",),
        sql=f"""
            select reason_code as reason, count(*) as places from recommendation
            where {_PLACED} group by reason_code order by places desc, reason limit $top""",
        means=Words("Places on shoppers' shelves by the kind of reason.", "按推荐理由类型统计的货架位置数。"),
        asked=Words("What are the most frequent reasons for recommendations?", "最常见的推荐理由有哪些？"),
    ),
    Query(
        "model_of_placement",
        about="MODEL PLACEMENT",
        needs=("MODEL",),
        may="SERVE PLACEMENT SHELF RECOMMEND",
        takes=(_PLACEMENT,),
        reads=("policy",),
        sql=f"""
            select placement, model_name as model, recipe, objective, mode from policy
            where {_PLACED} order by placement""",
        means=Words("The model and the recommender that rank each placement.", "各版位使用的模型与推荐方法。"),
        asked=Words("Which model serves the buy_again placement?", "buy_again版位使用哪个模型？"),
    ),
)
