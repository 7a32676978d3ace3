"""Runs suites: Polars computes what expectations ask for, Great Expectations judges it; incomplete suites fail."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from numbers import Real
from types import ModuleType
from typing import Any, Final

import polars as pl

from expectations.day import Day
from expectations.imports import import_quietly
from expectations.metrics import Metrics, computed
from expectations.report import Check, GateReport

NOT_COMPUTED: Final = "could not be computed"
"""What is observed where an expectation could not be judged."""
_NO_VALUES: Final = {"result_format": "SUMMARY", "partial_unexpected_count": 0}
"""Results hold counts and aggregates only, because samples of failing values would hold ids of shoppers."""
_BOUNDS: Final = ("min_value", "max_value", "value_set", "mostly")
_LARGEST_BOUND: Final = 1e12


def load_suite(folder: str, table: str) -> ModuleType:
    """The suite of a table, with Great Expectations told to be quiet and offline before it is imported."""
    import_quietly()
    return import_module(f"expectations.suites.{folder}.{table}")


def examine(day: Day, folder: str, tables: Sequence[str]) -> list[GateReport]:
    """Run the suites of ``tables`` in a folder of suites; one report per table, in their order.

    A suite that did not run exactly the expectations it announces (``GATE`` and ``WATCH``) fails, and so does an
    expectation that could not be computed, whatever its level.
    """
    suites = {table: load_suite(folder, table) for table in tables}
    return [_examined(day, table, suite) for table, suite in suites.items()]


def _examined(day: Day, table: str, suite: ModuleType) -> GateReport:
    try:
        batch: pl.LazyFrame = suite.prepare(day).lazy()
        expectations = {"gate": suite.gate(day), "watch": suite.watch(day)}
    except ValueError as contradiction:  # such as at least 1 row of at most 0
        return GateReport(table, day.as_of, day.rows(table), (_impossible(contradiction),))
    checks = _judged(batch, [(level, each) for level, group in expectations.items() for each in group])
    gates = suite.GATE + getattr(suite, "PER_PLACEMENT", 0) * len(day.placements)
    counts = [
        _counted(level, announced, len(expectations[level]))
        for level, announced in (("gate", gates), ("watch", suite.WATCH))
    ]
    return GateReport(table, day.as_of, day.rows(table), (*checks, *counts))


def _judged(batch: pl.LazyFrame, expectations: Sequence[tuple[str, Any]]) -> list[Check]:
    """A check per expectation; all of their figures come from one pass unless one of them cannot be computed."""
    try:
        figures = computed(batch, [metric for _, each in expectations for metric in _needed(each)])
    except (NotImplementedError, pl.exceptions.PolarsError):
        return [_check(level, each, batch) for level, each in expectations]
    return [_check(level, each, batch, figures) for level, each in expectations]


def _needed(expectation: Any) -> list[Any]:
    """The metrics that Great Expectations judges it by."""
    dependencies = expectation.get_validation_dependencies(runtime_configuration={"result_format": _NO_VALUES})
    return list(dependencies.metric_configurations.values())


def _check(level: str, expectation: Any, batch: pl.LazyFrame, figures: Metrics | None = None) -> Check:
    """What an expectation finds in ``figures``, or in figures of its own."""
    config, error, success, result = expectation.configuration, "", False, {}
    try:
        found = computed(batch, _needed(expectation)) if figures is None else figures
        judged = expectation.metrics_validate(found, runtime_configuration={"result_format": _NO_VALUES})
        success, result = bool(judged.success), judged.result
    except Exception as unknown:  # whatever it is, the claim has not been checked
        error = " ".join(str(unknown).split()) or type(unknown).__name__
    kwargs: dict[str, Any] = config.kwargs
    columns = kwargs.get("column_list") or [kwargs.get("column", "")]
    return Check(
        level="gate" if error else level,
        claim=config.description,
        expectation=config.type,
        column=", ".join(columns),
        expected=_expected(kwargs),
        observed=f"{NOT_COMPUTED}: {error}" if error else _observed(result),
        passed=success,
    )


def _counted(level: str, announced: int, ran: int) -> Check:
    """Fails when a suite ran another number of expectations of a level than it announces."""
    claim = f"the suite ran every {level} expectation it announces"
    return Check("gate", claim, "expectation count", "", str(announced), str(ran), announced == ran)


def _impossible(contradiction: ValueError) -> Check:
    """A suite whose thresholds contradict each other, such as min 5 > max 3."""
    found = f"contradictory thresholds; an input table is probably empty ({' '.join(str(contradiction).split())})"
    expected = "each lowest value at most the highest"
    return Check("gate", "thresholds do not contradict each other", "thresholds", "", expected, found, False)


def _expected(kwargs: dict[str, Any]) -> str:
    """Bounds and value sets in words; bounds that hold for every value (beyond 1e12) are left out."""
    given = {name: kwargs[name] for name in _BOUNDS if kwargs.get(name) is not None}
    lowest, highest = given.get("min_value"), given.get("max_value")
    words = []
    if lowest is not None and lowest == highest:
        words.append(f"exactly {_figure(lowest)}")
    else:
        if lowest is not None and lowest > -_LARGEST_BOUND:
            words.append(f"at least {_figure(lowest)}")
        if highest is not None and highest < _LARGEST_BOUND:
            words.append(f"at most {_figure(highest)}")
    if "value_set" in given:
        words.append(f"among {len(given['value_set'])} values")
    if given.get("mostly", 1) < 1:
        words.append(f"in {given['mostly']:.0%} of rows")
    return ", ".join(words) or ("any" if given else "every row")


def _observed(result: dict[str, Any]) -> str:
    """The observed aggregate, or how many rows broke the claim; ``nothing`` for a statistic of no rows."""
    value = result.get("observed_value")
    if isinstance(value, Real):
        return _figure(float(value))
    if isinstance(value, list):
        return f"{len(value)} values"
    if value is None and "observed_value" in result and "missing_count" not in result:
        return "nothing"
    if "unexpected_count" in result:
        return f"{result['unexpected_count']:,} of {result.get('element_count', 0):,} rows break it"
    return f"{result['missing_count']:,} missing" if result.get("missing_count") else "as expected"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 1000 else f"{value:.4g}"
