"""The audiences that the demo shop lands: what a marketer of a grocer might ask for."""

from __future__ import annotations

from typing import Final

_WINES: Final = ("DOMESTIC WINE", "IMPORTED WINE", "MISC WINE")
_BOUGHT: Final = " or ".join(f"bought(category2 = '{wine}') >= 2" for wine in _WINES)
_LAPSED: Final = " and ".join(f"bought(category2 = '{wine}', days = 60) = 0" for wine in _WINES)
_COLUMNS: Final = "audience_id, name, name_zh, kind, condition, item_field, item_value, top_share"
_ROWS: Final[tuple[tuple[str | float | None, ...], ...]] = (
    (
        "lapsing_wine_lovers",
        "Lapsing wine lovers who respond to coupons",
        "近期停购但会使用优惠券的葡萄酒爱好者",
        *("condition", f"({_BOUGHT}) and {_LAPSED} and redemptions_365d > 0", None, None, None),
    ),
    (
        "big_baskets_at_risk",
        "Big baskets at risk",
        "可能流失的大单顾客",
        *("condition", "mean_basket_value_365d > 30 and churn_probability > .2", None, None, None),
    ),
    (
        "baby_food_next",
        "Most likely to buy baby food",
        "最可能购买婴儿食品的顾客",
        *("affinity", None, "item_category2", "BABY FOODS", 0.03),
    ),
    (
        "like_coupon_lovers",
        "Like those who redeem most coupons",
        "与优惠券重度用户相似的顾客",
        *("look_alike", "redemptions_365d = 0", None, None, 0.05),
    ),
)


def _literal(value: str | float | None) -> str:
    if value is None:
        return "null"
    return str(value) if isinstance(value, float) else "'{}'".format(value.replace("'", "''"))


AUDIENCES: Final = f"""
create view audience as
    select *, date '2017-01-01' as arrival
    from (values {", ".join(f"({', '.join(map(_literal, row))})" for row in _ROWS)}) as known ({_COLUMNS});
create view listed as
    select 'like_coupon_lovers' as audience_id, household_id, date '2017-11-01' as arrival
    from coupon_redemptions where redemption_date::date < date '2017-11-01'
    group by household_id having count(*) >= 8;
"""
"""Views: definitions, there from the first day; and the shoppers of the list, who had redeemed eight by November."""
