"""The tasks that DAGs wire together: each reads the settings, calls one capability, returns a relative path.

Each runs inside ``_step``, which logs one line of what was read and written (``ml.operations.work``).

XCom carries paths relative to the data home and versions, never rows or absolute paths. Errors that a
retry cannot mend (not ``ShelduckError.is_passing``: an unclosed day, a failed gate) fail the task at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from airflow.sdk import PokeReturnValue, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from dags.common.alerts import tell_arrivals
from dags.common.assets import champion, published
from dags.common.defaults import WAREHOUSE_POOL
from dags.common.timetable import TIMEZONE
from ml.capabilities import named, resolve

_PATIENCE = timedelta(hours=6)
"""How long a scheduled run waits for what it reads of other capabilities."""

if TYPE_CHECKING:
    from airflow.sdk import XComArg

    from expectations.report import GateReport
    from ml.capability import Capability, Training
    from ml.operations.work import Work
    from ml.settings import Settings
    from ml.warehouse.slices import Slice


@contextmanager
def _step() -> Iterator[Work]:
    from ml.errors import ShelduckError
    from ml.operations.causes import known_cause
    from ml.operations.work import logged

    try:
        with logged(get_current_context()["ti"].task_id) as work:
            yield work
    except ShelduckError as error:
        if error.is_passing:
            raise
        raise AirflowFailException(str(error)) from None
    except Exception as unexpected:  # a retry may help; a known cause says what does
        known = known_cause(unexpected)
        raise (known or unexpected) from (unexpected if known else unexpected.__cause__)


def _settings() -> Settings:
    """The settings of this task, which agree with the data home and with the zone that the schedule was read in."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from ml.errors import HomeRefused, SettingsBroken, SettingsDiffer
    from ml.home import enter, refuse_other_zone
    from ml.publish.upgrade import upgrade_home
    from ml.setting_forms import refused
    from ml.settings import Settings

    try:
        settings = Settings()
        refuse_other_zone(settings, TIMEZONE)
        enter(settings)
        upgrade_home(settings, "a task's upgrade of the data home")
    except (HomeRefused, SettingsBroken, SettingsDiffer) as final:
        raise AirflowFailException(str(final)) from None
    except (ValidationError, SettingsError) as wrong:
        raise AirflowFailException(str(refused(wrong, Settings.model_fields))) from None
    return settings


def _first_day(start: datetime) -> date:
    from ml.settings import Settings

    local = start.astimezone(Settings().zone)
    return date(local.year, local.month, local.day)  # plain, where Airflow hands over a pendulum one


def _last_day(end: datetime | None) -> date:
    """The day that ends at ``end``; where a zone skipped a day (Samoa, 2011) the one before is not it."""
    from ml.operations.causes import RunWithoutDay

    if end is None:
        raise AirflowFailException(str(RunWithoutDay()))
    return _first_day(end - timedelta(microseconds=1))


def _attempt() -> str:
    instance = get_current_context()["ti"]
    return f"{instance.dag_id}.{instance.task_id} {instance.run_id} try {instance.try_number}"


def _tell_slice(work: Work, *slices: Slice) -> None:
    for day in slices:
        inputs = day.record["inputs"]
        work.read(rows=sum(partition["rows"] for partition in inputs))
        work.wrote(day.folder)
        work.note(f"{len(inputs):,} landing partitions as of {day.as_of}")


def _tell_gates(work: Work, settings: Settings, reports: list[GateReport]) -> None:
    work.wrote(*(report.path(settings) for report in reports))
    work.note(f"{sum(len(report.checks) for report in reports)} expectations")


@task(pool=WAREHOUSE_POOL)
def land(data_interval_end: datetime | None) -> None:
    """Load every landing partition up to the day that is new or changed; refuse a day that is not closed."""
    from ml.landing.arrivals import read_arrivals, told_arrivals
    from ml.landing.load import land as load

    settings, day = _settings(), _last_day(data_interval_end)
    with _step() as work:
        report = load(settings, day, holder=_attempt())
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
        from ml.day import reason_to_skip
        from ml.warehouse.build import build as build_slices

        settings = _settings()
        with _step() as work:
            days = [_last_day(data_interval_end)]
            (day,) = build_slices(settings, days, holder=_attempt(), capability=named(name))
            _tell_slice(work, day)
            if why := reason_to_skip(settings, named(name), day):
                raise AirflowSkipException(why)
        return settings.relative(day.folder)

    return build_day()


def gate_features(name: str, slice_path: XComArg) -> XComArg:
    """Great Expectations over the tables that a capability reads; nothing is computed from features that fail."""

    @task(task_id="gate_features")
    def gate(path: str) -> str:
        from expectations.gates import gate_slice

        settings = _settings()
        with _step() as work:
            work.read(settings.home / path)
            _tell_gates(work, settings, gate_slice(settings, named(name), settings.home / path))
        return path

    return gate(slice_path)


def await_upstream(name: str, slice_path: XComArg) -> XComArg:
    """Wait until what the capability reads of others is published for the day; only a scheduled run waits."""

    @task.sensor(mode="reschedule", poke_interval=60, timeout=_PATIENCE.total_seconds(), task_id="await_upstream")
    def upstream(path: str) -> PokeReturnValue:
        from ml.day import day_of
        from ml.errors import NotPublished

        settings = _settings()
        try:
            day_of(settings, named(name), settings.home / path)
        except NotPublished as missing:
            if get_current_context()["dag_run"].run_type == "scheduled":
                return PokeReturnValue(False)
            raise AirflowFailException(str(missing)) from None
        return PokeReturnValue(True, path)

    return upstream(slice_path)


def compute(name: str, slice_path: XComArg) -> XComArg:
    """The capability's own work on the day; writes a draft that nobody reads yet."""

    @task(task_id=name)
    def compute_draft(path: str) -> str:
        from ml.day import compute_day

        settings = _settings()
        with _step() as work:
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

        settings = _settings()
        with _step() as work:
            work.read(settings.home / path)
            _tell_gates(work, settings, gate_draft(settings, named(name), settings.home / path))
        return path

    return gate(draft_path)


def publish(name: str, draft_path: XComArg) -> XComArg:
    """Make the draft a version, and current unless a newer day is; the pointer moves last."""

    @task(task_id="publish", outlets=[published(name)])
    def publish_draft(path: str) -> str:
        from ml.landing.arrivals import read_arrivals
        from ml.operations.summary import summary
        from ml.publish.versions import publish as publish_version

        settings, context, capability = _settings(), get_current_context(), named(name)
        day = date.fromisoformat(Path(path).name[:10])
        noticed = (read_arrivals(settings, day) or {}).get("notices", [])
        with _step() as work:
            work.read(settings.home / path)
            provenance = {"dag_run_id": context["run_id"], "landing_notices": noticed}
            made = publish_version(settings, capability, settings.home / path, provenance=provenance)
            work.wrote(*([settings.home / made.path] if made.is_new else []))
            work.note(f"version {made.version_id}{'' if made.is_current else ', not current'}")
        if capability.published:
            resolve(capability.published)(settings, made.version_id)
        context["outlet_events"][published(name)].extra = summary(settings, capability, made.version_id)
        tell_arrivals(context, day)
        return made.version_id

    return publish_draft(draft_path)


def build_for_training(name: str) -> XComArg:
    """One dbt build of the as-of dates that a training needs; their slices, oldest first."""

    @task(task_id="build_for_training", pool=WAREHOUSE_POOL)
    def build_days(data_interval_end: datetime | None) -> list[str]:
        from ml.warehouse.build import build as build_slices

        settings, capability = _settings(), named(name)
        days = resolve(_training(capability).days)(settings, _last_day(data_interval_end))
        with _step() as work:
            slices = build_slices(settings, days, holder=_attempt(), capability=capability, to_publish=False)
            _tell_slice(work, *slices)
        return [settings.relative(each.folder) for each in slices]

    return build_days()


def train(name: str, slices: XComArg) -> XComArg:
    """Fit, judge and register what the capability learns, as ``candidate``."""

    @task(task_id="train")
    def fit(paths: list[str]) -> int:
        settings, capability = _settings(), named(name)
        run_id = get_current_context()["run_id"]
        folders = [settings.home / path for path in paths]
        with _step() as work:
            work.read(*folders)
            version: int = resolve(_training(capability).fit)(settings, folders, provenance={"dag_run_id": run_id})
            work.note(f"model version {version}")
        return version

    return fit(slices)


def promote(name: str, version: XComArg) -> XComArg:
    """Move ``champion`` to the candidate if it earned it; every promotion is a row in the ledger."""

    @task(task_id="promote", outlets=[champion(name)])
    def promote_candidate(candidate: int) -> int:
        settings, capability = _settings(), named(name)
        with _step() as work:
            promoted: int = resolve(_training(capability).promote)(settings, candidate, who=capability.weekly_dag)
            work.note(f"version {promoted} promoted")
        return promoted

    return promote_candidate(version)


def _training(capability: Capability) -> Training:
    assert capability.training is not None, f"{capability.name} does not learn"
    return capability.training


def tidy(step: str, pool: str = "default_pool") -> XComArg:
    """One step of ``ml.operations.tidy``; with the run's parameter ``dry_run`` it only lists."""

    @task(task_id=step, pool=pool)
    def tidy_step() -> None:
        from ml.operations.tidy import tidy as run_step
        from ml.operations.tidy import told

        dry_run = bool(get_current_context()["params"]["dry_run"])
        with _step() as work:
            cleaned = run_step(_settings(), step, dry_run=dry_run, holder=_attempt())
            work.note("; ".join(told(each, dry_run=dry_run) for each in cleaned if each.count) or "nothing to remove")

    return tidy_step()
