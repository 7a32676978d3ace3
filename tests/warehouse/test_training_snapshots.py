"""How long slices of training days are kept, and what is read of them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from ml.errors import StaleFeatures
from ml.settings import Settings
from ml.warehouse.export import prunable_slices
from ml.warehouse.pending import Inputs
from ml.warehouse.slices import Slice
from ml.warehouse.training_snapshots import KEPT_DAYS, mark_learned_from, together
from tests.warehouse.tiny_shop import LAST

SUNDAY = date(2017, 12, 3)


def folders(settings: Settings, days: Iterable[date], kind: str = "a", *, learned: bool = False) -> list[Slice]:
    """Empty folders of slices, each last used on its own day, or a day later if its kind is ``again``."""
    made = [Slice(settings.slices_dir / f"{day}-{kind}", day, kind) for day in days]
    for each in made:
        each.folder.mkdir(parents=True)
        if learned:
            mark_learned_from([each])
        used = float(each.as_of.toordinal() + (kind == "again"))
        os.utime(each.folder, (used, used))
    return made


def removed(settings: Settings) -> set[str]:
    return {path.name for path in prunable_slices(settings, set())}


def test_weekly_training_days_outlive_the_daily_slices(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, kept_slices=2)
    weeks = folders(settings, (SUNDAY - timedelta(days=7 * back) for back in range(25)), learned=True)
    folders(settings, (SUNDAY + timedelta(days=number) for number in range(1, 7)))
    too_old = {each.folder.name for each in weeks if (SUNDAY - each.as_of).days > KEPT_DAYS}
    assert len(too_old) == 4
    assert removed(settings) == too_old | {f"{SUNDAY + timedelta(days=number)}-a" for number in range(1, 5)}


def test_a_past_day_stays_as_long_as_a_training_looks_back_to_it_and_the_trainings_own_day_does_not(
    tmp_path: Path,
) -> None:
    settings = Settings(home=tmp_path, kept_slices=1)
    past = folders(settings, [SUNDAY - timedelta(days=back) for back in (300, 150)])
    read = [*past, *folders(settings, [SUNDAY])]
    mark_learned_from(read)
    mark_learned_from(past[:1])  # a shorter look at it takes nothing back
    for each in read:
        os.utime(each.folder, (0, 0))
    assert removed(settings) == set()
    folders(settings, [SUNDAY + timedelta(days=149)], learned=True)
    folders(settings, [SUNDAY + timedelta(days=150)])  # the one that is kept as the last used
    assert removed(settings) == {f"{SUNDAY}-a", past[0].folder.name}, "not the one of 299 days before"


def test_of_a_training_day_that_was_built_again_the_last_one_is_kept(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, kept_slices=1)
    for kind in ("once", "again"):
        folders(settings, [SUNDAY], kind, learned=True)
    folders(settings, [SUNDAY + timedelta(days=1)])
    assert removed(settings) == {f"{SUNDAY}-once"}


def test_features_are_read_by_column_and_shopper_as_float32(built: dict[date, Slice]) -> None:
    day, columns = built[LAST], ["decayed_purchase_days_30d", "purchases_28d"]
    whole = day.features("user_item", columns).collect()
    users = whole["user_id"].unique().sort().to_list()[1:4:2]
    some = day.features("user_item", columns, users).collect()
    assert some.equals(whole.filter(pl.col("user_id").is_in(users))) and 0 < len(some) < len(whole)
    assert some.columns == ["user_id", "item_id", *columns]
    assert some.select(columns).to_numpy().dtype == np.float32


def test_a_column_that_no_feature_table_has_is_refused(built: dict[date, Slice]) -> None:
    with pytest.raises(StaleFeatures, match=r"feat_user: expected columns shoe_size; found none .*shelduck train"):
        built[LAST].features("user", ["purchases_28d", "shoe_size"])


def test_the_slice_says_which_columns_rankers_learn_from(built: dict[date, Slice]) -> None:
    declared = built[LAST].record["ranker_columns"]
    assert set(declared) == {"feat_user", "feat_item", "feat_user_item", "feat_user_group"}
    for table, columns in declared.items():
        assert set(columns) < set(built[LAST].table(table).columns)


def test_as_many_days_are_built_together_as_the_warehouses_memory_holds() -> None:
    days = [
        Inputs(SUNDAY - timedelta(days=back), (_rows("interactions", millions), _rows("promotions", 100)), {})
        for back, millions in enumerate((12, 9, 4, 3, 2))
    ]

    def at(memory_limit: str) -> list[list[int]]:
        return [[days.index(each) for each in part] for part in together(days, memory_limit)]

    assert at("4GB") == [[0], [1, 2], [3, 4]]
    assert at("64MB") == [[0], [1], [2], [3], [4]], "one at least"
    assert at("1TB") == [[0, 1], [2, 3], [4]], "two at most"
    assert not list(together([], "4GB"))


def _rows(table: str, millions: int) -> dict[str, Any]:
    return {"table": table, "rows": 1_000_000 * millions}
