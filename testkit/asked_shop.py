"""A small shop with a published day of everything that questions are asked about, and a profile of 28 days before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from ml.audiences.capability import AUDIENCES
from ml.audiences.outputs import (
    AUDIENCE,
    AUDIENCE_MEMBER,
    AUDIENCE_OVERLAP,
    AUDIENCE_TRAIT,
    SEGMENT,
    SEGMENT_MEMBER,
    TAG,
    TAG_MEMBER,
)
from ml.capability import Capability
from ml.predictions.capability import PREDICTIONS
from ml.predictions.outputs import CUSTOMER_PREDICTION
from ml.profile.capability import PROFILE
from ml.profile.outputs import CUSTOMER_PROFILE
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import (
    DEFAULT_SHELF,
    POLICY,
    POPULAR_ITEM,
    PURCHASE_PROBABILITY,
    RECOMMENDATION,
    SIMILAR_ITEM,
)
from ml.settings import Settings
from ml.tables import Kind, Table

DAY: Final = date(2025, 3, 29)
EARLIER: Final = DAY - timedelta(days=28)
ITEMS: Final = {
    "5001": ("Oat Milk, 1 L", "DAIRY"),
    "5002": ("Whole Milk", "DAIRY"),
    "5003": ("Red Wine", "WINE"),
    "5004": ("White Wine", "WINE"),
    "5005": ("Rye Bread", "BAKERY"),
    "5006": ("Butter Croissant", "BAKERY"),
    "5007": ("Bananas", "PRODUCE"),
    "5008": ("Spinach", "PRODUCE"),
    "5009": ("Potato Chips", "SNACKS"),
    "5010": ("Dark Chocolate", "SNACKS"),
}
SHOPPERS: Final = tuple(str(number) for number in range(1001, 1061))
CATEGORIES: Final = ("WINE", "DAIRY", "BAKERY", "PRODUCE", "SNACKS", "DELI")
PLACEMENTS: Final = ("for_you", "discover", "buy_again")
_STAGES: Final = ("active", "active", "at_risk", "active", "new", "lapsed", "active", "at_risk", "new", "active")
_AUDIENCES: Final = {
    "best_customers": ("Best customers", "最佳顾客", 12, "monetary_score = 5"),
    "lapsing_wine_lovers": ("Lapsing wine lovers", "即将流失的葡萄酒爱好者", 7, "tag('wine') and stage('at_risk')"),
    "bargain_hunters": ("Bargain hunters", "优惠敏感顾客", 9, "discount_share_365d > .3"),
    "newcomers": ("Newcomers", "新顾客", None, "stage('new')"),
}
_SEGMENTS: Final = (
    *(("rfm", "champions", "Champions", "冠军顾客", 14, 11), ("rfm", "loyal", "Loyal", "忠诚顾客", 20, 12)),
    *(("rfm", "hibernating", "Hibernating", "沉睡中", 16, 20), ("rfm", "at_risk", "At risk", "有流失风险", 10, 9)),
    ("rfm", "new", "New customers", "新顾客", 3, None),
    *(
        ("behaviour", "s1", "Large baskets", "大单顾客", 33, 40),
        ("behaviour", "s2", "Small baskets", "小单顾客", 27, 20),
    ),
    *(("lifecycle", "active", "Active", "活跃", 30, 28), ("lifecycle", "new", "New", "新顾客", 12, 9)),
)
_TAGS: Final = (
    *(("weekend_shopper", "Weekend shopper", "周末购物者", 13), ("price_sensitive", "Price-sensitive", "价格敏感", 21)),
    *(("likes_wine", "Likes WINE", "喜欢WINE", 8), ("newcomer", "Newcomer", "新客", None)),
)


def publish_asked_shop(settings: Settings) -> None:
    """Publish the day of every capability, and the earlier day of ``profile``."""
    _publish(settings, PROFILE, EARLIER, {CUSTOMER_PROFILE: _profiles(EARLIER)})
    _publish(settings, PROFILE, DAY, {CUSTOMER_PROFILE: _profiles(DAY)})
    _publish(settings, PREDICTIONS, DAY, {CUSTOMER_PREDICTION: _predictions()})
    shelves = {RECOMMENDATION: _shelves(), DEFAULT_SHELF: _default(), POLICY: _policies()}
    related = {SIMILAR_ITEM: _related(), POPULAR_ITEM: _popular(), PURCHASE_PROBABILITY: _probabilities()}
    _publish(settings, RECOMMEND, DAY, shelves | related)
    _publish(settings, AUDIENCES, DAY, {AUDIENCE: _audiences(), AUDIENCE_MEMBER: _members(), **_groups()})


def _publish(settings: Settings, capability: Capability, day: date, rows: Mapping[Table, Iterable[Any]]) -> None:
    made = {table.name: table.empty() for table in capability.outputs}
    made |= {table.name: _frame(table, day, given) for table, given in rows.items()}
    record = DraftRecord(capability=capability.name, as_of_date=day, slice="s", inputs_hash="i", code_revision="c")
    draft = write_draft(settings.drafts_of(capability.name) / f"{day}-asked", capability, record, made)
    publish(settings, capability, draft, provenance={})


def _frame(table: Table, day: date, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows of a table; columns that are not given are null, lists empty, days the day, texts of keys the word."""
    filled = {Kind.TEXTS: [], Kind.DAY: day}
    blank: dict[str, Any] = {column.name: filled.get(column.kind) for column in table.columns}
    return table.checked(pl.DataFrame([{**blank, **row} for row in rows], schema=table.schema))


def _profiles(day: date) -> Iterator[dict[str, Any]]:
    is_now = day == DAY
    for number, user in enumerate(SHOPPERS if is_now else SHOPPERS[:45]):
        stage = _STAGES[(number if is_now else number + 3) % len(_STAGES)]
        category = CATEGORIES[(number * number + (0 if is_now else 2)) % len(CATEGORIES)]
        yield {
            "user_id": user,
            "lifecycle_stage": stage,
            "days_since_last_purchase": (number * 7) % 97,
            "revenue_90d": float(number * 3 % 50),
            "revenue_365d": float(100 + number * 13 % 400),
            "baskets_90d": 1 + number % 4,
            "baskets_365d": 5 + number % 9,
            "price_band": (None, "low", "medium", "high")[number % 4],
            "overdue_ratio": (number % 25) / 10,
            "days_until_next_purchase": float(number % 21 - 10),
            "preferred_weekday": 1 + number * number % 7,
            "preferred_hour": 9 + number * number % 11,
            "preferred_channel": ("store", "web", "store", "app")[number % 4],
            "preferred_store_id": f"{300 + number * number % 8}",
            "top_category_1": None if number % 29 == 28 else category,
            "top_brand_1": f"Brand {number * number % 5}",
            "redemptions_365d": number % 6,
            "open_rate_365d": None if number % 3 == 0 else (number % 10) / 10,
        }


def _predictions() -> Iterator[dict[str, Any]]:
    for number, user in enumerate(SHOPPERS):
        yield {
            "user_id": user,
            "churn_probability": (number * 17 % 100) / 100,
            "churn_days": 90,
            "expected_orders_28d": (number % 8) / 2,
            "expected_orders_90d": float(number % 8),
            "predicted_clv_28d": float(number),
            "predicted_clv_90d": float(number * 2),
            "predicted_clv_365d": float(number * 5 + 1),
            "policy_id": "p",
        }


def _shelves() -> Iterator[dict[str, Any]]:
    for number, user in enumerate(SHOPPERS[:40]):
        for shift, placement in enumerate(PLACEMENTS):
            for rank in range(1, 6):
                item = [*ITEMS][(number * (shift + 1) + rank * (1 + number % 3)) % (9 if rank > 1 else 4)]
                yield _place(placement, item, rank) | {"user_id": user, "recommendation_id": f"{user}{placement}{rank}"}


def _default() -> Iterator[dict[str, Any]]:
    for shift, placement in enumerate(PLACEMENTS):
        for rank, item in enumerate([*ITEMS][shift : shift + 4], 1):
            yield _place(placement, item, rank) | {"recommendation_id": f"{placement}{rank}"}


def _place(placement: str, item: str, rank: int) -> dict[str, Any]:
    reason = ("bought_before", "popular", "similar_to", "popular", "bought_together")[rank - 1]
    return {"placement": placement, "rank": rank, "item_id": item, "item_name": ITEMS[item][0], "reason_code": reason}


def _policies() -> Iterator[dict[str, Any]]:
    for placement in PLACEMENTS:
        recipe = "buy_it_again" if placement == "buy_again" else "two_stage"
        yield {"policy_id": "p", "placement": placement, "model_name": f"shelf_{placement}", "recipe": recipe}


def _related() -> Iterator[dict[str, Any]]:
    for place, item in enumerate(ITEMS):
        for size, relation in enumerate(("similar", "bought_together", "substitute", "complement"), 1):
            for rank in range(1, size + 3):
                other = [*ITEMS][(place + rank * size) % len(ITEMS)]
                if other != item:
                    yield {"relation": relation, "item_id": item, "rank": rank, "related_item_id": other, "support": 9}


def _popular() -> Iterator[dict[str, Any]]:
    scopes = {"all": [*ITEMS][::-1]}
    for item, (_, category) in ITEMS.items():
        scopes.setdefault(f"category:{category}", []).append(item)
    for scope, items in scopes.items():
        for rank, item in enumerate(items, 1):
            trend = 0.5 + int(item) * int(item) % 13 / 8
            yield {"scope": scope, "rank": rank, "item_id": item, "score": 90.0 - 7 * rank, "trend": trend}


def _probabilities() -> Iterator[dict[str, Any]]:
    for number, user in enumerate(SHOPPERS):
        for place, item in enumerate(ITEMS):
            share = (number * (place + 3) % 41) / 64
            yield {"user_id": user, "item_id": item, "probability": share, "horizon_days": 28, "policy_id": "p"}


def _audiences() -> Iterator[dict[str, Any]]:
    for place, (name, (english, chinese, size, condition)) in enumerate(_AUDIENCES.items()):
        yield {
            "audience_id": name,
            "name_en": english,
            "name_zh": chinese,
            "kind": "condition",
            "condition": condition,
            "size": size,
            "withheld": "" if size else "fewer than the minimum size",
            **{f"joined_{days}d": place + days for days in (1, 7, 28)},
            **{f"left_{days}d": place + 2 * days for days in (1, 7, 28)},
        }


def _members() -> Iterator[dict[str, Any]]:
    for number, user in enumerate(SHOPPERS):
        for place, name in enumerate([*_AUDIENCES][:3]):
            if number % (place + 2) == 1:
                yield {"audience_id": name, "user_id": user, "is_member": number % 5 > 0, "reason_en": "It holds."}


def _groups() -> dict[Table, Iterable[dict[str, Any]]]:
    columns = ("scheme", "segment_id", "name_en", "name_zh", "size", "size_28d")
    schemes = {scheme: [each[1] for each in _SEGMENTS if each[0] == scheme] for scheme, *_ in _SEGMENTS}
    members = [
        {"scheme": scheme, "user_id": user, "segment_id": names[number % len(names)]}
        for scheme, names in schemes.items()
        for number, user in enumerate(SHOPPERS)
    ]
    tags = [dict(zip(("tag_id", "name_en", "name_zh", "members"), each, strict=True)) for each in _TAGS]
    return {
        SEGMENT: [dict(zip(columns, each, strict=True)) for each in _SEGMENTS],
        SEGMENT_MEMBER: members,
        TAG: tags,
        TAG_MEMBER: [{"tag_id": tag[0], "user_id": user} for tag in _TAGS[:2] for user in SHOPPERS[::2]],
        AUDIENCE_TRAIT: [
            {"audience_id": "best_customers", "rank": rank, "trait_en": f"Trait {rank}", "lift": 3.0 - rank / 2}
            for rank in (1, 2, 3)
        ],
        AUDIENCE_OVERLAP: [
            {"audience_id": "best_customers", "other_audience_id": other, "shoppers": shared}
            for other, shared in (("bargain_hunters", None), ("lapsing_wine_lovers", 5))
        ],
    }
