"""Airflow's metadata: reachable, with the pool that guards the warehouse, every DAG read without error."""

from __future__ import annotations

from typing import Any, Final

from ml.capabilities import capabilities, learning
from ml.operations.doctor.finding import FAIL, WARN, Finding, worst
from ml.operations.environment import PROJECT_ROOT, metadata_address
from ml.settings import Settings

_POOL: Final = "warehouse"
_NO_DAG: Final = {"__init__", "capabilities"}
"""Files in ``dags`` that are not named after the DAG in them."""


def check_airflow(settings: Settings) -> Finding:
    """Three questions to the metadata database; no daemon needs to run."""
    import sqlalchemy as sa

    address = sa.engine.make_url(metadata_address(settings))
    if address.get_backend_name() == "sqlite" and not (settings.home / "airflow" / "airflow.db").exists():
        return Finding(WARN, "no metadata yet", "The first run makes it: shelduck run --as-of YYYY-MM-DD, or make up")
    engine = sa.create_engine(address)
    try:
        with engine.connect() as connection:
            return _asked(connection, sa.text)
    except sa.exc.SQLAlchemyError as refused:
        where = address.get_backend_name()
        remedy = "Start the database; or, if its file is lost, move it away and run: make up (runs' history is lost)"
        return Finding(FAIL, f"the {where} database does not answer: {type(refused).__name__}", remedy)
    finally:
        engine.dispose()


def _asked(connection: Any, text: Any) -> Finding:
    slots = connection.execute(text("select slots from slot_pool where pool = :pool"), {"pool": _POOL}).scalar()
    broken = [str(row[0]) for row in connection.execute(text("select filename from import_error"))]
    known = {str(row[0]): bool(row[1]) for row in connection.execute(text("select dag_id, is_paused from dag"))}
    findings = []
    if slots != 1:
        found = f"the pool {_POOL} has {slots} slots, expected 1" if slots else f"there is no pool {_POOL}"
        remedy = f'Run: airflow pools set {_POOL} 1 "tasks that open the DuckDB file" (after eval "$(shelduck env)")'
        findings.append(Finding(FAIL, found, remedy))
    if broken:
        names = ", ".join(name.rpartition("/")[2] for name in broken)
        findings.append(
            Finding(FAIL, f"DAG files that cannot be read: {names}", "See why: airflow dags list-import-errors")
        )
    files = {path.stem for path in (PROJECT_ROOT / "dags").glob("*.py")} - _NO_DAG
    reviews = {capability.review_dag for capability in learning()}
    expected = files | {capability.daily_dag for capability in capabilities()} | reviews
    if missing := sorted(expected - set(known)):
        findings.append(
            Finding(WARN, f"not read yet: {', '.join(missing)}", "make up reads them; so does the next run")
        )
    paused = sorted(name for name in expected & set(known) if known[name])
    told = f"; paused: {', '.join(paused)}" if paused else ""
    return worst(findings, f"{len(expected)} DAGs, pool {_POOL} with 1 slot{told}")
