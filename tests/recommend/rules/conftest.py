"""A shop with prices and brands, and the rules that are tried on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import polars as pl
import pytest

from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.protocol import Recommender
from ml.recommend.core.request import Request
from ml.recommend.recommenders import recommender
from ml.recommend.rules.rerank import shelves
from ml.recommend.rules.rule_set import Rule, RuleSet
from tests.recommend.conftest import AS_OF, random_shop

K = 10
SHOP = random_shop(users=24, items=60, events=700)
USERS = SHOP.frame["user_id"].unique().sort().to_list()

Lists = Callable[..., pl.DataFrame]


def catalogue(shop: Interactions) -> Items:
    """What was sold and three newcomers; five categories, seven brands, rising prices, the last without one."""
    ids = [*shop.frame["item_id"].unique().sort(), "new1", "new2", "new3"]
    count = len(ids)
    return Items(
        pl.DataFrame(
            {
                "item_id": ids,
                "item_category": [f"c{number % 5}" for number in range(count)],
                "item_brand": [None if number % 7 == 6 else f"b{number % 7}" for number in range(count)],
                "price": [1.0 + number for number in range(count - 1)] + [None],
                "unit_cost": [0.5 + number * (number % 3) / 2.5 for number in range(count)],
                "created_date": [AS_OF - timedelta(days=400)] * (count - 3) + [AS_OF - timedelta(days=3)] * 3,
            }
        )
    )


@pytest.fixture(scope="session")
def items() -> Items:
    return catalogue(SHOP)


@pytest.fixture(scope="session")
def model(items: Items) -> Recommender:
    return recommender("item_cosine")().fit(SHOP, items, AS_OF)


@pytest.fixture(scope="session")
def lists(items: Items, model: Recommender) -> Lists:
    """The shop's lists under some rules."""

    def make(
        *rules: Rule, placement: str = "for_you", rule_set: RuleSet | None = None, **request: object
    ) -> pl.DataFrame:
        asked = {"users": USERS, "k": K, "items": items, **request}
        return shelves(
            rule_set or RuleSet(tuple(sorted(rules, key=lambda rule: rule.rule_id)), AS_OF),
            placement,
            model,
            Request(history=SHOP, as_of=AS_OF, **asked),  # type: ignore[arg-type]
        )

    return make
