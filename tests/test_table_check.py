"""Rows of a table: in order they stay as they are, read lazily or not; else they are sorted, or refused."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from ml.errors import InvalidTable
from ml.tables import Column, Kind, Table

KEY = ("user_id", "rank")
TABLE = Table(
    name="listed",
    key=KEY,
    columns=(
        Column("user_id", Kind.TEXT, "who"),
        Column("rank", Kind.RANK, "place"),
        Column("score", Kind.NUMBER, "score"),
    ),
    description="a row per shopper and rank",
)
IN_ORDER = pl.DataFrame(
    {"user_id": ["", "a", "a", "b", "é"], "rank": [7, 1, 2, 1, 1], "score": [0.5, 1.0, None, 2.0, 3.0]},
    schema=TABLE.schema,
)


def _stored(folder: Path, rows: pl.DataFrame) -> pl.LazyFrame:
    rows.write_parquet(folder / "rows.parquet")
    return pl.scan_parquet(folder / "rows.parquet")


@pytest.mark.parametrize(
    "rows",
    [
        IN_ORDER,
        IN_ORDER.reverse(),
        IN_ORDER[[0, 2, 1, 3, 4]],
        IN_ORDER.clear(),
        IN_ORDER.select("score", "rank", "user_id"),
        IN_ORDER.with_columns(pl.col("rank").cast(pl.Int64), other=1),
    ],
    ids=["in order", "reversed", "two swapped", "none", "other columns first", "other types"],
)
def test_rows_are_typed_and_sorted_whether_they_are_in_memory_or_stored(tmp_path: Path, rows: pl.DataFrame) -> None:
    expected = IN_ORDER if len(rows) else IN_ORDER.clear()
    assert_frame_equal(TABLE.checked(rows), expected)
    assert_frame_equal(TABLE.scanned(_stored(tmp_path, rows)).collect(), expected)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (IN_ORDER[[0, 1, 1, 2]], "1 repeated"),
        (IN_ORDER[[1, 2, 0, 1]], "1 repeated"),
        (IN_ORDER.with_columns(rank=pl.lit(None)), "a null in it"),
        (pl.concat([IN_ORDER, IN_ORDER[4:].with_columns(user_id=pl.lit(None))]), "a null in it"),
        (IN_ORDER.drop("score"), "no score"),
        (IN_ORDER.with_columns(rank=pl.lit("first")), "conversion"),
    ],
)
def test_rows_that_are_no_such_table_are_refused(tmp_path: Path, rows: pl.DataFrame, found: str) -> None:
    with pytest.raises(InvalidTable, match=found):
        TABLE.checked(rows)
    with pytest.raises(InvalidTable, match=found):
        TABLE.scanned(_stored(tmp_path, rows))


def test_rows_in_order_are_neither_sorted_nor_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("sorted, or counted")

    for name in ("sort", "n_unique"):
        monkeypatch.setattr(pl.DataFrame, name, never)
    assert len(TABLE.checked(IN_ORDER)) == len(IN_ORDER)
    with pytest.raises(AssertionError, match="sorted"):
        TABLE.checked(IN_ORDER.reverse())
