"""Runs suites with Great Expectations: in memory, offline, without log noise; incomplete suites fail."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from importlib import import_module
from numbers import Real
from types import ModuleType
from typing import Any, Final

import polars as pl

from expectations.day import Day
from expectations.report import Check, GateReport

_NO_VALUES: Final = {"result_format": "SUMMARY", "partial_unexpected_count": 0}
"""Results hold counts and aggregates only, because samples of failing values would hold ids of shoppers."""
_SEVERITIES: Final = {"gate": "critical", "watch": "warning"}
_BOUNDS: Final = ("min_value", "max_value", "value_set", "mostly")
_LARGEST_BOUND: Final = 1e12


def load_suite(folder: str, table: str) -> ModuleType:
    """The suite of a table, with Great Expectations told to be quiet and offline before it is imported."""
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    suite = import_module(f"expectations.suites.{folder}.{table}")
    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)  # sets its own
    return suite


def examine(day: Day, folder: str, tables: Sequence[str]) -> list[GateReport]:
    """Run the suites of ``tables`` in a folder of suites; one report per table, in their order.

    A suite that did not run exactly the expectations it announces (``GATE`` and ``WATCH``) fails, and so does an
    expectation that could not be computed, whatever its level.
    """
    suites = {table: load_suite(folder, table) for table in tables}
    context = _context()
    return [_examined(context, day, table, suite) for table, suite in suites.items()]


def _examined(context: Any, day: Day, table: str, suite: ModuleType) -> GateReport:
    from great_expectations import ExpectationSuite, ValidationDefinition

    try:
        batch: pl.DataFrame = suite.prepare(day)
        expectations = {"gate": suite.gate(day), "watch": suite.watch(day)}
    except ValueError as contradiction:  # such as at least 1 row of at most 0
        return GateReport(table, day.as_of, len(day.table(table)), (_impossible(contradiction),))
    for level, group in expectations.items():
        for expectation in group:
            expectation.severity = _SEVERITIES[level]
    asset = context.data_sources.add_pandas(table).add_dataframe_asset(table)
    definition = ValidationDefinition(
        name=table,
        data=asset.add_batch_definition_whole_dataframe("day"),
        suite=context.suites.add(ExpectationSuite(table, expectations=[*expectations["gate"], *expectations["watch"]])),
    )
    ran = context.validation_definitions.add(definition).run(
        batch_parameters={"dataframe": batch.to_pandas()}, result_format=_NO_VALUES
    )
    checks = [_check(result) for result in ran.results]
    order = {expectation.description: place for place, expectation in enumerate(definition.suite.expectations)}
    checks.sort(key=lambda check: order[check.claim])
    gates = suite.GATE + getattr(suite, "PER_PLACEMENT", 0) * len(day.placements)
    counts = [
        _counted(level, announced, sum(check.level == level for check in checks))
        for level, announced in (("gate", gates), ("watch", suite.WATCH))
    ]
    return GateReport(table, day.as_of, len(day.table(table)), (*checks, *counts))


def _check(result: Any) -> Check:
    config = result.expectation_config
    kwargs: dict[str, Any] = config.kwargs
    error = _error(result.exception_info)
    columns = kwargs.get("column_list") or [kwargs.get("column", "")]
    return Check(
        level="gate" if error or config.severity == "critical" else "watch",
        claim=config.description,
        expectation=config.type,
        column=", ".join(columns),
        expected=_expected(kwargs),
        observed=f"could not be computed: {error}" if error else _observed(result.result),
        passed=bool(result.success) and not error,
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


def _error(info: dict[str, Any]) -> str:
    """The message of an exception inside an expectation, which GX reports like a failed expectation; else empty."""
    raised = [info] if "raised_exception" in info else list(info.values())
    messages = {str(each.get("exception_message")).strip() for each in raised if each.get("raised_exception")}
    return "; ".join(sorted(messages))


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


def _context() -> Any:
    """An ephemeral context without progress bars."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context
