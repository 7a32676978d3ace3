"""The task that builds the pages of published days."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.common.steps import step, task_settings

if TYPE_CHECKING:
    from airflow.sdk import XComArg


def build() -> XComArg:
    """The site of each day that was published since the last run, of the one asked for, or of the newest."""

    @task(task_id="site")
    def site() -> list[str]:
        from airflow.configuration import conf

        from ml.pages.site.build import build_site
        from ml.pages.site.daily import days_to_build, link_newest

        settings, context = task_settings(), get_current_context()
        asked = context["params"].get("as_of")
        days = [date.fromisoformat(asked)] if asked else days_to_build(settings, _published(context))
        if days == []:
            raise AirflowSkipException(
                "another capability's run of the day is at work; its publication builds the site"
            )
        built = []
        with step() as work:
            for day in days or [None]:
                made = build_site(settings, day)
                work.wrote(made.folder)
                work.note(f"the pages of {made.day}")
                for trouble in made.troubles:
                    work.note(f"without those of {trouble.capability}: {trouble.why}")
                built.append(settings.relative(made.folder))
            link_newest(settings, conf.get("api", "base_url", fallback=""))
        return built

    return site()


def _published(context: Any) -> set[date]:
    """The days of the publications that started this run; none where a person did."""
    events = [event for each in (context.get("triggering_asset_events") or {}).values() for event in each]
    return {date.fromisoformat(event.extra["day"]) for event in events if "day" in (event.extra or {})}
