"""Housekeeping: what the DAG ``tidy_storage`` and ``shelduck tidy`` do, step by step.

Every step is safe to run again, beside runs and readers, and to be killed in. What it removes can be made again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from typing import Final

from expectations.retention import prune_reports
from ml.audiences.export.tidying import old_exports
from ml.capabilities import capabilities
from ml.capability import Capability
from ml.cleanup import Cleanup, remove
from ml.operations.airflow_tidying import clean_metadata, prune_logs, shorten_service_logs
from ml.operations.copy_tidying import prune_copy_reports
from ml.operations.work import in_bytes
from ml.publish.readers import newest_as_of, versions
from ml.publish.retention import drafted_slices, kept_from, prune_drafts, prune_tables, prune_versions
from ml.publish.shadow import prune_shadows
from ml.registry.retention import KeptDays, prune_trainings
from ml.settings import Settings
from ml.warehouse.apart import snapshots_apart
from ml.warehouse.compact import compact
from ml.warehouse.export import prunable_slices, thin_slices
from ml.warehouse.lock import warehouse_lock

_log = logging.getLogger(__name__)
Step = Callable[[Settings, bool, str], list[Cleanup]]


def tidy_warehouse(settings: Settings, dry_run: bool, holder: str) -> list[Cleanup]:
    """Slices beyond their number, but for those of drafts; then the warehouse's free blocks."""
    with warehouse_lock(settings, holder):
        drafted = drafted_slices(settings)
        slices = remove("slices", prunable_slices(settings, drafted), dry_run=dry_run)
        tables = thin_slices(settings, drafted, dry_run=dry_run)
    return [slices, tables, compact(settings, dry_run=dry_run, holder=holder)]


def tidy_published(settings: Settings, dry_run: bool, holder: str) -> list[Cleanup]:
    """Versions and tables that retention no longer keeps, drafts nobody published, of every capability; exports."""
    return [
        *(
            prune(settings, capability, dry_run=dry_run, holder=holder)
            for capability in capabilities()
            for prune in (prune_versions, prune_tables, prune_drafts)
        ),
        *prune_shadows(settings, dry_run=dry_run, holder=holder),
        remove("snapshots of shadow versions", snapshots_apart(settings), dry_run=dry_run),
        remove("exports of audiences", old_exports(settings), dry_run=dry_run),
    ]


def tidy_models(settings: Settings, dry_run: bool, _holder: str) -> list[Cleanup]:
    """Trainings in MLflow whose model no kept day needs."""
    kept = {
        model: KeptDays(kept_from(settings, capability), _published_days(settings, capability))
        for capability in capabilities()
        for model in capability.models
    }
    return prune_trainings(settings, kept, dry_run=dry_run)


def tidy_reports(settings: Settings, dry_run: bool, _holder: str) -> list[Cleanup]:
    """Gates' pages and results, reports of arrivals, and sites, of old days; old questions about marketing texts."""
    pinned_or_current = {
        day
        for each in capabilities()
        for day in _published_days(settings, each)
        if day < (kept_from(settings, each) or day)
    }
    newest = max((day for each in capabilities() if (day := newest_as_of(settings, each))), default=None)
    return [
        prune_reports(settings, newest, pinned_or_current, dry_run=dry_run),
        prune_copy_reports(settings, dry_run=dry_run),
    ]


def tidy_airflow(settings: Settings, dry_run: bool, _holder: str) -> list[Cleanup]:
    """Old logs and old runs."""
    return [
        prune_logs(settings, dry_run=dry_run),
        shorten_service_logs(settings, dry_run=dry_run),
        clean_metadata(settings, dry_run=dry_run),
    ]


STEPS: Final[dict[str, Step]] = {
    step.__name__: step for step in (tidy_warehouse, tidy_published, tidy_models, tidy_reports, tidy_airflow)
}
"""In the order in which they run: what is published decides which models stay."""


def tidy(settings: Settings, step: str, *, dry_run: bool, holder: str) -> list[Cleanup]:
    """Run one step and log a line per kind of thing: how many, how large."""
    cleaned = STEPS[step](settings, dry_run, holder)
    for each in cleaned:
        _log.info(told(each, dry_run=dry_run))
    return cleaned


def told(cleaned: Cleanup, *, dry_run: bool) -> str:
    """``slices: removed 12, 3.4 MB``."""
    if not cleaned.count:
        return f"{cleaned.what}: nothing to remove{f' ({cleaned.note})' if cleaned.note else ''}"
    verb = "would remove" if dry_run else "removed"
    note = f" ({cleaned.note})" if cleaned.note else ""
    return f"{cleaned.what}: {verb} {cleaned.count:,}, {in_bytes(cleaned.bytes)}{note}"


def _published_days(settings: Settings, capability: Capability) -> set[date]:
    return {version.as_of for version in versions(settings, capability)}
