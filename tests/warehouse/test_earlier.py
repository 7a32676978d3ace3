"""The days that a day is compared with: which snapshots those are, and how little of them is kept."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from ml.capabilities import compared_tables
from ml.errors import StaleFeatures
from ml.settings import Settings
from ml.warehouse import export
from ml.warehouse.earlier import earlier_slices, has_earlier, is_thin
from ml.warehouse.export import prune_slices
from ml.warehouse.slices import FORMAT, Slice, file_hash, read_slice

DAY = date(2017, 12, 3)
CODE = {"project": "c0de", "contracts": ["1", "2"]}


def snapshot(
    settings: Settings,
    day: date,
    arrivals: Iterable[date],
    kind: str = "a",
    recipe: dict[str, object] | None = None,
    content: str = "file",
) -> Slice:
    """A slice with one row in a table that is compared and one that is not."""
    folder = settings.slices_dir / f"{day}-{kind}"
    folder.mkdir(parents=True)
    tables = (*compared_tables(), "history")
    for name in tables:
        pl.DataFrame({"user_id": [name]}).write_parquet(folder / f"{name}.parquet")
    inputs = [{"table": "interactions", "arrival_date": f"{each}", "content_hash": content} for each in arrivals]
    record = {
        "format": FORMAT,
        "as_of_date": f"{day}",
        "inputs_hash": kind,
        "inputs": inputs,
        "recipe": recipe or CODE,
        "tables": dict.fromkeys(tables, 1),
        "files": {name: file_hash(folder / f"{name}.parquet") for name in tables},
    }
    (folder / "slice.json").write_text(json.dumps(record))
    return read_slice(folder)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, kept_slices=1)


def before(days: int) -> date:
    return DAY - timedelta(days=days)


def test_the_earlier_day_is_the_one_of_the_same_files_code_and_settings(settings: Settings) -> None:
    now = snapshot(settings, DAY, [before(9), before(1), DAY])
    right = snapshot(settings, before(7), [before(9)], "b", {**CODE, "contracts": ["1"]})
    snapshot(settings, before(7), [before(9)], "a", content="another file")
    snapshot(settings, before(7), [before(9)], "c", {**CODE, "project": "other"})
    snapshot(settings, before(7), [before(9)], "d", {**CODE, "contracts": ["3"]})
    snapshot(settings, before(7), [before(9), before(8)], "e")
    assert earlier_slices(now, [7]) == {7: right}


def test_before_the_shops_first_file_there_is_nothing_to_compare_with(settings: Settings) -> None:
    now = snapshot(settings, DAY, [before(3), DAY])
    assert earlier_slices(now, [7, 28]) == {}


def test_an_earlier_day_that_is_gone_is_an_error_that_says_which_day_to_run(settings: Settings) -> None:
    now = snapshot(settings, DAY, [before(8), DAY])
    with pytest.raises(StaleFeatures, match=f"shelduck run --as-of {DAY}") as told:
        earlier_slices(now, [7])
    assert f"{before(7)}" in str(told.value) and not has_earlier(now, [7])


def test_days_that_are_backfilled_at_once_keep_what_each_is_compared_with(settings: Settings) -> None:
    backfilled = [snapshot(settings, before(number), [before(100)], "now") for number in (0, 50)]
    earlier = [snapshot(settings, before(number + 28), [before(100)], "then") for number in (0, 50)]
    for used, each in enumerate((backfilled[1], earlier[1], earlier[0], backfilled[0])):
        os.utime(each.folder, (used, used))
    prune_slices(settings, {backfilled[0].folder})
    assert is_thin(earlier[1].folder) and earlier_slices(backfilled[1], [28]) == {28: earlier[1]}


def test_of_old_slices_that_days_are_compared_with_the_compared_tables_stay_as_they_were(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "compared_days", lambda: ())  # no further ones stay for backfills
    days = [before(29), before(28), before(1)]
    first, month, yesterday = (snapshot(settings, day, [before(30)]) for day in days)
    kept = {name: month.content_of([name]) for name in compared_tables()}
    now = snapshot(settings, DAY, [before(30)])
    prune_slices(settings, {now.folder})
    assert not first.folder.exists(), "no later day is compared with it"
    for each in (month, yesterday):
        left = read_slice(each.folder)
        assert is_thin(each.folder) and left.is_intact(compared_tables()) and not left.is_intact(["history"])
    assert {name: read_slice(month.folder).content_of([name]) for name in compared_tables()} == kept
    assert not is_thin(now.folder) and earlier_slices(now, [1, 28]) == {1: yesterday, 28: month}
