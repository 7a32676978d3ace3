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

from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from dags.common.alerts import tell_arrivals
from dags.common.assets import CHAMPION_POLICY, PUBLISHED_SHELVES
from dags.common.defaults import WAREHOUSE_POOL
from dags.common.timetable import TIMEZONE

if TYPE_CHECKING:
    from airflow.sdk import XComArg

    from expectations.report import GateReport
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
    from ml.setting_forms import refused
    from ml.settings import Settings

    try:
        settings = Settings()
        refuse_other_zone(settings, TIMEZONE)
        enter(settings)
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


@task(pool=WAREHOUSE_POOL)
def build(data_interval_end: datetime | None) -> str:
    """One dbt build of the day; export its slice."""
    from ml.warehouse.build import build as build_slices

    settings = _settings()
    with _step() as work:
        (day,) = build_slices(settings, [_last_day(data_interval_end)], holder=_attempt())
        _tell_slice(work, day)
    return settings.relative(day.folder)


@task(pool=WAREHOUSE_POOL)
def build_for_training(data_interval_end: datetime | None) -> list[str]:
    """One dbt build of the as-of dates before each evaluation window, and the interval's last day; oldest first."""
    from ml.recommend.evaluation.origins import origin_days
    from ml.warehouse.build import build as build_slices

    settings = _settings()
    days = origin_days(_last_day(data_interval_end), settings.evaluation_days, settings.origins)
    with _step() as work:
        slices = build_slices(settings, days, holder=_attempt(), to_publish=False)
        _tell_slice(work, *slices)
    return [settings.relative(each.folder) for each in slices]


@task
def gate_features(slice_path: str) -> str:
    """Great Expectations over the day's slice; nothing is recommended from features that fail."""
    from expectations.gates import gate_slice

    settings = _settings()
    with _step() as work:
        work.read(settings.home / slice_path)
        _tell_gates(work, settings, gate_slice(settings, settings.home / slice_path))
    return slice_path


@task
def recommend(slice_path: str) -> str:
    """Score every shopper with the policy effective on the day; write a draft that nobody reads yet."""
    from ml.recommend.daily import recommend_day

    settings = _settings()
    with _step() as work:
        work.read(settings.home / slice_path)
        draft = recommend_day(settings, settings.home / slice_path)
        work.wrote(draft)
    return settings.relative(draft)


@task
def gate_recommendations(draft_path: str) -> str:
    """Great Expectations over the draft; nothing is published that fails."""
    from expectations.gates import gate_draft
    from ml.publish.readers import recommendations_before

    settings, draft = _settings(), _settings().home / draft_path
    with _step() as work:
        work.read(draft)
        _tell_gates(work, settings, gate_draft(settings, draft, recommendations_before(settings, draft)))
    return draft_path


@task(outlets=[PUBLISHED_SHELVES])
def publish(draft_path: str) -> str:
    """Make the draft a version, and current unless a newer day is; the pointer moves last."""
    from ml.landing.arrivals import read_arrivals
    from ml.operations.policy_links import link_published
    from ml.operations.summary import summary
    from ml.publish.versions import publish as publish_draft

    settings, context = _settings(), get_current_context()
    day = date.fromisoformat(Path(draft_path).name[:10])
    noticed = (read_arrivals(settings, day) or {}).get("notices", [])
    with _step() as work:
        work.read(settings.home / draft_path)
        provenance = {"dag_run_id": context["run_id"], "landing_notices": noticed}
        published = publish_draft(settings, settings.home / draft_path, provenance=provenance)
        work.wrote(*([settings.home / published.path] if published.is_new else []))
        work.note(f"version {published.version_id}{'' if published.is_current else ', not current'}")
    link_published(settings, published.version_id)
    context["outlet_events"][PUBLISHED_SHELVES].extra = summary(settings, published.version_id)
    tell_arrivals(context, day)
    return published.version_id


@task
def train(slices: list[str]) -> int:
    """Judge every recipe on the last weeks, refit the winners, register them as ``candidate``."""
    from ml.recommend.training import train as train_recipes
    from ml.registry.registration import download_bundle

    settings = _settings()
    run_id = get_current_context()["run_id"]
    folders = [settings.home / path for path in slices]
    with _step() as work:
        work.read(*folders)
        version = train_recipes(settings, folders, provenance={"dag_run_id": run_id})
        work.wrote(download_bundle(settings, version))  # what a day would load, fetched back and verified
        work.note(f"model version {version}")
    return version


@task(outlets=[CHAMPION_POLICY])
def promote(version: int) -> int:
    """Move ``champion`` to the candidate if it earned it; every promotion is a row in the ledger."""
    from ml.recommend.promotion import promote_candidate
    from ml.registry.ledger import promotions

    settings = _settings()
    with _step() as work:
        before = len(promotions(settings))
        promoted = promote_candidate(settings, version, who="train_recommenders")
        work.read(rows=before)
        work.wrote(rows=len(promotions(settings)) - before)
        work.note(f"version {promoted} promoted")
    return promoted


def tidy(step: str, pool: str = "default_pool") -> XComArg:
    """One step of ``ml.operations.tidy``; with the run's parameter ``dry_run`` it only lists."""

    @task(task_id=step, pool=pool)
    def tidy_step() -> None:
        from ml.operations.tidy import tidy as run_step
        from ml.operations.tidy import told

        dry_run = bool(get_current_context()["params"]["dry_run"])
        with _step() as work:
            freed = run_step(_settings(), step, dry_run=dry_run, holder=_attempt())
            work.note("; ".join(told(each, dry_run=dry_run) for each in freed if each.count) or "nothing to remove")

    return tidy_step()
