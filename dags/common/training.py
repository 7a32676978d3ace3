"""The tasks of a training: build the snapshots that it reads, fit, promote or propose."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.common.assets import candidate, champion
from dags.common.defaults import WAREHOUSE_POOL
from dags.common.steps import attempt, last_day, step, task_settings, tell_slice
from ml.capabilities import named, resolve

if TYPE_CHECKING:
    from airflow.sdk import XComArg

    from ml.capability import Capability, Training


def build_for_training(name: str) -> XComArg:
    """One dbt build of the as-of dates that a training needs; their slices, oldest first."""

    @task(task_id="build_for_training", pool=WAREHOUSE_POOL)
    def build_days(data_interval_end: datetime | None) -> list[str]:
        from ml.day import lacking, switched_off
        from ml.warehouse.build import build as build_slices

        settings, capability = task_settings(), named(name)
        if why := switched_off(settings, capability):
            raise AirflowSkipException(why)
        days = resolve(_training(capability).days)(settings, last_day(data_interval_end))
        with step() as work:
            slices = build_slices(settings, days, holder=attempt(), capability=capability, to_publish=False)
            tell_slice(work, *slices)
        if why := lacking(capability, slices[-1]):
            raise AirflowSkipException(why)
        return [settings.relative(each.folder) for each in slices]

    return build_days()


def train(name: str, slices: XComArg) -> XComArg:
    """Fit, judge and register what the capability learns, as ``candidate``."""

    @task(task_id="train")
    def fit(paths: list[str]) -> int:
        from ml.registry.registration import download_bundle

        settings, capability = task_settings(), named(name)
        run_id = get_current_context()["run_id"]
        folders = [settings.home / path for path in paths]
        with step() as work:
            work.read(*folders)
            version: int = resolve(_training(capability).fit)(settings, folders, provenance={"dag_run_id": run_id})
            # what a day would load, fetched back and verified
            work.wrote(*(download_bundle(settings, model, version) for model in capability.models))
            work.note(f"model version {version}")
        return version

    return fit(slices)


def promote(name: str, version: XComArg) -> XComArg:
    """Move ``champion`` to the candidate if it earned it; every promotion is a row in the ledger.

    Skipped where ``SHELDUCK_PROMOTION`` leaves it to a person, or to nobody.
    """

    @task(task_id="promote", outlets=[champion(name)])
    def promote_candidate(candidate: int) -> int:
        from ml.registry.decisions import why_not_promoted
        from ml.registry.ledger import promotions
        from ml.registry.versions import LOGGED

        settings, capability = task_settings(), named(name)
        if why := why_not_promoted(settings, capability.model, candidate):
            logging.getLogger("ml.registry").info("%s", why, extra={LOGGED: candidate})
            raise AirflowSkipException(why)

        def rows() -> int:
            return sum(len(promotions(settings, model)) for model in capability.models)

        with step() as work:
            before = rows()
            promoted: int = resolve(_training(capability).promote)(settings, candidate, who=capability.weekly_dag)
            work.read(rows=before)
            work.wrote(rows=rows() - before)
            work.note(f"version {promoted} promoted")
        return promoted

    return promote_candidate(version)


def propose(name: str, version: XComArg) -> XComArg:
    """Ask for a review of the candidate where a person decides; skipped otherwise, and in a backfill."""

    @task(task_id="propose", outlets=[candidate(name)])
    def propose_candidate(version: int) -> None:
        from ml.registry.decisions import why_not_proposed

        settings, model, context = task_settings(), named(name).model, get_current_context()
        is_backfill = context["dag_run"].run_type == "backfill"
        if why := why_not_proposed(settings, model, version, is_backfill=is_backfill):
            raise AirflowSkipException(why)
        context["outlet_events"][candidate(name)].extra = {"model": model, "version": version}

    return propose_candidate(version)


def _training(capability: Capability) -> Training:
    assert capability.training is not None, f"{capability.name} does not learn"
    return capability.training
