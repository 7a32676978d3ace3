"""The canonical hash sees values and types, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.publish.content import _joined, content_hash, hash_of, table_hash
from ml.recommend.outputs import RECOMMENDATION
from ml.tables import Col, Column, Kind, Table

FRAME = pl.DataFrame(
    {
        **{
            name: [f"{name}-{row}" for row in range(5)]
            for name, kind in RECOMMENDATION.schema.items()
            if kind == pl.String
        },
        Col.rank: pl.Series(range(1, 6), dtype=pl.Int32),
        Col.score: [1.0, 0.5, 0.25, 0.125, 0.0],
        Col.propensity: [None, 1.0, 0.5, 0.1, 0.2],
        Col.rank_before_rules: pl.Series([1, None, 2, 3, 4], dtype=pl.Int32),
        Col.rules_applied: [["r"], [], ["r", "s"], [], ["s"]],
        Col.evidence_item_ids: [["a", "b"], [], None, ["c"], ["d"]],
        Col.as_of_date: date(2017, 12, 2),
    }
)
TEXTS = Table(
    "texts",
    ("n",),
    tuple(
        Column(name, kind, "")
        for name, kind in (("n", Kind.COUNT), ("a", Kind.TEXT), ("b", Kind.TEXT), ("c", Kind.TEXTS))
    ),
    "",
)


def test_row_order_chunks_and_wider_types_do_not_change_a_hash() -> None:
    pieces = pl.concat([FRAME[3:], FRAME[:3]], rechunk=False).with_columns(pl.col(Col.rank).cast(pl.Int64))
    assert table_hash(RECOMMENDATION, pieces) == table_hash(RECOMMENDATION, FRAME)


@pytest.mark.parametrize("column", FRAME.columns)
def test_a_change_in_any_column_changes_the_hash(column: str) -> None:
    other = {
        pl.String: pl.lit("other"),
        pl.Float64: pl.col(column) + 1e-12,
        pl.Date: pl.lit(date(2017, 12, 3)),
        pl.List: pl.col(column).list.concat(pl.lit(["x"])),
    }.get(FRAME.schema[column].base_type(), pl.col(column) + 10)
    changed = pl.concat([FRAME[:4], FRAME[4:].with_columns(other.cast(FRAME.schema[column]).alias(column))])
    assert table_hash(RECOMMENDATION, changed) != table_hash(RECOMMENDATION, FRAME)


def test_a_stored_table_is_hashed_one_column_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FRAME.write_parquet(tmp_path / "stored.parquet")
    expected, widths, collect = table_hash(RECOMMENDATION, FRAME), [], pl.LazyFrame.collect

    def watched(rows: pl.LazyFrame, **asked: Any) -> pl.DataFrame:
        found: pl.DataFrame = collect(rows, **asked)
        widths.append(found.width)
        return found

    rows = RECOMMENDATION.scanned(pl.scan_parquet(tmp_path / "stored.parquet"))
    monkeypatch.setattr(pl.LazyFrame, "collect", watched)
    assert hash_of(RECOMMENDATION, rows) == expected
    assert len(widths) > 10 and set(widths) == {1}


def test_a_null_is_not_an_empty_text_nor_an_empty_list() -> None:
    variants = [("", []), (None, []), ("", None), (None, None)]
    frames = [pl.DataFrame([{"n": 1, "a": a, "b": "", "c": c}], schema=TEXTS.schema) for a, c in variants]
    assert len({table_hash(TEXTS, frame) for frame in frames}) == len(variants)


def test_minus_zero_counts_as_zero() -> None:
    plus, minus = (FRAME.with_columns(pl.lit(zero).alias(Col.score)) for zero in (0.0, -0.0))
    assert table_hash(RECOMMENDATION, plus) == table_hash(RECOMMENDATION, minus)


Row = st.tuples(st.text(max_size=4), st.text(max_size=4), st.lists(st.text(max_size=2), max_size=3))


@settings(max_examples=60, deadline=None)
@given(st.lists(Row, max_size=4), st.lists(Row, max_size=4))
def test_different_tables_have_different_hashes(
    left: list[tuple[object, ...]], right: list[tuple[object, ...]]
) -> None:
    frames = [
        pl.DataFrame([(n, *row) for n, row in enumerate(rows)], schema=TEXTS.schema, orient="row")
        for rows in (left, right)
    ]
    assert (table_hash(TEXTS, frames[0]) == table_hash(TEXTS, frames[1])) == (left == right)


@given(st.lists(st.text(), max_size=6), st.integers(0, 3), st.integers(0, 3))
def test_texts_are_hashed_as_utf_8_one_after_the_other(texts: list[str], first: int, last: int) -> None:
    pieces = pl.concat([pl.Series(texts[:3], dtype=pl.String), pl.Series(texts[3:], dtype=pl.String)], rechunk=False)
    kept = pieces[first : max(len(texts) - last, first)]
    assert bytes(_joined(kept)) == "".join(kept.to_list()).encode()


def test_a_day_is_part_of_its_content() -> None:
    assert content_hash(date(2017, 12, 2), {"a": "1"}) != content_hash(date(2017, 12, 3), {"a": "1"})
    assert content_hash(date(2017, 12, 2), {"a": "1", "b": "2"}) == content_hash(
        date(2017, 12, 2), {"b": "2", "a": "1"}
    )
