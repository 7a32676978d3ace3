"""What predictions are made from, against the slow obvious one."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from ml.predictions.columns import Customer
from ml.warehouse.slices import Slice
from tests.warehouse.tiny_shop import AS_OF, events

FEATURES, DAYS = "feat_customer", "customer_purchase_day"
EACH_DAY = pytest.mark.parametrize("as_of", AS_OF, ids=str)


def obvious_lifetimes(as_of: date) -> dict[str, dict[str, Any]]:
    """By shopper who has bought something that had arrived by the day: the whole past, one event after the other."""
    known = [event for event in events() if event["arrival"] <= as_of and event["day"] <= as_of]
    bought, paid = defaultdict(set), defaultdict(float)
    for event in known:
        sign = {"purchase": 1, "refund": -1}.get(event["event_type"], 0)
        paid[event["user_id"]] += sign * event["event_value"]
        if sign > 0:
            bought[event["user_id"]].add(event["day"])
    oldest = min((as_of - min(days)).days for days in [{as_of}, *bought.values()])
    oldest = max([oldest, *((as_of - min(days)).days for days in bought.values())])
    return {
        user: {
            Customer.purchase_days: len(days),
            Customer.revenue: paid[user],
            Customer.days_since_first: (as_of - min(days)).days,
            Customer.days_since_last: (as_of - max(days)).days,
            Customer.purchase_rate: len(days) / ((as_of - min(days)).days + 1),
            Customer.spend_per_day: paid[user] / len(days),
            Customer.shop_days: oldest + 1,
        }
        for user, days in bought.items()
    }


@EACH_DAY
def test_a_lifetime_equals_the_slow_obvious_one(built: dict[date, Slice], as_of: date) -> None:
    wanted = obvious_lifetimes(as_of)
    found = {row["user_id"]: row for row in built[as_of].table(FEATURES).to_dicts()}
    assert found.keys() == wanted.keys() and len(found) >= 3
    for user, figures in wanted.items():
        assert {name: found[user][name] for name in figures} == pytest.approx(figures, abs=3e-6), user


@EACH_DAY
def test_the_windows_are_those_of_the_other_feature_tables(built: dict[date, Slice], as_of: date) -> None:
    customers = built[as_of].table(FEATURES)
    for name in ("feat_user", "customer_profile"):
        other = built[as_of].table(name)
        shared = [column for column in customers.columns if column in other.columns and column != "as_of_date"]
        assert len(shared) >= 5
        numbers = pl.exclude("user_id").cast(pl.Float32)
        same = other.join(customers, on="user_id", how="semi").select(shared).sort("user_id").with_columns(numbers)
        assert customers.select(shared).sort("user_id").with_columns(numbers).equals(same)


@EACH_DAY
def test_purchase_days_add_up_to_the_windows_net_of_returns(built: dict[date, Slice], as_of: date) -> None:
    days, features = built[as_of].table(DAYS), built[as_of].table("feat_user")
    for window in (7, 28, 90, 365):
        inside = days.filter(pl.col("event_date") > as_of - timedelta(days=window))
        summed = inside.group_by("user_id").agg(pl.len().alias("days"), pl.col("revenue").sum())
        wanted = features.filter(pl.col(f"purchase_days_{window}d") > 0).sort("user_id")
        assert summed.sort("user_id")["user_id"].to_list() == wanted["user_id"].to_list()
        assert summed.sort("user_id")["days"].to_list() == wanted[f"purchase_days_{window}d"].to_list()
        assert summed.sort("user_id")["revenue"].to_list() == pytest.approx(wanted[f"revenue_{window}d"].to_list())
