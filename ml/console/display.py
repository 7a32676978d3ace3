"""What a person sees while DAGs run and services start."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, Progress, SpinnerColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

from ml.capabilities import of_dag
from ml.capability import Capability
from ml.escape import visible
from ml.home import enter
from ml.operations.environment import ADMIN, admin_password
from ml.operations.runs import Event, run_dag
from ml.operations.services import (
    Service,
    port_of,
    prepare,
    refuse_what_cannot_start,
    services,
    start,
    stop,
    wait_until_healthy,
)
from ml.registry.login import USER, mlflow_password
from ml.registry.presentation import front_page
from ml.settings import Settings
from ml.warehouse.lock import file_lock

_STEPS = {
    "land": "loading landing files into the warehouse",
    "build": "dbt build as of the day, exporting its slice",
    "build_for_training": "dbt build as of the evaluation's origins and the day",
    "train": "fitting and judging recommenders, logging to MLflow",
    "promote": "moving champion, writing the promotion ledger",
    "propose": "asking a person, where one decides",
    "gate_features": "Great Expectations over the features",
    "await_upstream": "waiting for the day of another capability",
    "write": "asking a language model for copy",
    "build_written": "landing what was written, building the day again",
    "gate_written": "Great Expectations over the features",
    "publish": "writing a version, moving the pointer",
}
_WIDEST = 60
_PATIENCE_SECONDS = 5.0
AIRFLOW_PORT, MLFLOW_PORT = 8080, 5000
_DAILY_TASKS, _WEEKLY_TASKS = 6, 5


class _Words(TextColumn):
    """Text as it is."""

    def render(self, task: Task) -> Text:
        """Without markup or hidden characters."""
        return Text(visible(self.text_format.format(task=task)), style=self.style)


@contextmanager
def progress_display(console: Console) -> Iterator[Progress]:
    """A line per activity: name, bar, elapsed time, what it is doing."""
    left, right = _Words("{task.description:<18}"), _Words("{task.fields[detail]}", style="dim")
    columns = (SpinnerColumn(), left, BarColumn(bar_width=24), TimeElapsedColumn(), right)
    with Progress(*columns, console=console) as progress:
        yield progress


@dataclass
class Ran:
    """What runs of DAGs came to.

    Attributes:
        models: the model versions that trainings ended with.
        seconds: by DAG and task, the wall seconds of each run.
    """

    models: list[int] = field(default_factory=list)
    seconds: dict[tuple[str, str], list[float]] = field(default_factory=dict)


def run_with_progress(progress: Progress, settings: Settings, dag_id: str, days: Sequence[date]) -> Ran:
    """Run a DAG for ``days``, one progress line for all of them."""
    ran = Ran()
    capability = of_dag(dag_id)
    steps = (_DAILY_TASKS if capability else _WEEKLY_TASKS) * len(days)
    texts = {**_STEPS, **_steps_of(capability)} if capability else _STEPS
    line = progress.add_task(dag_id, total=steps, detail="starting Airflow")
    started = time.monotonic()

    def show(event: Event) -> None:
        if event.kind == "start":
            progress.update(line, detail=f"{event.day} {event.text}: {texts.get(event.text, '')}")
        elif event.kind == "message":
            progress.update(line, detail=f"{event.day} {event.text}"[:_WIDEST])
        elif event.kind == "done":
            progress.update(line, advance=1)
            ran.seconds.setdefault((dag_id, event.text), []).append(event.seconds)
        elif event.kind == "model":
            ran.models.append(int(event.text))

    run_dag(settings, dag_id, days, show)
    runs = "1 run" if len(days) == 1 else f"{len(days)} runs"
    progress.update(line, completed=steps, detail=f"{runs} in {time.monotonic() - started:.0f} s")
    return ran


def _steps_of(capability: Capability) -> dict[str, str]:
    """What a capability's own tasks do."""
    return {
        capability.name: f"computing {capability.description[0].lower()}{capability.description[1:]}",
        f"gate_{capability.name}": "Great Expectations over the tables to publish",
    }


def run_with_display(settings: Settings, console: Console, dag_id: str, days: Sequence[date]) -> Ran:
    """Run a DAG for ``days`` and show how it goes; returns what ``run_with_progress`` does."""
    with progress_display(console) as progress:
        return run_with_progress(progress, settings, dag_id, days)


def start_services(settings: Settings, console: Console, airflow_port: int | None, mlflow_port: int | None) -> None:
    """Start Airflow and MLflow, wait until they answer, print addresses and the logins.

    What this call started is stopped again when one of them fails. A port that is not given is the one at which the
    service runs already, or the usual one.

    Raises:
        ServiceFailed: a port is taken, a service runs at another one than asked, or does not become healthy.
        WarehouseLocked: another ``up`` of this data home is at work.
    """
    enter(settings)
    with file_lock(settings.home / "run" / "up.lock", "shelduck up", _PATIENCE_SECONDS):
        wanted = services(
            settings,
            airflow_port or port_of(settings, "airflow") or AIRFLOW_PORT,
            mlflow_port or port_of(settings, "mlflow") or MLFLOW_PORT,
        )
        refuse_what_cannot_start(settings, wanted)
        _start_all(settings, console, wanted)
    airflow, mlflow = wanted
    pages = front_page(settings, mlflow.address)
    console.print(
        Panel(
            f"Airflow  {airflow.address}  user {ADMIN}, password {admin_password(settings)}\n"
            f"MLflow   {pages}  user {USER}, password {mlflow_password(settings)}\n"
            "Both on loopback only. Stop them with: make down",
            title="Shelduck is up",
            expand=False,
        )
    )


def _start_all(settings: Settings, console: Console, wanted: Sequence[Service]) -> None:
    new = [service for service in wanted if port_of(settings, service.name) is None]
    with progress_display(console) as progress:
        line = progress.add_task("metadata", total=1, detail="tables, pool and login")
        admin_password(settings)
        prepare(wanted[0])
        progress.update(line, completed=1)
        try:
            for service in wanted:
                start(settings, service)
            for service in wanted:
                line = progress.add_task(service.name, total=None, detail=f"waiting for {service.address}")
                wait_until_healthy(settings, service)
                progress.update(line, total=1, completed=1, detail=f"healthy at {service.address}")
        except BaseException:
            for service in new:
                stop(settings, service.name)
            raise
