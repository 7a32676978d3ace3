"""The task that builds the pages of published days."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.common.runs import is_at_work
from dags.common.steps import step, task_settings

if TYPE_CHECKING:
    from airflow.sdk import XComArg

    from ml.settings import Settings


def build() -> XComArg:
    """The site of each day that was published since the last run, of the one asked for, or of the newest."""

    @task(task_id="site")
    def site() -> list[str]:
        from airflow.configuration import conf

        from ml.pages.site.build import build_site
        from ml.pages.site.daily import link_newest

        settings, context = task_settings(), get_current_context()
        built = []
        with step() as work:
            for day in _days(settings, context):
                made = build_site(settings, day)
                work.wrote(made.folder)
                work.note(f"the pages of {made.day}")
                for trouble in made.troubles:
                    work.note(f"without those of {trouble.capability}: {trouble.why}")
                built.append(settings.relative(made.folder))
            link_newest(settings, conf.get("api", "base_url", fallback=""))
        return built

    return site()


def _days(settings: Settings, context: Any) -> list[date | None]:
    """The day asked for, or those just published; None stands for the newest.

    Raises:
        AirflowSkipException: no day is due.
    """
    from ml.pages.site.daily import days_to_build

    asked, published = context["params"].get("as_of"), _published(context)
    if asked or not published:
        return [date.fromisoformat(asked) if asked else None]
    due = days_to_build(settings, published, partial(is_at_work, settings, context["ti"]))
    if not due:
        raise AirflowSkipException("another capability is about to publish the day, and that builds its site")
    return [*due]


def _published(context: Any) -> set[date]:
    """The days of the publications that started this run; none where a person did."""
    events = [event for each in (context.get("triggering_asset_events") or {}).values() for event in each]
    return {date.fromisoformat(event.extra["day"]) for event in events if "day" in (event.extra or {})}
