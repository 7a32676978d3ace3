"""Net purchases against the slow obvious ones, in a shop where much comes back."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ml.warehouse.slices import Slice
from tests.slow import takes_long
from tests.warehouse.near import by_key, near
from tests.warehouse.obvious_features import Obvious, net
from tests.warehouse.tiny_shop import FIRST, LAST, Row, TinyShop, in_few_files

AS_OF = (FIRST + timedelta(days=20), LAST - timedelta(days=1), LAST)
TABLES = ("history", "feat_user_item", "feat_user", "feat_item")


def returns(lags: Sequence[int]) -> list[Row]:
    """Few pairs with many purchases, partial and whole returns, refunds before and without a purchase."""
    dice, late = random.Random(11), random.Random(str(lags))
    made = []
    for number in range(400):
        day = FIRST + timedelta(days=dice.randrange((LAST - FIRST).days + 1))
        kind = dice.choice(["purchase", "purchase", "refund"])
        pieces = dice.choice([1, 1, 2, 3, 0.5])
        made.append(
            {
                "event_id": f"r{number:03}",
                "user_id": f"user{dice.randrange(3)}",
                "item_id": f"item{dice.randrange(1, 5):02}",
                "event_type": kind,
                "day": day,
                "hour": dice.choice([9, 9, 23]),
                "arrival": min(day + timedelta(days=late.choice(lags)), LAST),
                "quantity": pieces,
                "event_value": round(pieces * 2.37, 2),
                "discount": dice.choice([0, 0.25]),
                "rating": None,
                "session_id": f"s{day}",
                "channel": "web",
                "store_id": None,
            }
        )
    return in_few_files(made, AS_OF)


@pytest.fixture(scope="module")
@takes_long
def on_time(tmp_path_factory: pytest.TempPathFactory) -> dict[date, Slice]:
    return built(tmp_path_factory.mktemp("on time"), returns((0,)))


@pytest.fixture(scope="module")
@takes_long
def belated(tmp_path_factory: pytest.TempPathFactory) -> dict[date, Slice]:
    return built(tmp_path_factory.mktemp("belated"), returns((0, 2, 11)))


def built(folder: Path, events: list[Row]) -> dict[date, Slice]:
    shop = TinyShop(folder / "var").drop(events).land()
    return dict(zip(AS_OF, shop.build(*AS_OF), strict=True))


@pytest.mark.parametrize("as_of", AS_OF, ids=str)
@pytest.mark.parametrize("table", TABLES)
def test_net_units_and_money_equal_the_slow_obvious_ones(
    on_time: dict[date, Slice], belated: dict[date, Slice], as_of: date, table: str
) -> None:
    for slices, lags in ((on_time, (0,)), (belated, (0, 2, 11))):
        wanted: list[dict[str, Any]] = getattr(Obvious(returns(lags), as_of), table)()
        found = by_key(table, slices[as_of].table(table)).select(list(wanted[0])).to_dicts()
        assert len(found) == len(wanted) > 0
        for row, right in zip(found, wanted, strict=True):
            assert row == near(right)


def test_once_everything_has_arrived_the_order_of_arrival_is_forgotten(
    on_time: dict[date, Slice], belated: dict[date, Slice]
) -> None:
    for table in TABLES:
        assert on_time[LAST].table(table).equals(belated[LAST].table(table)), table
    assert not on_time[AS_OF[0]].table("history").equals(belated[AS_OF[0]].table("history"))


def test_the_shop_has_every_kind_of_return() -> None:
    events = net(returns((0,)))
    bought = [event for event in events if event["event_type"] == "purchase"]
    kinds = Counter("whole" if not e["kept"] else "part" if e["returned"] else "kept" for e in bought)
    assert min(kinds[kind] for kind in ("whole", "part", "kept")) > 10
    sent_back = sum(event["quantity"] for event in events if event["event_type"] == "refund")
    assert sent_back > sum(event["returned"] for event in bought) + 5, "some refunds find nothing to return"
