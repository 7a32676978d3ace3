"""The tasks that DAGs wire together: each reads the settings, calls one capability, returns a relative path.

XCom carries paths relative to the data home and versions, never rows or absolute paths. ``dags.common.steps`` is what
all of them do around their work, ``dags.common.training`` has those of a training.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from airflow.sdk import PokeReturnValue, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from dags.common.alerts import tell_arrivals
from dags.common.assets import published
from dags.common.defaults import WAREHOUSE_POOL
from dags.common.runs import is_at_work
from dags.common.steps import attempt, last_day, step, task_settings, tell_slice
from ml.capabilities import named, resolve

_PATIENCE = timedelta(hours=6)
"""How long a run waits for what it reads of other capabilities."""

if TYPE_CHECKING:
    from airflow.sdk import XComArg

    from expectations.report import GateReport
    from ml.operations.work import Work
    from ml.settings import Settings


def _tell_gates(work: Work, settings: Settings, reports: list[GateReport]) -> None:
    work.wrote(*(report.path(settings) for report in reports))
    work.note(f"{sum(len(report.checks) for report in reports)} expectations")


@task(pool=WAREHOUSE_POOL)
def land(data_interval_end: datetime | None) -> None:
    """Load every landing partition up to the day that is new or changed; refuse a day that is not closed."""
    from ml.landing.arrivals import read_arrivals, told_arrivals
    from ml.landing.load import land as load

    settings, day = task_settings(), last_day(data_interval_end)
    with step() as work:
        report = load(settings, day, holder=attempt())
        work.read(*report.folders(settings.landing_dir), rows=report.rows_read)
        work.wrote(rows=report.rows_accepted)
        work.note(f"{report.rows_quarantined:,} rows quarantined")
        work.note(f"{len(report.partitions)} partitions loaded, {report.kept:,} known")
        for line in told_arrivals(read_arrivals(settings, day)):
            work.note(line)


def build(name: str) -> XComArg:
    """One dbt build of the day; export its slice."""

    @task(task_id="build", pool=WAREHOUSE_POOL)
    def build_day(data_interval_end: datetime | None) -> str:
        from ml.day import lacking, switched_off
        from ml.warehouse.build import build as build_slices

        settings, capability = task_settings(), named(name)
        if why := switched_off(settings, capability):
            raise AirflowSkipException(why)
        with step() as work:
            (day,) = build_slices(settings, [last_day(data_interval_end)], holder=attempt(), capability=capability)
            tell_slice(work, day)
        if why := lacking(capability, day):
            raise AirflowSkipException(why)
        return settings.relative(day.folder)

    return build_day()


def gate_features(name: str, slice_path: XComArg, task_id: str = "gate_features") -> XComArg:
    """Great Expectations over the tables that a capability reads; nothing is computed from features that fail."""

    @task(task_id=task_id)
    def gate(path: str) -> str:
        from expectations.gates import gate_slice

        settings = task_settings()
        with step() as work:
            work.read(settings.home / path)
            _tell_gates(work, settings, gate_slice(settings, named(name), settings.home / path))
        return path

    return gate(slice_path)


def await_upstream(name: str, slice_path: XComArg) -> XComArg:
    """Wait until what the capability reads of others is published for the day, if it is going to be.

    A scheduled run waits for the schedules of the others. One that a person started waits while a run of theirs for the
    day is queued or running, such as one of a backfill that was started with it.
    """

    @task.sensor(mode="reschedule", poke_interval=60, timeout=_PATIENCE.total_seconds(), task_id="await_upstream")
    def upstream(path: str) -> PokeReturnValue:
        from ml.day import day_of
        from ml.errors import NotPublished

        settings, capability, context = task_settings(), named(name), get_current_context()
        try:
            day_of(settings, capability, settings.home / path)
        except NotPublished as missing:
            day = last_day(context["data_interval_end"])
            others = [named(each) for each in (*capability.upstream, *capability.upstream_if_landed)]
            if context["dag_run"].run_type == "scheduled" or any(
                is_at_work(settings, context["ti"], each, day) for each in others
            ):
                return PokeReturnValue(False)
            raise AirflowFailException(str(missing)) from None
        return PokeReturnValue(True, path)

    return upstream(slice_path)


def compute(name: str, slice_path: XComArg) -> XComArg:
    """The capability's own work on the day; writes a draft that nobody reads yet."""

    @task(task_id=name)
    def compute_draft(path: str) -> str:
        from ml.day import compute_day

        settings = task_settings()
        with step() as work:
            work.read(settings.home / path)
            draft = compute_day(settings, named(name), settings.home / path)
            work.wrote(draft)
        return settings.relative(draft)

    return compute_draft(slice_path)


def gate_outputs(name: str, draft_path: XComArg) -> XComArg:
    """Great Expectations over the draft; nothing is published that fails."""

    @task(task_id=f"gate_{name}")
    def gate(path: str) -> str:
        from expectations.gates import gate_draft

        settings = task_settings()
        with step() as work:
            work.read(settings.home / path)
            _tell_gates(work, settings, gate_draft(settings, named(name), settings.home / path))
        return path

    return gate(draft_path)


def publish(name: str, draft_path: XComArg) -> XComArg:
    """Make the draft a version, and current unless a newer day is; the pointer moves last."""

    @task(task_id="publish", outlets=[published(name)])
    def publish_draft(path: str) -> str:
        with step() as work:
            return publish_version(name, path, work)

    return publish_draft(draft_path)


def publish_version(name: str, draft_path: str, work: Work) -> str:
    """Publish a draft within a task whose outlet is the capability's asset; returns the version's id."""
    from ml.landing.arrivals import read_arrivals
    from ml.operations.summary import summary
    from ml.publish.versions import publish as publish_draft

    settings, context, capability = task_settings(), get_current_context(), named(name)
    day = date.fromisoformat(Path(draft_path).name[:10])
    noticed = (read_arrivals(settings, day) or {}).get("notices", [])
    work.read(settings.home / draft_path)
    more = resolve(capability.provenance)(settings, day) if capability.provenance else {}
    provenance = {"dag_run_id": context["run_id"], "landing_notices": noticed, **more}
    made = publish_draft(settings, capability, settings.home / draft_path, provenance=provenance)
    work.wrote(*([settings.home / made.path] if made.is_new else []))
    work.note(f"version {made.version_id}{'' if made.is_current else ', not current'}")
    if capability.published:
        resolve(capability.published)(settings, made.version_id)
    context["outlet_events"][published(name)].extra = summary(settings, capability, made.version_id)
    tell_arrivals(context, day)
    return made.version_id


def publish_again(name: str, day: XComArg) -> XComArg:
    """Land, build, gate, compute, gate and publish one day in one task: what a person decided counts from then on.

    One at a time: it holds the warehouse's pool, so that of two the later one has what both decided.
    """

    @task(task_id=f"publish_{name}", pool=WAREHOUSE_POOL, outlets=[published(name)])
    def land_to_publish(day: str) -> str:
        with step() as work:
            snapshot = snapshot_of(name, date.fromisoformat(day), work)
            return publish_version(name, draft_of(name, snapshot, work), work)

    return land_to_publish(day)


def snapshot_of(name: str, as_of: date, work: Work) -> str:
    """Land, build and gate a day within a task that holds the warehouse's pool; returns the snapshot's path."""
    from expectations.gates import gate_slice
    from ml.landing.load import land as load
    from ml.warehouse.build import build as build_slices

    settings, capability = task_settings(), named(name)
    load(settings, as_of, holder=attempt())
    (snapshot,) = build_slices(settings, [as_of], holder=attempt(), capability=capability)
    tell_slice(work, snapshot)
    _tell_gates(work, settings, gate_slice(settings, capability, snapshot.folder))
    return settings.relative(snapshot.folder)


def draft_of(name: str, snapshot: str, work: Work) -> str:
    """Compute and gate a draft within a task; returns its path."""
    from expectations.gates import gate_draft
    from ml.day import compute_day

    settings, capability = task_settings(), named(name)
    work.read(settings.home / snapshot)
    draft = compute_day(settings, capability, settings.home / snapshot)
    _tell_gates(work, settings, gate_draft(settings, capability, draft))
    work.wrote(draft)
    return settings.relative(draft)


def tidy(name: str, pool: str = "default_pool") -> XComArg:
    """One step of ``ml.operations.tidy``; with the run's parameter ``dry_run`` it only lists."""

    @task(task_id=name, pool=pool)
    def tidy_step() -> None:
        from ml.operations.tidy import tidy as run_step
        from ml.operations.tidy import told

        dry_run = bool(get_current_context()["params"]["dry_run"])
        with step() as work:
            cleaned = run_step(task_settings(), name, dry_run=dry_run, holder=attempt())
            work.note("; ".join(told(each, dry_run=dry_run) for each in cleaned if each.count) or "nothing to remove")

    return tidy_step()
