"""What a person sees while DAGs run and services start."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.panel import Panel

from ml.console.run_lines import Ran, RunLines, progress_display
from ml.home import enter
from ml.operations.environment import ADMIN, admin_password
from ml.operations.plans import Planned, run_all
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

_PATIENCE_SECONDS = 5.0
AIRFLOW_PORT, MLFLOW_PORT = 8080, 5000


def run_with_display(settings: Settings, console: Console, planned: Sequence[Planned]) -> Ran:
    """Run what is planned, one run after the other, and show how it goes."""
    with progress_display(console) as progress:
        lines = RunLines(progress, planned)
        run_all(settings, planned, lines.show)
    return lines.ran


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
