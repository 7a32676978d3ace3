from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from unittest.mock import Mock

import polars as pl
import pytest

from ml.capabilities import snapshot_tables
from ml.errors import StaleFeatures
from ml.warehouse import dbt
from ml.warehouse.slices import Slice, read_slice
from tests.warehouse.tiny_shop import LAST, TinyShop


def test_a_slice_is_read_back_from_its_folder(built: dict[date, Slice]) -> None:
    slice_ = read_slice(built[LAST].folder)

    assert slice_ == built[LAST]
    assert {name: len(slice_.table(name)) for name in snapshot_tables()} == slice_.record["tables"]
    assert slice_.scan("history").select("user_id").collect().equals(slice_.table("history").select("user_id"))


def test_a_slice_names_the_partitions_behind_it_and_none_from_the_future(built: dict[date, Slice]) -> None:
    record = built[date(2017, 11, 20)].record

    assert {partition["table"] for partition in record["inputs"]} == {"interactions", "items", "promotions", "users"}
    assert max(partition["arrival_date"] for partition in record["inputs"]) == "2017-11-20"
    assert all(partition["content_hash"] and partition["rows"] for partition in record["inputs"])
    assert "/" not in json.dumps(record["files"])


def test_tables_are_sorted_by_their_keys_and_money_is_a_plain_number(built: dict[date, Slice]) -> None:
    for name, keys in {"history": ["user_id", "item_id", "event_date"], "feat_item": ["item_id"]}.items():
        table = built[LAST].table(name)
        assert len(table) > 0
        assert table.equals(table.sort(keys))
        assert not [kind for kind in table.dtypes if kind.is_decimal()]


@pytest.mark.parametrize("name", ["feat_user_item", "feat_user_group"])
def test_of_a_shoppers_features_those_of_the_same_days_stand_together(built: dict[date, Slice], name: str) -> None:
    days = ["purchase_days_365d", "days_since_last_purchase", "days_since_first_purchase"]
    table = built[LAST].table(name)

    assert len(table) > 0
    assert table["user_id"].is_sorted()
    groups = table.select("user_id", *days)
    assert len(groups.unique()) == groups.select(pl.struct(pl.all()).rle_id().n_unique()).item(), "each stands once"


def test_features_are_stored_as_models_read_them_and_money_keeps_its_digits(built: dict[date, Slice]) -> None:
    kinds = built[LAST].table("feat_user_item").schema

    assert kinds["due_ratio"] == kinds["decayed_purchase_days_90d"] == pl.Float32
    assert kinds["revenue_365d"] == pl.Float64
    assert {kind for name, kind in kinds.items() if name.startswith("purchases_")} == {pl.Int64}


def test_an_unfinished_slice_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "2017-12-02-abcdefabcdef"
    folder.mkdir()

    with pytest.raises(StaleFeatures, match=r"2017-12-02-abcdefabcdef.*slice\.json.*--as-of 2017-12-02"):
        read_slice(folder)


def test_a_table_that_no_slice_has_is_refused(built: dict[date, Slice]) -> None:
    with pytest.raises(StaleFeatures, match="user_attributes"):
        built[LAST].table("user_attributes")


def test_slices_for_no_single_capability_need_every_table(
    landed_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = TinyShop(shutil.copytree(landed_home, tmp_path / "var"))
    failed = dbt.NodesFailed("dbt build", expected="success", found="an error", remedy="")
    failed.models = frozenset({"feat_item"})
    monkeypatch.setattr(dbt, "run", Mock(side_effect=failed))
    with pytest.raises(dbt.NodesFailed):
        shop.build(LAST)
    assert not shop.settings.slices_dir.exists()
