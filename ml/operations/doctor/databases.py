"""The databases of Airflow and MLflow in the data home: undamaged, free, and of the installed versions."""

from __future__ import annotations

import sqlalchemy as sa

from ml.operations.causes import known_cause
from ml.operations.databases import AIRFLOW, MLFLOW, Tool, knows, newer, revision
from ml.operations.doctor.finding import FAIL, OK, Finding, worst
from ml.settings import Settings

_WAIT_SECONDS = 2


def check_databases(settings: Settings) -> Finding:
    """What a run would ask of them first; they are only read. Those of a server are not looked at."""
    there = [tool for tool in (AIRFLOW, MLFLOW) if (settings.home / tool.file).exists()]
    findings = [_asked(settings, tool) for tool in there]
    names = " and ".join(tool.name for tool in there)
    return worst(findings, f"of this version: {names}" if there else "none yet: the first run makes them")


def _asked(settings: Settings, tool: Tool) -> Finding:
    address = sa.URL.create("sqlite", database=str(settings.home / tool.file))
    engine = sa.create_engine(address, connect_args={"timeout": _WAIT_SECONDS})
    try:
        with engine.connect() as connection:
            found = revision(connection)
    except sa.exc.SQLAlchemyError as refused:
        known = known_cause(refused)
        told = known.found if known else type(refused).__name__
        remedy = known.remedy if known else f"Restore {tool.file} from a backup, or move it away: {tool.lost}"
        return Finding(FAIL, f"{tool.name}'s database: {told}", remedy)
    finally:
        engine.dispose()
    if found is not None and not knows(tool, found):
        error = newer(tool, found)
        return Finding(FAIL, f"{error.subject}: {error.found}", error.remedy)
    return Finding(OK, "")
