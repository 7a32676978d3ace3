"""Keeping it running: local services, the doctor, housekeeping, a warehouse built anew."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from ml.settings import Settings
from ml.terminal import console

if TYPE_CHECKING:
    from ml.operations.rebuild import Rebuilt

Port = Annotated[int, typer.Option(min=1, max=65535)]
commands = typer.Typer()


@commands.command()
def rebuild() -> None:
    """Build the warehouse anew from the landing files and compare every published day."""
    from ml.operations.rebuild import rebuild as build_anew

    def show(day: Rebuilt) -> None:
        if day.is_equal:
            console.print(f"{day.capability} {day.day} equal", style="green")
        else:
            console.print(f"{day.capability} {day.day} {day.before[:12]} is now {day.after[:12]}", style="red")

    compared = build_anew(Settings(), show)
    equal = sum(day.is_equal for day in compared)
    console.print(f"{equal} of {len(compared)} published days came out equal")
    if equal < len(compared):
        raise typer.Exit(1)


@commands.command()
def doctor() -> None:
    """Check home, space, versions, locks, warehouse, shelves, Airflow and models, and say what to do."""
    from ml.operations.doctor import examine, findings_table
    from ml.operations.doctor.finding import FAIL

    found = list(examine(Settings()))
    console.print(findings_table(found), highlight=False)
    if any(finding.status == FAIL for _, finding in found):
        raise typer.Exit(1)


@commands.command()
def tidy(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only list what would be removed")] = False,
) -> None:
    """Remove what is no longer needed, as the DAG tidy_storage does every week."""
    from ml.operations.tidy import STEPS, tidy, told

    for step in STEPS:
        for cleaned in tidy(Settings(), step, dry_run=dry_run, holder="shelduck tidy"):
            console.print(told(cleaned, dry_run=dry_run), highlight=False)


@commands.command()
def up(
    airflow_port: Annotated[int | None, typer.Option(min=1, max=65535, help="8080 when not given")] = None,
    mlflow_port: Annotated[int | None, typer.Option(min=1, max=65535, help="5000 when not given")] = None,
) -> None:
    """Start Airflow and MLflow on loopback, wait until both are healthy, print addresses and logins."""
    from ml.console.display import start_services

    start_services(Settings(), console, airflow_port, mlflow_port)


@commands.command()
def serve(port: Port = 5001) -> None:
    """Serve the champion over HTTP on loopback, with a login; its hash is checked against the promotion ledger."""
    from ml.operations.model_server import serve as serve_champion

    serve_champion(Settings(), console, port)


@commands.command()
def env(airflow_port: Port = 8080) -> None:
    """Print the variables that point `airflow` at this data home; use with eval."""
    from ml.operations.environment import airflow_environment

    for name, value in airflow_environment(Settings(), airflow_port).items():
        typer.echo(f"export {name}={shlex.quote(value)}")


@commands.command()
def docs() -> None:
    """Write dbt's documentation as one HTML file into the data home."""
    from ml.warehouse.docs import write_docs

    settings = Settings()
    console.print(f"{settings.relative(write_docs(settings))} in the data home")


@commands.command()
def down() -> None:
    """Stop what `up` started."""
    from ml.operations.services import stop

    for name in ("airflow", "mlflow"):
        console.print(f"{name} {'stopped' if stop(Settings(), name) else 'was not running'}")
