"""Airflow's logs and metadata: old ones go, the last days stay; ``airflow db clean`` runs for real."""

from __future__ import annotations

import os
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ml.operations.airflow_tidying import TidyFailed, clean_metadata, prune_logs, shorten_service_logs
from ml.settings import Settings
from tests.slow import takes_long


@pytest.fixture(autouse=True)
def _own_airflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "airflow-db-not-allowed:///")  # as inside a task
    monkeypatch.delenv("AIRFLOW__LOGGING__BASE_LOG_FOLDER", raising=False)


def _log(settings: Settings, name: str, age_days: float) -> Path:
    path = settings.home / "airflow" / "logs" / "dag_id=build_shelves" / f"run_id={name}" / "attempt=1.log"
    path.parent.mkdir(parents=True)
    path.write_text("a line\n" * 100)
    os.utime(path, (0, time.time() - age_days * 86_400))
    return path


def test_old_logs_go_with_their_empty_folders_and_young_ones_stay(settings: Settings) -> None:
    old, young = _log(settings, "old", 31), _log(settings, "young", 29)
    assert prune_logs(settings, dry_run=True).count == 1 and old.exists()
    freed = prune_logs(settings)
    assert (freed.count, freed.bytes) == (1, 700)
    assert young.exists() and not old.parent.exists()


def test_a_long_service_log_starts_anew_for_who_writes_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.operations.airflow_tidying._LONGEST_LOG", 1000)
    log = settings.home / "logs" / "airflow.log"
    log.parent.mkdir(parents=True)
    with log.open("a") as writer:
        writer.write("x" * 2000)
        writer.flush()
        assert shorten_service_logs(settings).count == 1
        writer.write("new")
    assert log.read_text() == "new"
    assert log.with_suffix(".log.old").stat().st_size == 2000
    assert shorten_service_logs(settings).count == 0


@pytest.fixture(scope="module")
@takes_long
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Airflow's own tables with two scheduled runs and a manual one, 100, 95 and 10 days old."""
    import subprocess
    import sys

    home = tmp_path_factory.mktemp("airflow home")
    settings = Settings(home=home)
    from ml.operations.environment import airflow_environment

    environment = {**os.environ, **airflow_environment(settings)}
    file = home / "airflow" / "airflow.db"
    environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = f"sqlite:///{file}"
    subprocess.run([sys.executable, "-m", "ml.operations.environment"], env=environment, check=True)
    now = datetime.now(UTC)
    with sqlite3.connect(file) as connection:
        for number, (kind, age) in enumerate((("scheduled", 100), ("scheduled", 95), ("manual", 10)), start=1):
            began = (now - timedelta(days=age)).isoformat(sep=" ")[:26]
            connection.execute(
                "insert into dag_run (id, dag_id, run_id, run_type, state, logical_date, start_date, queued_at,"
                " run_after, updated_at, clear_number, log_template_id)"
                f" values ({number}, 'build_shelves', 'run {age}', '{kind}', 'success', '{began}', '{began}',"
                f" '{began}', '{began}', '{began}', 0, 1)"
            )
    return home


def _known_runs(home: Path) -> list[str]:
    with sqlite3.connect(home / "airflow" / "airflow.db") as connection:
        return [row[0] for row in connection.execute("select run_id from dag_run order by id")]


def test_old_runs_go_but_the_last_scheduled_one_and_those_of_the_last_days_stay(database: Path) -> None:
    settings = Settings(home=database)
    assert clean_metadata(settings, dry_run=True).count >= 1
    assert _known_runs(database) == ["run 100", "run 95", "run 10"]
    assert clean_metadata(settings).count >= 1
    assert _known_runs(database) == ["run 95", "run 10"], "the schedule goes on after the last scheduled run"
    with sqlite3.connect(database / "airflow" / "airflow.db") as connection:
        tables = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
    assert [name for name in tables if name.startswith("_airflow_deleted__")] == [], "nothing is archived"


def test_without_an_address_it_is_skipped_and_says_what_to_set(settings: Settings) -> None:
    assert "SHELDUCK_AIRFLOW_DATABASE_URI" in clean_metadata(settings).note


@pytest.mark.slow
def test_a_database_that_cannot_be_cleaned_fails_without_its_address(settings: Settings) -> None:
    file = settings.home / "airflow" / "airflow.db"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no database at all, but long enough" * 100)
    with pytest.raises(TidyFailed, match="shelduck doctor") as failed:
        clean_metadata(settings)
    assert str(settings.home) not in str(failed.value)
