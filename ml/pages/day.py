"""The tab *Day* of a run that publishes a day: the calendar's word on its day, as it is now and not as it was then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from airflow.api_fastapi.core_api.security import requires_access_dag
from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse
from pydantic import JsonValue

from ml.capabilities import of_dag
from ml.capability import Capability
from ml.errors import ShelduckError
from ml.html import templates
from ml.landing.arrivals import read_arrivals
from ml.operations.attempts import TaskState, tasks_of
from ml.operations.calendar import MEANING, Calendar, Day, told_run
from ml.operations.summary import summary
from ml.pages.commands import commands_of, waivers_of
from ml.pages.reports import gates_link, router
from ml.pages.site.served import router as site_router
from ml.settings import Settings

_NEIGHBOURS = 7
_TEMPLATES = templates(Path(__file__).parent)

app = FastAPI(title="Shelduck", docs_url=None, redoc_url=None, openapi_url=None)
app.include_router(router)
app.include_router(site_router)


@dataclass(frozen=True)
class DayPage:
    """What the page shows of a day and of those around it."""

    dag_id: str
    day: Day
    around: tuple[Day, ...]
    facts: dict[str, JsonValue]
    commands: tuple[str, ...] = ()
    waivers: tuple[str, ...] = ()
    arrivals: dict[str, Any] | None = None
    tasks: tuple[TaskState, ...] = ()
    gates: str | None = None

    @classmethod
    def of(cls, settings: Settings, capability: Capability, day: date) -> DayPage:
        """The page of a capability's ``day``.

        Raises:
            LandingError: there is no landing folder.
            NotPublished: the day's version cannot be read.
        """
        calendar = Calendar(settings, capability)
        found, near = calendar.day(day), timedelta(days=_NEIGHBOURS)
        arrivals = read_arrivals(settings, day)
        dag_id = capability.daily_dag
        return cls(
            dag_id=dag_id,
            day=found,
            around=tuple(calendar.days(day - near, day + near)),
            facts=summary(settings, capability, found.version) if found.version else {},
            commands=tuple(commands_of(settings, dag_id, found)),
            waivers=tuple(waivers_of(settings, arrivals)),
            arrivals=arrivals,
            tasks=tuple(tasks_of(settings, dag_id, found.attempt.run_id)) if found.attempt else (),
            gates=gates_link(settings, day),
        )


def render(page: DayPage) -> str:
    """The page as HTML."""
    attempt = page.day.attempt
    run = f"../dags/{page.dag_id}/runs/{quote(attempt.run_id, safe='')}" if attempt else ""
    return _TEMPLATES.get_template("day.html").render(
        page=page, meaning=MEANING, last_run=told_run(attempt), run=run, css=lambda status: status.replace(" ", "-")
    )


@app.get("/day", dependencies=[Depends(requires_access_dag(method="GET"))])
def day_of_run(dag_id: str, run_id: str) -> HTMLResponse:
    """The page of the day that a run is about; asks for Airflow's login and the right to read the DAG."""
    settings, capability = Settings(), of_dag(dag_id)
    if capability is None:
        return HTMLResponse(_message("Runs of this DAG publish no day, so there is none to show."))
    days = [attempt.day for attempt in Calendar(settings, capability).attempts.values() if attempt.run_id == run_id]
    if not days:
        return HTMLResponse(_message("This run has no day to show."))
    try:
        return HTMLResponse(render(DayPage.of(settings, capability, days[0])))
    except ShelduckError as error:
        return HTMLResponse(_message(str(error)))


def _message(text: str) -> str:
    return _TEMPLATES.get_template("message.html").render(text=text)
