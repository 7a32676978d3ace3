"""What Polars computes for expectations: Great Expectations judges it as it judges what its own engine computes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from expectations import engine
from expectations.day import Day
from expectations.imports import import_quietly
from expectations.metrics import computed
from expectations.report import Check
from tests.expectations.conftest import Tables

import_quietly()

import great_expectations as gx  # noqa: E402
import great_expectations.expectations as gxe  # noqa: E402

ROWS = pl.DataFrame(
    {
        "whole": [3, 1, 2, None, 2],
        "share": [0.5, float("nan"), None, 1.5, -1.0],
        "name": ["a", "b", None, "b", "a"],
        "pair": ["x", "y", "y", "y", None],
        "nothing": pl.Series([None] * 5, dtype=pl.Int8),
    },
    schema_overrides={"whole": pl.Int32},
)
OF_COLUMN: tuple[type[gxe.Expectation], ...] = (
    gxe.ExpectColumnSumToBeBetween,
    gxe.ExpectColumnMeanToBeBetween,
    gxe.ExpectColumnMinToBeBetween,
    gxe.ExpectColumnMaxToBeBetween,
    gxe.ExpectColumnValuesToBeBetween,
)


def _expectations() -> list[gxe.Expectation]:
    bounds = ({"min_value": 1}, {"max_value": 1}, {"min_value": 0, "max_value": 3})
    numbers = [
        kind(column=column, **bound, description=f"{kind.__name__} {column} {bound}")
        for kind in OF_COLUMN
        for column in ("whole", "share", "nothing")
        for bound in bounds
    ]
    columns = [
        each
        for column in ("whole", "share", "name", "nothing")
        for each in (
            gxe.ExpectColumnValuesToNotBeNull(column=column, description=f"not null {column}"),
            gxe.ExpectColumnUniqueValueCountToBeBetween(column=column, min_value=3, description=f"unique {column}"),
            gxe.ExpectColumnProportionOfNonNullValuesToBeBetween(
                column=column, min_value=0.8, description=f"filled {column}"
            ),
        )
    ]
    strict = gxe.ExpectColumnValuesToBeBetween(column="whole", min_value=1, strict_min=True, description="strictly")
    return [
        *numbers,
        *columns,
        strict,
        gxe.ExpectTableRowCountToBeBetween(max_value=4, description="rows"),
        gxe.ExpectColumnValuesToBeInSet(column="whole", value_set=[1, 2], mostly=0.7, description="mostly in a set"),
        gxe.ExpectColumnValuesToBeInSet(column="name", value_set=["a"], description="in a set"),
        gxe.ExpectColumnDistinctValuesToContainSet(column="name", value_set=["a", "b"], description="has all"),
        gxe.ExpectColumnDistinctValuesToContainSet(column="name", value_set=["a", "c"], description="lacks one"),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=["name", "pair"], description="repeated"),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=["whole", "share"], description="not repeated"),
    ]


def _by_its_own_engine(rows: pl.DataFrame) -> dict[str, tuple[bool, str]]:
    """Verdict and figure by claim, with the pandas engine of Great Expectations."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    batch = context.data_sources.add_pandas("s").add_dataframe_asset("a").add_batch_definition_whole_dataframe("d")
    suite = gx.ExpectationSuite("suite", expectations=_expectations())
    results: Any = batch.get_batch({"dataframe": rows.to_pandas()}).validate(suite, result_format=engine._NO_VALUES)
    return {
        each.expectation_config.description: (bool(each.success), engine._observed(each.result))
        for each in results.results
    }


def _found(checks: list[Check]) -> dict[str, tuple[bool, str]]:
    return {check.claim: (check.passed, check.observed) for check in checks}


@pytest.mark.parametrize("rows", [ROWS, ROWS.clear()], ids=["rows", "no rows"])
def test_every_claim_gets_the_verdict_and_the_figure_of_great_expectations_own_engine(rows: pl.DataFrame) -> None:
    asked = [("gate", each) for each in _expectations()]
    found, own = _found(engine._judged(rows.lazy(), asked)), _by_its_own_engine(rows)
    assert len(own) == len(asked)
    assert found == own
    if len(rows):
        assert {passed for passed, _ in own.values()} == {True, False}, "both verdicts are compared"


def test_sums_of_narrow_integers_do_not_wrap() -> None:
    rows = pl.DataFrame({"n": pl.Series([2**31 - 1] * 3, dtype=pl.Int32)}).lazy()
    expectation = gxe.ExpectColumnSumToBeBetween(column="n", min_value=0)
    [value] = computed(rows, engine._needed(expectation)).values()
    assert value == 3 * (2**31 - 1)


def test_an_expectation_of_a_kind_nobody_computes_fails_and_the_others_are_still_judged() -> None:
    asked = [
        ("watch", gxe.ExpectColumnMedianToBeBetween(column="whole", min_value=0, description="median")),
        ("watch", gxe.ExpectColumnSumToBeBetween(column="absent", min_value=0, description="absent")),
        ("watch", gxe.ExpectColumnSumToBeBetween(column="whole", min_value=0, description="sum")),
    ]
    median, absent, total = engine._judged(ROWS.lazy(), asked)
    assert (median.level, median.passed) == ("gate", False)
    assert "could not be computed: metric column.median: add it to expectations/metrics.py" in median.observed
    assert (absent.level, absent.passed) == ("gate", False)
    assert "could not be computed: absent (the batch has whole, share" in absent.observed
    assert (total.level, total.passed, total.observed) == ("watch", True, "8")


def test_an_expectation_about_some_of_the_rows_fails_instead_of_being_judged_by_all() -> None:
    some, filled = {"row_condition": 'name=="a"', "condition_parser": "pandas"}, "any_value_is_missing"
    asked = [
        ("watch", gxe.ExpectColumnSumToBeBetween(column="whole", min_value=0, description="sum", **some)),
        ("watch", gxe.ExpectTableRowCountToBeBetween(max_value=9, description="rows", **some)),
        ("watch", gxe.ExpectCompoundColumnsToBeUnique(column_list=["name", "pair"], ignore_row_if=filled)),
    ]
    for check in engine._judged(ROWS.lazy(), asked):
        assert (check.level, check.passed) == ("gate", False)
        assert "of some rows: let prepare filter them" in check.observed


def test_what_several_suites_ask_for_is_computed_once_per_day(tables: Tables) -> None:
    reads: list[str] = []

    def read(name: str) -> pl.DataFrame:
        reads.append(name)
        return tables[name]

    day = Day(date(2024, 3, 20), 5, 365, read)
    assert day.bought().height > 0 and day.bought() is day.bought()
    assert reads == ["history"]
    assert replace(day).bought().height == day.bought().height
    assert reads == ["history", "history"], "another day asks anew"
