"""How tables of a slice are written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from ml.warehouse.encoding import write_slice_table

ROWS = 400_000


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    """Shoppers with a few hundred rows each: prices of which there are some hundreds, and sums that hardly repeat."""
    draw = np.random.default_rng(7)
    return pl.DataFrame(
        {
            "user_id": [f"shopper {number // 300:05d}" for number in range(ROWS)],
            "price": draw.integers(1, 700, ROWS) / 100,
            "worth": draw.random(ROWS).astype(np.float32),
            "since": pl.Series(draw.integers(0, 365, ROWS), dtype=pl.Int32),
            "interval": [None if number % 3 else float(number % 1000) for number in range(ROWS)],
        }
    )


def _write(rows: pl.DataFrame, path: Path) -> None:
    assert write_slice_table(rows.to_arrow().to_reader(), path) == len(rows)


def test_what_is_read_is_what_was_written(frame: pl.DataFrame, tmp_path: Path) -> None:
    _write(frame, tmp_path / "table.parquet")

    read = pl.read_parquet(tmp_path / "table.parquet")

    assert read.schema == frame.schema
    assert read.equals(frame)


def test_equal_frames_give_equal_bytes_however_they_came_to_be(frame: pl.DataFrame, tmp_path: Path) -> None:
    other = pl.concat([frame[:1000], frame[1000:70_000], frame[70_000:]], rechunk=False)
    under_nulls = other["interval"].fill_null(5.0).set(other["interval"].is_null(), None)
    other = other.with_columns(under_nulls.alias("interval"))
    assert other.equals(frame)

    _write(frame, tmp_path / "one.parquet")
    _write(other, tmp_path / "other.parquet")

    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "other.parquet").read_bytes()


def test_a_column_has_a_dictionary_where_that_takes_fewer_bytes(frame: pl.DataFrame, tmp_path: Path) -> None:
    _write(frame, tmp_path / "table.parquet")

    group = pq.read_metadata(tmp_path / "table.parquet").row_group(0)
    encodings = {group.column(n).path_in_schema: group.column(n).encodings for n in range(group.num_columns)}

    assert "RLE_DICTIONARY" in encodings["price"]
    assert "RLE_DICTIONARY" not in encodings["worth"]


def test_whoever_asks_for_few_shoppers_reads_few_rows(frame: pl.DataFrame, tmp_path: Path) -> None:
    _write(frame, tmp_path / "table.parquet")

    metadata = pq.read_metadata(tmp_path / "table.parquet")
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    holding = [group for group in groups if group.column(0).statistics.min <= "shopper 00100"]

    assert sum(group.num_rows for group in groups) == ROWS
    assert [group.num_rows < ROWS / 3 for group in holding] == [True], "one group, of at most a third of the rows"


def test_an_empty_table_keeps_its_columns(frame: pl.DataFrame, tmp_path: Path) -> None:
    _write(frame.clear(), tmp_path / "table.parquet")

    assert pl.read_parquet(tmp_path / "table.parquet").schema == frame.schema


def test_writing_a_table_loads_no_pandas(tmp_path: Path) -> None:
    program = (
        "import sys, duckdb; from pathlib import Path; from ml.warehouse.encoding import write_slice_table; "
        f"write_slice_table(duckdb.sql('select 1 as a').to_arrow_reader(), Path({str(tmp_path / 'table.parquet')!r})); "
        "raise SystemExit('pandas' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
