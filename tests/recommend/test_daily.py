"""A day's draft: the same tables however it is cut and whatever memory and threads it gets, also after a kill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from ml.publish.content import table_hash
from ml.publish.draft import read_draft
from ml.recommend import daily
from ml.recommend.daily import recommend_day
from ml.settings import Settings
from ml.tables import PUBLISHED, RECOMMENDATION


def content(draft: Path) -> dict[str, str]:
    tables = read_draft(draft).tables
    assert tables[RECOMMENDATION.name]["user_id"].n_unique() == 43
    return {table.name: table_hash(table, tables[table.name]) for table in PUBLISHED}


def settings_of(day: Path, **values: object) -> Settings:
    return Settings(home=day.parents[1], k=5, **values)


def test_shards_memory_and_threads_change_no_table(day: Path) -> None:
    whole = content(recommend_day(settings_of(day), day))
    for size, threads in ((14, 1), (42, 3)):
        cut = settings_of(day, shard_users=size, threads=threads, memory_budget=16 * 2**20)
        assert content(recommend_day(cut, day)) == whole


def test_a_killed_scoring_goes_on_where_it_was(day: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(day, shard_users=20)
    whole = content(recommend_day(settings, day))
    scored, explained = [], daily.explain

    def until_second(shelves: pl.DataFrame, *rest: object) -> pl.DataFrame:
        scored.append(shelves["user_id"].n_unique())
        if len(scored) == 2:
            raise KeyboardInterrupt
        return explained(shelves, *rest)

    monkeypatch.setattr(daily, "explain", until_second)
    with pytest.raises(KeyboardInterrupt):
        recommend_day(settings, day)
    assert content(recommend_day(settings, day)) == whole
    assert scored == [20, 20, 20, 3, 1]
    assert list(_parts(settings)) == []


def _parts(settings: Settings) -> Iterator[Path]:
    return settings.drafts_dir.glob(".parts-*")
