"""Two versions of a table: every change is found, and nothing else is."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from ml.publish.differences import AFTER, BEFORE, COLUMN, TRACES, difference, differences
from ml.publish.readers import versions
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import RECOMMENDATION
from ml.settings import Settings
from ml.tables import Col, Kind
from testkit.published import tables
from tests.publish.conftest import MakeDraft

DAY = date(2025, 5, 4)
SHELF = RECOMMENDATION.checked(tables(DAY, "word", rows=6)[RECOMMENDATION.name])
NOT_KEYS = [column for column in RECOMMENDATION.columns if column.name not in RECOMMENDATION.key]
OTHER = {
    Kind.TEXT: ["other", "", None],
    Kind.TEXTS: [["other"], ["a", "b"], None],
    Kind.COUNT: [7, None],
    Kind.RANK: [77, None],
    Kind.NUMBER: [0.123, float("nan"), None],
    Kind.DAY: [date(2025, 5, 5), None],
    Kind.FLAG: [None],
}


def test_equal_frames_differ_in_nothing() -> None:
    found = difference(RECOMMENDATION, SHELF, SHELF.clone())
    assert found.is_empty
    assert found.rows == (6, 6)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(NOT_KEYS), st.integers(0, len(SHELF) - 1), st.data())
def test_one_changed_cell_of_any_column_is_found_with_its_row(column: object, row: int, data: st.DataObject) -> None:
    name, kind = column.name, column.kind  # type: ignore[attr-defined]
    value = data.draw(st.sampled_from(OTHER[kind]))
    cells = SHELF[name].to_list()
    cells[row] = value
    after = SHELF.with_columns(pl.Series(name, cells, dtype=SHELF.schema[name]))
    found = difference(RECOMMENDATION, SHELF, after)
    assert found.columns == {name: 1}
    assert found.changed == (name not in TRACES)
    assert not found.is_empty
    assert found.cells is not None
    assert found.cells.select(*RECOMMENDATION.key).row(0) == SHELF.select(*RECOMMENDATION.key).row(row)
    assert found.cells[COLUMN].to_list() == [name]


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(0, len(SHELF) - 1), max_size=5), st.sets(st.integers(0, len(SHELF) - 1), max_size=5))
def test_rows_that_only_one_has_are_counted_on_its_side(gone: set[int], come: set[int]) -> None:
    kept = [
        frame[[row for row in range(len(SHELF)) if row not in left_out]]
        for frame, left_out in ((SHELF, come), (SHELF, gone))
    ]
    found = difference(RECOMMENDATION, *kept)
    assert (found.added, found.removed, found.changed) == (len(come - gone), len(gone - come), 0)


def test_a_column_that_came_or_went_or_changed_its_type_is_named() -> None:
    after = SHELF.drop(Col.propensity).with_columns(pl.lit(1).alias("new_one"), pl.col(Col.score).cast(pl.Float32))
    found = difference(RECOMMENDATION, SHELF, after)
    assert [text.split()[0] for text in found.schema] == [Col.score, Col.propensity, "new_one"]
    assert not found.is_empty


def test_what_a_cell_was_and_became_is_told() -> None:
    after = SHELF.with_columns(
        pl.when(pl.col(Col.rank) == 2).then(pl.lit("Tea")).otherwise(Col.item_name).alias(Col.item_name)
    )
    found = difference(RECOMMENDATION, SHELF, after)
    assert found.cells is not None
    assert_frame_equal(found.cells.select(BEFORE, AFTER), pl.DataFrame({BEFORE: ["word"], AFTER: ["Tea"]}))


def test_of_two_published_versions_each_table_is_compared(settings: Settings, make_draft: MakeDraft) -> None:
    for word in ("first", "second"):
        publish(settings, RECOMMEND, make_draft(DAY, word), provenance={})
    base, new = versions(settings, RECOMMEND)
    found = {each.table.name: each for each in differences(RECOMMEND, base, new)}
    assert list(found) == list(RECOMMEND.tables)
    assert found[RECOMMENDATION.name].changed == 3
    assert all(each.is_empty for each in differences(RECOMMEND, base, base))


@pytest.mark.parametrize("name", sorted(TRACES))
def test_traces_are_columns_that_some_published_table_has(name: str) -> None:
    assert any(name in table.schema for table in RECOMMEND.outputs)
