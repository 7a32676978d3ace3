"""Gates between a day's steps: features in, published tables out. ``run_gate`` is the one function that runs one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl

from expectations.day import Day
from expectations.earlier import earlier_day
from expectations.engine import NOT_COMPUTED, examine
from expectations.report import Check, GateReport, page_path, write_reports
from ml.capability import Capability
from ml.errors import GateFailed
from ml.publish.damaged import damage_named, require_readable
from ml.publish.draft import DraftRecord, scan_draft
from ml.publish.readers import day_before, scan_day_before, version_of_day
from ml.publish.store import Version
from ml.settings import Settings
from ml.warehouse.slices import Slice, read_slice

FEATURES: Final = "features"
"""The folder of the suites of dbt models; those of published tables lie in a folder of their capability."""
_SUITES: Final = Path(__file__).with_name("suites")

_log = logging.getLogger(__name__)


def feature_suites(capability: Capability) -> tuple[str, ...]:
    """The tables that ``capability`` reads and that a suite gates."""
    return tuple(name for name in capability.reads if (_SUITES / FEATURES / f"{name}.py").exists())


def gate_slice(settings: Settings, capability: Capability, folder: Path) -> list[GateReport]:
    """Gate the tables of the slice in ``folder`` that ``capability`` reads; nothing is computed from one that fails.

    Raises:
        GateFailed: an expectation that stops the run failed, could not be computed or did not run.
        StaleFeatures: the folder holds no complete slice, or a table of it cannot be read.
    """
    slice_ = read_slice(folder)
    with _damage_named([slice_]):
        return run_gate(settings, slice_day(settings, slice_), feature_suites(capability), FEATURES)


def gate_draft(settings: Settings, capability: Capability, folder: Path) -> list[GateReport]:
    """Gate every table of the draft in ``folder`` against the slice it came from; nothing that fails is published.

    Raises:
        GateFailed: an expectation that stops the run failed, could not be computed or did not run.
        NotPublished, StaleFeatures: the draft, or its slice, is not there, or a table of the slice or of the day before
            cannot be read.
        InvalidTable: a table of the draft is missing, unreadable, has other columns or is of another day.
    """
    record, tables = scan_draft(capability, folder)
    origin = read_slice(settings.home / record.slice)
    yesterday = version_of_day(settings, capability, record.as_of_date - timedelta(days=1))
    day = draft_day(settings, record, tables, origin)
    day = replace(
        day,
        before=partial(scan_day_before, settings, capability, record.as_of_date),
        published_before=partial(day_before, settings, capability, record.as_of_date),
    )
    with _damage_named([origin], [yesterday] if yesterday else []):
        return run_gate(settings, day, tuple(capability.tables), capability.name)


@contextmanager
def _damage_named(slices: Sequence[Slice], versions: Sequence[Version] = ()) -> Iterator[None]:
    """Of a gate that finds a table damaged, be it in what one of its expectations could not compute."""
    try:
        with damage_named(slices, versions):
            yield
    except GateFailed as failed:
        if NOT_COMPUTED in failed.found:
            require_readable(slices, versions)
        raise


def run_gate(settings: Settings, day: Day, tables: Sequence[str], suites: str) -> list[GateReport]:
    """Run the gates of ``tables``, keep their results and pages under the reports, then stop if one failed.

    Args:
        suites: the folder of ``expectations/suites`` with a file per table.

    Returns:
        A report per table, in the order given, when all passed.

    Raises:
        GateFailed: says which expectations failed, on which columns, and where the whole result is.
    """
    reports = examine(day, suites, tables)
    write_reports(settings, reports)
    for report in reports:
        for check in report.warnings:
            _log.warning("watch %s of %s: %s", report.table, report.as_of, _line(check))
    _log.info("gates of %s, %s: %d expectations", day.as_of, suites, sum(len(report.checks) for report in reports))
    failed = [report for report in reports if not report.passed]
    if failed:
        raise _failure(settings, failed)
    return reports


def slice_day(settings: Settings, slice_: Slice) -> Day:
    """What the gates of the features look at."""
    return replace(_day(settings, slice_.as_of, slice_.scan), earlier=earlier_day(settings, slice_.as_of))


def draft_day(settings: Settings, record: DraftRecord, tables: Mapping[str, pl.LazyFrame], origin: Slice) -> Day:
    """What the gates of published tables look at: the draft's tables, beside those of its slice."""
    short, pairs = (_counted(record, name) for name in ("short_lists", "purchase_probability"))
    read = partial(_read, tables, origin.scan)
    day = _day(settings, record.as_of_date, read)
    return replace(day, short_lists=short, probabilities=pairs.get("pairs"))


def _counted(record: DraftRecord, what: str) -> dict[str, int]:
    """What the draft counts of something, by name; texts beside the counts left out."""
    counts = record.counts.get(what)
    found = counts.items() if isinstance(counts, Mapping) else ()
    return {name: count for name, count in found if isinstance(count, int)}


def _day(settings: Settings, as_of: date, read: Callable[[str], pl.LazyFrame]) -> Day:
    return Day(
        as_of,
        settings.k,
        settings.history_days,
        read,
        placements=settings.placements_on,
        liked_from=settings.liked_from,
        minimum_audience=settings.minimum_audience,
        consent=settings.consent,
    )


def _read(tables: Mapping[str, pl.LazyFrame], other: Callable[[str], pl.LazyFrame], name: str) -> pl.LazyFrame:
    return tables[name] if name in tables else other(name)


def _failure(settings: Settings, failed: Sequence[GateReport]) -> GateFailed:
    """All that failed on a day, in one error that can be acted on."""
    as_of = failed[0].as_of
    results = ", ".join(settings.relative(report.path(settings)) for report in failed)
    return GateFailed(
        f"{', '.join(report.table for report in failed)} of {as_of}",
        expected=f"{sum(len(report.checks) for report in failed)} expectations to hold",
        found="; ".join(f"{report.table}: {_line(check)}" for report in failed for check in report.failures),
        remedy=(
            f"Whole results: {results}; page: {settings.relative(page_path(settings, as_of))}. "
            f"Mend the landing files or the code, then run: shelduck run --as-of {as_of}"
        ),
    )


def _line(check: Check) -> str:
    on = f" [{check.column}]" if check.column else ""
    return f"{check.claim}{on}: expected {check.expected}, found {check.observed}"
