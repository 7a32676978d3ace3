"""The tasks that DAGs wire together: each reads the settings, calls one capability, returns a relative path.

XCom carries paths relative to the data home and versions, never rows or absolute paths. Errors that a
retry cannot mend (an unclosed day, a failed gate) fail the task at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from dags.common.assets import CHAMPION_POLICY, PUBLISHED_SHELVES
from dags.common.defaults import WAREHOUSE_POOL

if TYPE_CHECKING:
    from ml.settings import Settings


@contextmanager
def _final_errors() -> Iterator[None]:
    from ml.errors import BuildFailed, DayNotClosed, GateFailed, LandingError, WarehouseBroken

    try:
        yield
    except (DayNotClosed, LandingError, GateFailed, BuildFailed, WarehouseBroken) as final:
        raise AirflowFailException(str(final)) from None


def _settings() -> Settings:
    from ml.settings import Settings

    return Settings()


def _first_day(start: datetime) -> date:
    local = start.astimezone(_settings().zone)
    return date(local.year, local.month, local.day)  # plain, where Airflow hands over a pendulum one


def _last_day(end: datetime) -> date:
    return _first_day(end) - timedelta(days=1)


def _attempt() -> str:
    instance = get_current_context()["ti"]
    return f"{instance.dag_id}.{instance.task_id} {instance.run_id} try {instance.try_number}"


@task(pool=WAREHOUSE_POOL)
def land(data_interval_end: datetime) -> None:
    """Load every landing partition up to the day that is new or changed; refuse a day that is not closed."""
    from ml.landing.load import land as load

    with _final_errors():
        load(_settings(), _last_day(data_interval_end), holder=_attempt())


@task(pool=WAREHOUSE_POOL)
def build(data_interval_end: datetime) -> str:
    """One dbt build of the day; export its slice."""
    from ml.warehouse.build import build as build_slices

    settings = _settings()
    with _final_errors():
        (day,) = build_slices(settings, [_last_day(data_interval_end)], holder=_attempt())
    return settings.relative(day.folder)


@task(pool=WAREHOUSE_POOL)
def build_for_training(data_interval_end: datetime) -> dict[str, str]:
    """One dbt build of two as-of dates: before the evaluation window, and the interval's last day."""
    from ml.warehouse.build import build as build_slices

    settings = _settings()
    now = _last_day(data_interval_end)
    with _final_errors():
        then_slice, now_slice = build_slices(
            settings, [now - timedelta(days=settings.evaluation_days), now], holder=_attempt()
        )
    return {"then": settings.relative(then_slice.folder), "now": settings.relative(now_slice.folder)}


@task
def gate_features(slice_path: str) -> str:
    """Great Expectations over the day's slice; nothing is recommended from features that fail."""
    from expectations.gates import gate_slice

    settings = _settings()
    with _final_errors():
        gate_slice(settings, settings.home / slice_path)
    return slice_path


@task
def recommend(slice_path: str) -> str:
    """Score every shopper with the policy effective on the day; write a draft that nobody reads yet."""
    from ml.recommend.daily import recommend_day

    settings = _settings()
    return settings.relative(recommend_day(settings, settings.home / slice_path))


@task
def gate_recommendations(draft_path: str) -> str:
    """Great Expectations over the draft; nothing is published that fails."""
    from expectations.gates import gate_draft
    from ml.publish.readers import recommendations_before

    settings, draft = _settings(), _settings().home / draft_path
    with _final_errors():
        gate_draft(settings, draft, recommendations_before(settings, draft))
    return draft_path


@task(outlets=[PUBLISHED_SHELVES])
def publish(draft_path: str) -> str:
    """Make the draft a version, and current unless a newer day is; the pointer moves last."""
    from ml.orchestration.summary import summary
    from ml.publish.versions import publish as publish_draft

    settings, context = _settings(), get_current_context()
    published = publish_draft(settings, settings.home / draft_path, provenance={"dag_run_id": context["run_id"]})
    context["outlet_events"][PUBLISHED_SHELVES].extra = summary(settings, published.version_id)
    return published.version_id


@task
def train(slices: dict[str, str]) -> int:
    """Judge every recipe on the last weeks, refit the winners, register them as ``candidate``."""
    from ml.recommend.training import train as train_recipes

    settings = _settings()
    run_id = get_current_context()["run_id"]
    return train_recipes(
        settings, settings.home / slices["then"], settings.home / slices["now"], provenance={"dag_run_id": run_id}
    )


@task(outlets=[CHAMPION_POLICY])
def promote(version: int) -> int:
    """Move ``champion`` to the candidate if it earned it; every promotion is a row in the ledger."""
    from ml.recommend.promotion import promote_candidate

    return promote_candidate(_settings(), version, who="train_recommenders")
