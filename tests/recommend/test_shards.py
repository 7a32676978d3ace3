"""A day's parts: cut the same way every time, computed once, kept over a kill, shared between processes."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ml.recommend.shards import Parts, shard_name, shards

USERS = [f"u{number:02}" for number in range(11)]


@pytest.mark.parametrize("size", range(1, 13))
def test_shards_are_consecutive_blocks_of_the_sorted_shoppers(size: int) -> None:
    cut = shards(USERS[::-1], size)
    assert [user for block in cut for user in block] == USERS
    assert {len(block) for block in cut[:-1]} <= {size}
    assert 1 <= len(cut[-1]) <= size


def test_a_shop_without_shoppers_is_one_empty_shard() -> None:
    assert shards([], 5) == [[]]


def test_the_name_of_a_shard_says_who_is_in_it() -> None:
    assert shard_name(["ab", "c"]) != shard_name(["a", "bc"])


class Maker:
    """Counts how often each part was made; can be slow, or fail once."""

    def __init__(self, seconds: float = 0.0, breaks_at: str = "") -> None:
        self.made: Counter[str] = Counter()
        self.seconds, self.breaks_at = seconds, breaks_at

    def work(self, names: str) -> dict:
        return {name: lambda name=name: self._part(name) for name in names}

    def _part(self, name: str) -> pl.DataFrame:
        if name == self.breaks_at:
            self.breaks_at = ""
            raise KeyboardInterrupt
        time.sleep(self.seconds)
        self.made[name] += 1
        return pl.DataFrame({"part": [name]})


def parts_of(folder: Path, key: str = "key") -> Parts:
    return Parts.beside(folder / "2017-12-03-abc-def", key, patience=60.0)


def names(frames: Iterable[pl.DataFrame]) -> str:
    return "".join(frame["part"].item() for frame in frames)


def test_a_rerun_after_a_kill_makes_only_what_is_missing(tmp_path: Path) -> None:
    maker, parts = Maker(breaks_at="c"), parts_of(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        parts.make(maker.work("abcd"))
    assert maker.made == Counter("ab")
    assert names(parts.all(maker.work("abcd"))) == "abcd"
    assert maker.made == Counter("abcd")


def test_parts_of_another_policy_or_input_are_not_taken(tmp_path: Path) -> None:
    maker = Maker()
    for key in ("one", "other"):
        parts_of(tmp_path, key).make(maker.work("ab"))
    assert maker.made == Counter("aabb")


def _shared(parts: Parts, maker: Maker) -> str:
    parts.make(maker.work("abcdef"))
    return names(parts.all(maker.work("abcdef")))


def test_two_at_work_share_the_parts(tmp_path: Path) -> None:
    maker, found = Maker(seconds=0.1), []
    workers = [threading.Thread(target=lambda: found.append(_shared(parts_of(tmp_path), maker))) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == ["abcdef"] * 2
    assert maker.made == Counter("abcdef")


def test_parts_of_the_day_are_removed_and_others_kept(tmp_path: Path) -> None:
    mine, earlier, other = (
        Parts.beside(tmp_path / name, "", 1.0) for name in ("2017-12-03-a-b", "2017-12-03-c-d", "2017-12-04-a-b")
    )
    for parts in (mine, earlier, other):
        parts.make(Maker().work("a"))
    mine.remove("2017-12-03")
    assert [parts.folder.exists() for parts in (mine, earlier, other)] == [False, False, True]


def test_a_run_whose_parts_another_run_of_the_day_forgets_ends_all_the_same(tmp_path: Path) -> None:
    """Before a part, while it is made, and after: each time the other run removes what it finds of the day."""
    mine = parts_of(tmp_path)
    other = Parts.beside(tmp_path / "2017-12-03-abc-another", "", 60.0)

    def part(name: str) -> pl.DataFrame:
        other.remove("2017-12-03")
        return pl.DataFrame({"part": [name]})

    assert names(mine.all({name: lambda name=name: part(name) for name in "abc"})) == "abc"


def test_a_part_that_vanishes_between_two_looks_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maker, parts = Maker(), parts_of(tmp_path)
    parts.make(maker.work("a"))
    scan = pl.scan_parquet

    def forgotten(path: Path, **options: Any) -> pl.LazyFrame:
        parts.remove("2017-12-03")
        return scan(path, **options)

    monkeypatch.setattr(pl, "scan_parquet", forgotten)
    assert names(parts.all(maker.work("a"))) == "a"


def test_a_disk_that_refuses_a_part_is_not_taken_for_a_run_that_forgets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ml.recommend.shards.write_parquet", full)
    with pytest.raises(OSError, match="No space left"):
        parts_of(tmp_path).make(Maker().work("a"))


def test_rows_of_all_parts_are_read_value_by_value_and_no_column_that_is_not_asked_for(tmp_path: Path) -> None:
    parts = parts_of(tmp_path)
    work = {
        name: lambda name=name: pl.DataFrame({"list": ["b", "a", "c"], "part": name, "other": 1}) for name in ("2", "1")
    }
    parts.make(work)
    blocks = list(parts.sorted_by("list", ["b", "a"], work))
    assert [(block["list"].item(), block["part"].item()) for block in blocks] == [
        ("a", "2"), ("a", "1"), ("b", "2"), ("b", "1"),
    ]  # fmt: skip
    assert [part.columns for part in parts.all(work, lambda rows: rows.select("part"))] == [["part"]] * 2
