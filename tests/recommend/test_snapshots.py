"""What a history brings along: the feature tables of its day, of past days, and beside a model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ml.errors import ModelMissing, StaleFeatures
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.request import Request
from ml.recommend.core.snapshots import NoSnapshots, snapshot_of
from ml.recommend.evaluation.origins import learned_days
from ml.recommend.history import history_of, read_history, write_features, write_history
from ml.recommend.models.als import ALS
from ml.recommend.models.buy_it_when_due import BuyItWhenDue
from ml.recommend.models.popularity import Popularity
from ml.recommend.training import training_days
from ml.recommend.tuning import variants
from ml.recommend.two_stage.day_features import DayFeatures, feature_names, wanted
from ml.recommend.two_stage.recommender import TwoStage
from ml.settings import Settings
from ml.warehouse.slices import FEATURE_KEYS, Slice, read_slice
from testkit.memory_features import feature_tables
from tests.recommend.conftest import AS_OF, random_shop, write_slice

CUT = AS_OF - timedelta(days=28)


def with_features(folder: Path, as_of: date, *, future: bool = False) -> Slice:
    """A slice of the small shop with its feature tables; with ``future`` its rows are of nobody."""
    write_slice(folder)
    history = random_shop().until(as_of).frame
    items = pl.read_parquet(folder / "dim_item.parquet")
    for name, table in feature_tables(history, items, as_of).items():
        (table.clear() if future else table).write_parquet(folder / f"{name}.parquet")
    history.write_parquet(folder / "history.parquet")
    declared = {name: list(columns) for name, columns in snapshot_columns().items()}
    record = json.loads((folder / "slice.json").read_text())
    record |= {"as_of_date": as_of.isoformat(), "ranker_columns": declared}
    (folder / "slice.json").write_text(json.dumps(record))
    return read_slice(folder)


def snapshot_columns() -> dict[str, Sequence[str]]:
    shop = random_shop()
    columns = snapshot_of(shop, Items.of(["i01"]), AS_OF).ranker_columns
    return {f"feat_{entity}": names for entity, names in columns.items()}


def test_a_history_has_the_snapshots_of_its_day_and_of_earlier_ones_alone(tmp_path: Path) -> None:
    slices = [with_features(tmp_path / f"{day}-x", day) for day in (CUT, AS_OF)]
    then, now = (history_of(each, slices) for each in slices)
    assert [now.snapshots.of(now, Items.of([]), day) is not None for day in (CUT, AS_OF)] == [True, True]
    assert [then.snapshots.of(then, Items.of([]), day) is not None for day in (CUT, AS_OF)] == [True, False]


def test_what_is_learned_and_ranked_is_read_from_the_tables_and_not_from_the_history(tmp_path: Path) -> None:
    slices = [with_features(tmp_path / f"{day}-x", day) for day in (CUT, AS_OF)]
    history, items = history_of(slices[1], slices), Items(slices[1].table("dim_item"))
    emptied = history_of(slices[1], [with_features(tmp_path / f"{CUT}-y", CUT, future=True)])
    learned, nothing = (BuyItWhenDue().fit(each, items, AS_OF).fitted for each in (history, emptied))
    assert sorted(nothing.weights)[:-1] == [0.0] * (len(nothing.weights) - 1), "as a history too short"
    assert len(set(learned.weights)) > 5
    fitted = BuyItWhenDue().fit(history, items, AS_OF)
    asked = Request(["u01"], history, items, AS_OF, only_seen=True)
    assert len(fitted.recommend(asked).frame) > 0
    (slices[1].folder / "feat_user_item.parquet").unlink()
    with pytest.raises(StaleFeatures, match=r"no feat_user_item\.parquet"):
        fitted.recommend(asked)


def test_a_history_without_tables_says_what_to_do(monkeypatch: pytest.MonkeyPatch, shop: Interactions) -> None:
    monkeypatch.setattr(NoSnapshots, "of", lambda *_: None)
    with pytest.raises(StaleFeatures, match=rf"feature tables as of {AS_OF}.*shelduck run --as-of {AS_OF}"):
        snapshot_of(shop, Items.of([]), AS_OF)


def test_beside_a_model_lie_the_columns_that_it_reads_as_of_its_day(tmp_path: Path, shop: Interactions) -> None:
    known = snapshot_of(shop, Items.of(["i01"]), AS_OF)
    write_history(tmp_path, shop)
    write_features(tmp_path, known, {"user_item": ("purchases_28d", "purchases_28d"), "user": ("items_365d",)})
    kept = read_history(tmp_path, AS_OF, 0.0)
    read = snapshot_of(kept, Items.of(["i01"]), AS_OF)
    assert read.features("user_item", ["purchases_28d"]).equals(known.features("user_item", ["purchases_28d"]))
    assert kept.snapshots.of(kept, Items.of([]), CUT) is None
    with pytest.raises(StaleFeatures, match="feat_item"):
        read.features("item", ["buyers_28d"])


def test_learned_days_are_those_of_every_recipe_on_every_day_it_is_fitted() -> None:
    days = learned_days([AS_OF, CUT], [TwoStage(), BuyItWhenDue(), ALS(), Popularity()])
    assert [(AS_OF - day).days for day in days] == [112, 84, 70, 56, 42, 28, 14]
    assert learned_days([AS_OF], [Popularity()]) == []


def test_a_weekly_training_finds_every_day_but_its_own_among_those_of_the_weeks_before() -> None:
    settings = Settings()
    weeks = [AS_OF - timedelta(days=7 * back) for back in range(9)]
    kept = {day for week in weeks[1:] for day in training_days(settings, week)}
    assert set(training_days(settings, AS_OF)) - kept == {AS_OF}


def test_a_search_has_the_days_of_every_horizon_that_it_tries() -> None:
    ages = {age for each in variants(Settings(), TwoStage) for age in each.learned_ages}
    assert all(age % 7 == 0 for age in ages)
    assert {14, 21, 28, 42, 56, 63} <= ages


def test_a_ranker_of_columns_that_no_table_has_is_refused(tmp_path: Path) -> None:
    shop = random_shop(seed=3, users=150, items=60, events=7000)
    TwoStage(bags=1, threads=1).fit(shop, Items.of(shop.frame["item_id"].unique()), AS_OF).save(tmp_path)
    file = tmp_path / "all_0.txt"
    file.write_text(file.read_text().replace("user_item.due_ratio", "item_own_due"))
    with pytest.raises(ModelMissing, match=r"columns of the feature tables; found one of item_own_due.*shelduck train"):
        TwoStage.load(tmp_path)


def test_every_feature_table_has_its_key() -> None:
    tables = feature_tables(random_shop().frame, pl.DataFrame({"item_id": ["i01"]}), AS_OF)
    for name, key in FEATURE_KEYS.items():
        assert len(tables[name]) > 0
        assert not tables[name].select(key).is_duplicated().any()


def test_every_declared_column_becomes_a_feature_by_its_table_and_name_and_groups_once_per_level() -> None:
    assert feature_names({"user_item": ["due_ratio"], "user": ["weekend_share"], "user_group": ["weekend_share"]}) == [
        "user.weekend_share",
        "user_item.due_ratio",
        *(f"{level}.weekend_share" for level in ("type", "category", "line", "brand")),
    ]
    read = wanted(["taste", "user.weekend_share", "brand.weekend_share", "line.weekend_share"])
    assert read["user"] == ("weekend_share",) and read["user_group"].count("weekend_share") == 1


def test_a_rankers_names_are_those_that_the_tables_declare(shop: Interactions, catalogue: Items) -> None:
    known = snapshot_of(shop, catalogue, AS_OF)
    day = DayFeatures(known, shop.encoded, catalogue, wanted(feature_names(known.ranker_columns)))
    shoppers = day.shoppers(np.array([0, 3]))
    bought = shop.frame.filter(pl.col("user_id") == shop.encoded.users.ids[3])
    assert shoppers.pairs.values.shape[1] >= len(known.ranker_columns["user_item"])
    items = shoppers.pairs.keys[shoppers.pairs.keys // len(day.vocabulary) == 1] % len(day.vocabulary)
    assert day.vocabulary.names(items).to_list() == bought["item_id"].unique().sort().to_list()
    days = bought.group_by("item_id").agg(pl.col("event_date").n_unique()).sort("item_id")["event_date"]
    own = shoppers.pairs.at(shoppers.pairs.positions(len(day.vocabulary) + items), "purchase_days_365d")
    assert own.tolist() == days.to_list()
    assert np.isnan(shoppers.pairs.at(np.array([-1]), "purchase_days_365d")).all()
