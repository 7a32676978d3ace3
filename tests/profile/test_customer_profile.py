"""``customer_profile`` of dbt against the slow obvious one, on a small shop with every kind of shopper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest

from ml.capabilities import named
from ml.day import day_of
from ml.errors import BuildFailed
from ml.profile.daily import compute
from ml.profile.outputs import CUSTOMER_PROFILE
from ml.settings import Settings
from ml.warehouse import dbt
from ml.warehouse.build import variables
from ml.warehouse.connection import connect
from ml.warehouse.slices import Slice
from tests.profile.obvious_profile import ObviousProfile, group_of
from tests.profile.profile_shop import AS_OF, engagements, landed_profile_shop, sends
from tests.slow import takes_long
from tests.warehouse.tiny_shop import LAST, TinyShop

TABLE = "customer_profile"
_RENAMED = {"preferred_store": "preferred_store_id"}


@pytest.fixture(scope="module")
@takes_long
def shop(tmp_path_factory: pytest.TempPathFactory) -> TinyShop:
    return landed_profile_shop(tmp_path_factory.mktemp("profiles") / "var")


@pytest.fixture(scope="module")
def built(shop: TinyShop) -> Mapping[date, Slice]:
    """The shop built as of all days in one run."""
    return dict(zip(AS_OF, shop.build(*AS_OF), strict=True))


@pytest.mark.parametrize("as_of", AS_OF, ids=str)
def test_a_profile_equals_the_slow_obvious_one(built: Mapping[date, Slice], as_of: date) -> None:
    wanted = ObviousProfile(as_of).customer_profile()
    found = built[as_of].table(TABLE)

    assert set(found.columns) == {"as_of_date", *(_RENAMED.get(name, name) for name in wanted[0])}
    assert found["user_id"].to_list() == built[as_of].table("dim_user")["user_id"].to_list()
    assert len(found) == len(wanted) > 0
    for row, right in zip(found.to_dicts(), wanted, strict=True):
        expected: dict[str, Any] = {_RENAMED.get(name, name): value for name, value in right.items()}
        assert row == pytest.approx({**expected, "as_of_date": as_of}, abs=3e-6)


def test_the_shop_has_the_awkward_things_that_profiles_are_judged_on(built: Mapping[date, Slice]) -> None:
    last = built[LAST].table(TABLE)
    all_days = pl.concat(slice_.table(TABLE) for slice_ in built.values())

    assert set(all_days["lifecycle_stage"]) == {"prospect", "new", "active", "at_risk", "lapsed"}
    assert set(last["price_band"].drop_nulls()) == {"low", "medium", "high"}
    assert [name for name in last.columns if last[name].is_null().all()] == []
    assert last["top_subcategory_2"].null_count() > 0
    assert any(row["arrival"] > row["day"] for row in (*sends(), *engagements()))
    assert last.filter(pl.col("redemptions_365d") > 0, pl.col("redemption_rate_365d") == 0).height > 0


def test_what_feat_user_knows_already_is_the_same_in_the_profile(built: Mapping[date, Slice]) -> None:
    profile, features = built[LAST].table(TABLE), built[LAST].table("feat_user")

    for level in ("category", "brand"):
        assert profile[f"top_{level}_1"].to_list() == features[f"top_{level}"].to_list()
        shares = profile[f"top_{level}_1_share"].cast(pl.Float32)
        assert shares.to_list() == features[f"top_{level}_share"].to_list()


def test_what_dbt_made_is_what_is_published_and_the_manifest_counts_the_stages(
    built: Mapping[date, Slice], settings: Settings
) -> None:
    made = built[LAST].table(TABLE)
    result = compute(day_of(settings, named("profile"), built[LAST].folder))

    published = CUSTOMER_PROFILE.checked(result.tables[TABLE])
    assert published.equals(made.select(published.columns).cast(dict(published.schema)).sort("user_id"))
    assert result.counts["shoppers"] == len(made)
    assert result.counts["stages"] == dict(made["lifecycle_stage"].value_counts().iter_rows())


def test_a_shopper_without_a_profile_and_a_profile_of_nobody_stop_the_build(
    shop: TinyShop, built: Mapping[date, Slice]
) -> None:
    assert "user0" in built[LAST].table(TABLE)["user_id"]
    _rename(shop, "user0", "nobody")
    with pytest.raises(BuildFailed) as stopped:
        dbt.run(shop.settings, "test", variables(shop.settings, [LAST], None), "--select", TABLE)
    _rename(shop, "nobody", "user0")

    assert "covers_customer_profile" in str(stopped.value)
    assert "references_customer_profile" in str(stopped.value)


def _rename(shop: TinyShop, user: str, other: str) -> None:
    with connect(shop.settings) as connection:
        connection.execute(f"update marts.{TABLE} set user_id = ? where user_id = ?", [other, user])


@pytest.mark.parametrize(
    ("value", "values", "groups", "group"),
    [(1, [1, 1, 1], 5, 3), (1, [1, 2], 3, 1), (2, [1, 2], 3, 3), (5, [1, 2, 3, 4, 5], 5, 5), (7, [7], 3, 2)],
)
def test_equals_are_in_the_group_of_their_middle(value: float, values: list[float], groups: int, group: int) -> None:
    assert group_of(value, values, groups) == group
