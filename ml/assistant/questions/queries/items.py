"""Questions about items: what sells, what belongs together, what will be bought."""

from __future__ import annotations

from typing import Final

from ml.assistant.questions.figures import LONGEST_LIST
from ml.assistant.questions.terms import Kind, Parameter, Query
from ml.words import Words

ALL: Final = LONGEST_LIST
_CATEGORY: Final = Parameter(Kind.CATEGORY)
_MONTH: Final = Parameter(Kind.PAST, default=28, choices=(28,))
_SCOPE: Final = "scope = coalesce('category:' || $category, 'all')"
NAMES: Final = "(select item_id, any_value(item_name) as item_name from recommendation group by item_id)"


def _related(name: str, relation: str, concept: str, means: Words, asked: Words) -> Query:
    return Query(
        name,
        about="PRODUCT",
        needs=(concept,),
        may="PRODUCT BUY MOST",
        takes=(Parameter(Kind.ITEM, is_needed=True), Parameter(Kind.TOP, default=ALL)),
        reads=("similar_item", "recommendation"),
        sql=f"""
            select s.rank, s.related_item_id, n.item_name, s.support, s.lift
            from similar_item s left join {NAMES} n on n.item_id = s.related_item_id
            where s.relation = '{relation}' and s.item_id = $item order by s.rank limit $top""",
        means=means,
        asked=asked,
    )


ITEMS: Final = (
    Query(
        "popular_items",
        about="PRODUCT BESTSELLER",
        needs=("POPULAR|BESTSELLER", "PRODUCT|BESTSELLER"),
        may="MOST CATEGORY",
        takes=(_CATEGORY, _MONTH, Parameter(Kind.TOP, default=10)),
        reads=("popular_item", "recommendation"),
        sql=f"""
            select p.item_id, n.item_name, p.score as shoppers, p.trend, $past::integer as days
            from popular_item p left join {NAMES} n using (item_id) where {_SCOPE} order by p.rank limit $top""",
        means=Words(
            "Items that most shoppers bought in the last 28 days; trend above 1: more in the last 7 days.",
            "最近28天购买人数最多的商品；trend大于1表示最近7天在上升。",
        ),
        asked=Words("What are the 5 best-selling products?", "最畅销的3个商品是什么？"),
    ),
    Query(
        "trending_items",
        about="PRODUCT",
        needs=("TREND", "PRODUCT"),
        may="MOST CATEGORY",
        takes=(_CATEGORY, Parameter(Kind.TOP, default=20)),
        reads=("popular_item", "recommendation"),
        sql=f"""
            select p.item_id, n.item_name, p.trend, p.score as shoppers
            from popular_item p left join {NAMES} n using (item_id)
            where {_SCOPE} and p.trend > 1 order by p.trend desc, p.item_id limit $top""",
        means=Words(
            "Of the best sellers those bought more often per day in the last 7 days than in the last 28.",
            "热销商品中最近7天日均购买多于最近28天的商品。",
        ),
        asked=Words("Which products are trending?", "哪些商品有上升趋势？"),
    ),
    _related(
        *("similar_items", "similar", "SIMILAR"),
        Words("Items that the same shoppers buy, the most alike first.", "同一批顾客购买的商品，最相似的在前。"),
        Words("Which products are similar to item 5003?", "和商品5003相似的商品有哪些？"),
    ),
    _related(
        *("items_bought_together", "bought_together", "TOGETHER"),
        Words("Items bought on the same day by the same shopper.", "同一顾客同一天一起购买的商品。"),
        Words("What is bought together with item 5001?", "哪些商品常和商品5001一起购买？"),
    ),
    _related(
        *("substitutes", "substitute", "SUBSTITUTE"),
        Words("Items that are bought in its place.", "可替代该商品的商品。"),
        Words("What can substitute item 5002?", "哪些商品可以替代商品5002？"),
    ),
    _related(
        *("complements", "complement", "COMPLEMENT"),
        Words("Items that complement it.", "与该商品互补的商品。"),
        Words("Which products complement item 5001?", "哪些商品与商品5001互补？"),
    ),
    Query(
        "expected_buyers",
        about="PRODUCT",
        needs=("PRODUCT", "BUY", "NEXT|EXPECT"),
        may="MOST SHOPPER",
        takes=(Parameter(Kind.TOP, default=10),),
        reads=("purchase_probability", "recommendation"),
        sql=f"""
            select p.item_id, n.item_name, sum(p.probability) as expected_buyers, any_value(p.horizon_days) as days
            from purchase_probability p left join {NAMES} n using (item_id)
            group by p.item_id, n.item_name order by expected_buyers desc, p.item_id limit $top""",
        means=Words(
            "Buyers to expect within the horizon: the sum of the probabilities of the pairs that were scored.",
            "预测期内的期望购买人数：已评分的顾客与商品对的概率之和。",
        ),
        asked=Words("Which 3 products will most shoppers buy next?", "顾客接下来购买最多的3个商品是什么？"),
    ),
    Query(
        "purchase_probability",
        needs=("LIKELY",),
        may="BUY PRODUCT AMOUNT",
        takes=(Parameter(Kind.SHOPPER, is_needed=True), Parameter(Kind.ITEM, is_needed=True)),
        reads=("purchase_probability",),
        sql="""
            select probability, horizon_days from purchase_probability
            where user_id = $shopper and item_id = $item""",
        means=Words(
            "Probability of a purchase within the horizon; no row: the pair was not among the candidates scored.",
            "预测期内购买的概率；无结果表示该顾客与商品未被评分。",
        ),
        asked=Words("How likely is shopper 1004 to buy item 5007?", "顾客1004购买商品5007的可能性有多大？"),
    ),
)
