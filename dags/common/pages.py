"""Adds the tab *Day* to Airflow's page of a run, and the newest day's site to its navigation."""

from __future__ import annotations

from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin


async def _pages(scope: Any, receive: Any, send: Any) -> None:
    """The application, imported at its first request: every Airflow process loads this plugin, one serves pages."""
    from ml.pages.day import app

    await app(scope, receive, send)


class ShelduckPages(AirflowPlugin):
    """Found through the package's entry point."""

    name = "shelduck_pages"
    fastapi_apps: ClassVar = [{"app": _pages, "url_prefix": "/shelduck", "name": "Shelduck"}]
    external_views: ClassVar = [
        {
            "name": "Day",
            "href": "/shelduck/day?dag_id={DAG_ID}&run_id={RUN_ID}",
            "destination": "dag_run",
            "url_route": "day",
        },
        {
            "name": "Shelduck",
            "href": "/shelduck/site",
            "destination": "nav",
            "url_route": "shelduck",
        },
    ]
