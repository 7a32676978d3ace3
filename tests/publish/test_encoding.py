"""Published Parquet files: the same rows for every reader, the same bytes every time, few of them."""

from __future__ import annotations

import resource
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from ml.durable import writing
from ml.errors import DiskFull
from ml.publish import encoding
from ml.publish.encoding import write_compact
from ml.warehouse.connection import memory

SCHEMA = {
    "text": pl.String,
    "id": pl.String,
    "texts": pl.List(pl.String),
    "count": pl.Int64,
    "rank": pl.Int32,
    "number": pl.Float64,
    "day": pl.Date,
    "flag": pl.Boolean,
}
Row = st.tuples(
    st.none() | st.sampled_from(["a", "b", "", "é"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=3),
    st.none() | st.lists(st.none() | st.text("xy", max_size=2), max_size=3),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.integers(-(2**31), 2**31 - 1),
    st.none() | st.floats(),
    st.none() | st.dates(date(1970, 1, 1), date(2100, 1, 1)),
    st.none() | st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(Row, max_size=12))
def test_every_reader_gets_the_rows_and_the_bytes_are_the_same_each_time(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[object, ...]]
) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    one, other = (tmp_path_factory.getbasetemp() / f"{name}.parquet" for name in ("one", "other"))
    write_compact(frame, one)
    pieces = pl.concat([frame[: len(rows) // 2], frame[len(rows) // 2 :]], rechunk=False)
    write_compact(pieces, other)
    assert one.read_bytes() == other.read_bytes()
    assert_frame_equal(pl.read_parquet(one), frame, check_exact=True)
    with memory() as database:
        assert_frame_equal(database.read_parquet(str(one)).pl(), frame, check_exact=True)
    assert len(pd.read_parquet(one)) == len(frame)


def test_rows_that_are_read_lazily_are_written_a_row_group_at_a_time_into_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "_ROWS", 64)
    number = pl.int_range(1000)
    frame = pl.select(
        number=number, text=(number % 7).cast(pl.String), texts=pl.concat_list((number % 3).cast(pl.String))
    )
    frame.write_parquet(tmp_path / "stored.parquet", row_group_size=100)
    write_compact(frame, tmp_path / "held.parquet")
    heights: list[int] = []
    collect = pl.LazyFrame.collect

    def watched(rows: pl.LazyFrame, **asked: Any) -> pl.DataFrame:
        found: pl.DataFrame = collect(rows, **asked)
        heights.append(found.height if found.width > 1 else 0)
        return found

    monkeypatch.setattr(pl.LazyFrame, "collect", watched)
    write_compact(pl.scan_parquet(tmp_path / "stored.parquet"), tmp_path / "read.parquet")
    monkeypatch.undo()
    assert max(heights) == 64 and sum(heights) == 1000
    assert (tmp_path / "read.parquet").read_bytes() == (tmp_path / "held.parquet").read_bytes()
    assert_frame_equal(pl.read_parquet(tmp_path / "read.parquet"), frame, check_exact=True)


def test_how_a_column_of_a_large_table_is_written_is_decided_by_rows_of_all_its_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "_ROWS", 64)
    seen: list[pl.Series] = []

    class Watched(encoding._Column):
        def __init__(self, column: pl.Series) -> None:
            seen.append(column)
            super().__init__(column)

    monkeypatch.setattr(encoding, "_Column", Watched)
    write_compact(pl.LazyFrame({"number": range(1000)}), tmp_path / "large.parquet")
    write_compact(pl.LazyFrame({"number": range(64)}), tmp_path / "small.parquet")
    large, small = seen
    assert len(large) == large.n_unique() == 64 and (large.min(), large.max()) == (0, 999)
    assert {number // 125 for number in large} == set(range(8))
    assert len(small) == 64


def test_ranked_lists_take_fewer_bytes_than_polars_gives_them(tmp_path: Path) -> None:
    n = 40_000
    numbers = pl.select(number=pl.int_range(n)).select(
        item_id=(pl.col("number") // 20).cast(pl.String),
        rank=pl.col("number") % 20,
        related=(pl.col("number").hash(1) % 3_000).cast(pl.String),
        score=(pl.col("number").hash(2) % 9_000) / 1e4,
        recommendation_id=pl.col("number").hash(3).cast(pl.String),
    )
    write_compact(numbers, tmp_path / "compact.parquet")
    numbers.write_parquet(tmp_path / "polars.parquet", compression="zstd")
    compact, usual = ((tmp_path / f"{name}.parquet").stat().st_size for name in ("compact", "polars"))
    assert compact < 0.9 * usual


def test_a_full_disk_is_told_as_one(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    frame = pl.DataFrame({f"column_{number}": [number] for number in range(40)})
    write_compact(frame, tmp_path / "whole.parquet")
    size = (tmp_path / "whole.parquet").stat().st_size
    for room in range(10, size, size // 12):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
        try:
            with pytest.raises(DiskFull), writing("a table"):
                write_compact(frame, tmp_path / "cut.parquet")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
