"""Two versions of a table: every change is found, and nothing else is."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from ml.capabilities import capabilities
from ml.publish.differences import AFTER, BEFORE, COLUMN, TRACES, difference, differences
from ml.publish.readers import versions
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import POLICY, RECOMMENDATION
from ml.settings import Settings
from ml.tables import Col, Column, Kind, Table
from testkit.published import one_row, tables
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
    Kind.BYTES: [b"\xff", b"", None],
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


CELLS = [
    (table, column)
    for capability in capabilities()
    for table in capability.outputs
    for column in table.columns
    if column.name not in table.key
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(CELLS), st.integers(0, 2), st.data())
def test_one_changed_cell_of_any_published_table_of_any_capability_is_found(
    cell: tuple[Table, Column], row: int, data: st.DataObject
) -> None:
    table, column = cell
    before = _three_rows(table)
    values = before[column.name].to_list()
    value = data.draw(st.sampled_from(OTHER[column.kind]).filter(lambda each: each != values[row]))
    values[row] = value
    after = before.with_columns(pl.Series(column.name, values, dtype=before.schema[column.name]))
    found = difference(table, before, after)
    assert not found.is_empty
    assert (found.columns, found.added, found.removed) == ({column.name: 1}, 0, 0)


def _three_rows(table: Table) -> pl.DataFrame:
    """Rows whose keys differ in every column that is no trace."""
    rows = []
    for number in range(3):
        key: dict[str, object] = {}
        for column in table.columns:
            if column.name in table.key and column.name not in TRACES:
                kinds = {Kind.RANK: number, Kind.COUNT: number, Kind.DAY: DAY + timedelta(days=number)}
                key[column.name] = kinds.get(column.kind, f"{column.name} {number}")
        rows.append(one_row(table, DAY, **key))
    return pl.concat(rows)


def test_the_property_looks_at_every_table_of_every_capability() -> None:
    looked_at = {table.name for table, _ in CELLS}
    assert looked_at == {table.name for each in capabilities() for table in each.outputs}


def test_rows_whose_key_holds_a_policy_meet_by_the_rest_of_it() -> None:
    before = pl.concat(one_row(POLICY, DAY, policy_id="old", placement=name) for name in ("a", "b"))
    after = before.with_columns(
        pl.lit("new").alias(Col.policy_id),
        pl.when(pl.col(Col.placement) == "b").then(pl.lit("als")).otherwise(Col.recipe).alias(Col.recipe),
    )
    found = difference(POLICY, before, after)
    assert (found.added, found.removed, found.changed) == (0, 0, 1)
    assert found.columns == {Col.policy_id: 2, Col.recipe: 1} and not found.only_traces
    assert difference(POLICY, before, after.with_columns(before[Col.recipe])).only_traces
    twice = pl.concat([before, after])
    assert difference(POLICY, twice, twice).is_empty, "two policies of a placement are told by their whole key"
    assert difference(POLICY, twice, before).removed == 2


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
