"""Gates between a day's steps: features in, recommendations out. ``run_gate`` is the one function that runs one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl

from expectations.day import Day
from expectations.engine import examine
from expectations.report import Check, GateReport, page_path, write_reports
from ml.errors import GateFailed
from ml.publish.draft import Draft, read_draft
from ml.settings import Settings
from ml.warehouse.slices import Slice, read_slice

FEATURES: Final = ("daily_volume", "dim_item", "dim_user", "feat_user", "feat_item", "feat_user_item", "history")
RECOMMENDATIONS: Final = ("recommendation", "default_shelf", "page_slot", "similar_item", "popular_item", "policy")

_log = logging.getLogger(__name__)


def gate_slice(settings: Settings, folder: Path) -> list[GateReport]:
    """Gate every table of the slice in ``folder``; nothing is recommended from one that fails.

    Raises:
        GateFailed: an expectation that stops the run failed, could not be computed or did not run.
        StaleFeatures: the folder holds no complete slice.
    """
    return run_gate(settings, slice_day(settings, read_slice(folder)), FEATURES, "features")


def gate_draft(settings: Settings, folder: Path, previous: pl.DataFrame | None = None) -> list[GateReport]:
    """Gate every table of the draft in ``folder`` against the slice it came from; nothing that fails is published.

    Args:
        settings: where the slice and the reports lie.
        folder: the draft.
        previous: the recommendations of the day before; how much of them is kept is watched, never a gate.

    Raises:
        GateFailed: an expectation that stops the run failed, could not be computed or did not run.
        NotPublished, StaleFeatures: the draft, or its slice, is not there.
    """
    draft = read_draft(folder)
    origin = read_slice(settings.home / draft.record.slice)
    return run_gate(settings, draft_day(settings, draft, origin, previous), RECOMMENDATIONS, "recommendations")


def run_gate(settings: Settings, day: Day, tables: Sequence[str], stage: str) -> list[GateReport]:
    """Run the gates of ``tables``, keep their results and pages under the reports, then stop if one failed.

    Returns:
        A report per table, in the order given, when all passed.

    Raises:
        GateFailed: says which expectations failed, on which columns, and where the whole result is.
    """
    reports = examine(day, tables, settings.reports_dir / "data_docs" / day.as_of.isoformat() / stage)
    write_reports(settings, reports)
    for report in reports:
        for check in report.warnings:
            _log.warning("watch %s of %s: %s", report.table, report.as_of, _line(check))
    _log.info("gates of %s, %s: %d expectations", day.as_of, stage, sum(len(report.checks) for report in reports))
    failed = [report for report in reports if not report.passed]
    if failed:
        raise _failure(settings, failed)
    return reports


def slice_day(settings: Settings, slice_: Slice) -> Day:
    """What the gates of the features look at."""
    return _day(settings, slice_.as_of, slice_.table)


def draft_day(settings: Settings, draft: Draft, origin: Slice, previous: pl.DataFrame | None = None) -> Day:
    """What the gates of the recommendations look at: the draft's tables, beside those of its slice."""
    short = draft.record.counts.get("short_lists")
    explained = {name: int(str(count)) for name, count in short.items()} if isinstance(short, Mapping) else {}
    read = partial(_read, draft.tables, origin.table)
    return replace(_day(settings, draft.record.as_of_date, read), short_lists=explained, previous=previous)


def _day(settings: Settings, as_of: date, read: Callable[[str], pl.DataFrame]) -> Day:
    placements, liked_from = settings.placements_on, settings.liked_from
    return Day(as_of, settings.k, settings.history_days, read, placements=placements, liked_from=liked_from)


def _read(tables: Mapping[str, pl.DataFrame], other: Callable[[str], pl.DataFrame], name: str) -> pl.DataFrame:
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
