"""Each check of the doctor, by breaking its thing for real in a small home."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

import pytest
from pydantic import SecretStr

from ml.capabilities import capabilities, models
from ml.durable import append_line
from ml.errors import JournalBroken
from ml.landing.folder import close_day
from ml.landing.load import land
from ml.operations.doctor import CHECKS, examine, findings_table
from ml.operations.doctor.airflow import check_airflow
from ml.operations.doctor.databases import check_databases
from ml.operations.doctor.finding import FAIL, OK, WARN, Finding
from ml.operations.doctor.landing import check_landing
from ml.operations.doctor.models import check_ledger, check_registry
from ml.operations.doctor.place import check_alerts, check_clock, check_home, check_space, check_versions
from ml.operations.doctor.shelves import check_days, check_locks, check_published, check_unfinished, check_warehouse
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.rollback import rollback
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.model import MODEL
from ml.registry.client import connect as connect_mlflow
from ml.registry.ledger import Decision, promote
from ml.registry.ledger_file import ledger_path
from ml.registry.versions import CHAMPION, Tag
from ml.settings import Settings
from ml.warehouse.connection import connect
from ml.warehouse.lock import file_lock, warehouse_lock
from testkit.published import tables

DAY = date(2025, 3, 1)


def _settings(home: Path) -> Settings:
    return Settings(home=home, timezone="Europe/Berlin", lock_timeout=5, capabilities=("recommend",))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The home of ``home``: to be copied."""
    settings = _settings(tmp_path_factory.mktemp("made") / "a home")
    settings.landing_dir.mkdir(parents=True)
    for day in (DAY, DAY + timedelta(days=1)):
        _draft(settings, day)
        publish(settings, RECOMMEND, settings.drafts_of("recommend") / f"{day}-x", provenance={})
    with connect(settings) as connection:
        connection.execute("create table t as select 1 as a")
    return settings


@pytest.fixture
def home(made: Settings, tmp_path: Path) -> Settings:
    """A home with two published days and a warehouse."""
    return _settings(shutil.copytree(made.home, tmp_path / "a home", symlinks=True))


def _draft(settings: Settings, day: date) -> Path:
    record = DraftRecord(
        capability="recommend",
        code_revision="0",
        as_of_date=day,
        slice=f"slices/{day}-x",
        inputs_hash="x",
        policy={"policy_id": "p"},
    )
    return write_draft(settings.drafts_of("recommend") / f"{day}-x", RECOMMEND, record, tables(day, "w"))


def _current(settings: Settings) -> Path:
    return (settings.published_of("recommend") / "current").resolve()


def test_a_sound_home_has_no_failure_and_every_check_says_something(home: Settings) -> None:
    found = dict(examine(home))
    assert list(found) == list(CHECKS)
    assert [name for name, finding in found.items() if finding.status == FAIL] == []
    assert all(finding.found for finding in found.values())
    assert str(home.home) not in str(list(found.values()))
    assert findings_table(list(found.items())).row_count == len(CHECKS)


def test_a_home_that_does_not_exist_is_examined_without_being_made(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "none")
    found = dict(examine(settings))
    assert found["data home"].status == WARN and "make demo" in found["data home"].remedy
    assert not settings.home.exists()


def test_a_network_file_system_is_refused(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.operations.doctor.place._file_system", lambda _: "nfs4")
    finding = check_home(home)
    assert finding.status == FAIL and "nfs4" in finding.found and "local disk" in finding.remedy


def test_too_little_space_for_a_day_fails(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_space(home).status in (OK, WARN)
    monkeypatch.setattr("ml.operations.doctor.place._AT_LEAST", 10**15)
    finding = check_space(home)
    assert finding.status == FAIL and "shelduck tidy" in finding.remedy


def test_a_library_that_is_not_as_locked_is_named(
    tmp_path: Path, home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = '[[package]]\nname = "polars"\nversion = "0.0.1"\nsource = { registry = "x" }\n'
    (tmp_path / "uv.lock").write_text(source)
    monkeypatch.setattr("ml.operations.doctor.place.PROJECT_ROOT", tmp_path)
    finding = check_versions(home)
    assert finding.status == WARN and "instead of 0.0.1" in finding.found and finding.remedy == "Run: make setup"


def test_a_library_that_the_lock_has_twice_may_be_either(
    tmp_path: Path, home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    forks = "".join(
        f'[[package]]\nname = "polars"\nversion = "{each}"\nsource = {{ registry = "x" }}\n'
        for each in (version("polars"), "99.0")
    )
    (tmp_path / "uv.lock").write_text(forks)
    monkeypatch.setattr("ml.operations.doctor.place.PROJECT_ROOT", tmp_path)
    assert check_versions(home).status == OK


def test_a_day_from_the_future_questions_the_clock(home: Settings) -> None:
    assert check_clock(home).status == OK
    tomorrow = date.today() + timedelta(days=2)
    publish(home, RECOMMEND, _draft(home, tomorrow), provenance={})
    finding = check_clock(home)
    assert finding.status == WARN and f"{tomorrow} is published already" in finding.found


def test_a_held_lock_is_told_with_its_holder(home: Settings) -> None:
    assert check_locks(home).found == "none is held"
    with warehouse_lock(home, "build_shelves.build run 7"):
        finding = check_locks(home)
        assert finding.status == OK and "warehouse" not in finding.remedy
        assert "build_shelves.build run 7" in finding.found
        assert "in use by build_shelves.build run 7" in check_warehouse(home).found
        old = time.time() - 3600
        os.utime(home.warehouse_path.with_suffix(".lock"), (old, old))
        late = check_locks(home)
        assert late.status == WARN and "for 60 minutes by build_shelves.build" in late.found


def test_a_lock_whose_owner_is_gone_fails(home: Settings) -> None:
    script = (
        "import fcntl, sys, time; file = open(sys.argv[1]); fcntl.flock(file, fcntl.LOCK_EX);"
        "print('held', flush=True); time.sleep(60)"
    )
    lock = home.warehouse_path.with_suffix(".lock")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    lock.write_text(json.dumps({"holder": "build", "pid": ended.pid}))
    orphan = subprocess.Popen([sys.executable, "-c", script, str(lock)], stdout=subprocess.PIPE)
    try:
        assert orphan.stdout is not None and orphan.stdout.readline() == b"held\n"
        finding = check_locks(home)
        assert finding.status == FAIL and "which is gone" in finding.found and "stop it" in finding.remedy
    finally:
        orphan.kill()
        orphan.wait()


def test_a_damaged_warehouse_fails_with_the_command_that_repairs_it(home: Settings) -> None:
    assert "storage v1.4.0" in check_warehouse(home).found
    home.warehouse_path.write_bytes(b"no database" * 1000)
    finding = dict(examine(home))["warehouse"]
    assert finding.status == FAIL and "shelduck rebuild" in finding.remedy


@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_a_damaged_current_version_fails(home: Settings, damage: str) -> None:
    assert check_published(home).status == OK
    file = _current(home) / "recommendation.parquet"
    file.chmod(0o644)
    file.write_bytes(b"x") if damage == "changed" else file.unlink()
    finding = check_published(home)
    assert finding.status == FAIL and f"recommendation.parquet: {damage}" in finding.found
    assert finding.remedy == "Run: shelduck run --as-of 2025-03-02 --capability recommend"


def test_what_is_not_published_is_a_warning_only_where_the_shop_lands_files_for_it(home: Settings) -> None:
    both = home.model_copy(update={"capabilities": ("recommend", "reviews")})
    finding = check_published(both)
    assert finding.status == OK and finding.found.endswith("; reviews: the shop lands no files for it")
    file = home.landing_dir / "reviews" / f"dt={DAY}" / "rows.csv"
    file.parent.mkdir(parents=True)
    file.write_text("a\n")
    finding = check_published(both)
    assert finding.status == WARN and finding.found == "reviews: nothing is published yet"
    assert finding.remedy == "Run: shelduck run --as-of YYYY-MM-DD --capability reviews"


def test_a_pointer_into_nothing_fails(home: Settings) -> None:
    (home.published_of("recommend") / "current").unlink()
    (home.published_of("recommend") / "current").symlink_to("versions/2025-03-09-000000000000")
    finding = check_published(home)
    assert finding.status == FAIL and "current names no version" in finding.found


def test_a_day_whose_version_is_gone_fails_and_a_pin_is_told(home: Settings) -> None:
    rollback(home, RECOMMEND, DAY, who="anna", why="prices were wrong")
    finding = check_published(home)
    assert finding.status == WARN and "prices were wrong" in finding.found and "shelduck release" in finding.remedy
    link = home.published_of("recommend") / "days" / "2025-03-02"
    link.unlink()
    link.symlink_to("../versions/2025-03-02-000000000000")
    finding = check_published(home)
    assert finding.status == FAIL and "shelduck run --as-of 2025-03-02" in finding.remedy


def test_closed_days_that_wait_are_counted(home: Settings) -> None:
    assert check_days(home).status == OK
    for day in (3, 4):
        mark = home.closed_mark(date(2025, 3, day))
        mark.parent.mkdir(exist_ok=True)
        mark.touch()
    finding = check_days(home)
    assert finding.status == WARN and finding.found.startswith("2 closed days after 2025-03-02")
    assert "--as-of 2025-03-03 --until 2025-03-04" in finding.remedy


def test_old_drafts_and_leftovers_are_told(home: Settings) -> None:
    assert check_unfinished(home).status == OK
    draft = _draft(home, DAY)
    left = home.published_of("recommend") / "versions" / ".tmp-2025-03-01-1"
    left.mkdir()
    link = home.published_of("profile") / ".tmp-current-1"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.touch()
    assert check_unfinished(home).status == OK, "a run may be at them"
    for path in (draft, left, link):
        os.utime(path, (0, time.time() - 2 * 86_400))
    finding = check_unfinished(home)
    assert finding.status == WARN and "1 drafts were not published: 2025-03-01-x" in finding.found
    assert "2 leftovers" in finding.found


def test_a_damaged_journal_fails(home: Settings) -> None:
    journal = home.published_of("recommend") / "publications.jsonl"
    journal.write_text("no json\n" + journal.read_text())
    with pytest.raises(JournalBroken):
        check_unfinished(home)
    assert dict(examine(home))["unfinished"].status == FAIL


def test_a_stray_mark_is_told_and_stops_nothing(home: Settings) -> None:
    (home.landing_dir / "_closed").mkdir()
    (home.landing_dir / "_closed" / "2025-04-29 (1)").touch()
    finding = check_days(home)
    assert finding.status == WARN and "_closed: 2025-04-29 (1): no day" in finding.found


def test_a_database_of_a_newer_version_fails_and_is_named(home: Settings) -> None:
    assert check_databases(home).status == OK
    _airflow_database(home, "create table alembic_version (version_num text)")
    _airflow_database(home, "insert into alembic_version values ('d2f4e1b3c5a7')")
    assert check_databases(home).found == "of this version: Airflow"
    _airflow_database(home, "update alembic_version set version_num = 'ffffffffffff'")
    finding = check_databases(home)
    assert finding.status == FAIL and "migration ffffffffffff is unknown" in finding.found
    assert "airflow/airflow.db" in finding.remedy and "Report" not in finding.remedy


def test_a_locked_or_damaged_database_fails_within_seconds(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.operations.doctor.databases._WAIT_SECONDS", 0.1)
    _airflow_database(home, "create table alembic_version (version_num text)")
    with contextlib.closing(sqlite3.connect(home.home / "airflow" / "airflow.db")) as writer:
        writer.execute("begin exclusive")
        assert "in use by another program" in check_databases(home).found
    home.mlflow_database.parent.mkdir(parents=True)
    home.mlflow_database.write_bytes(b"no database at all" * 100)
    finding = check_databases(home)
    assert finding.status == FAIL and "MLflow's database: a damaged file" in finding.found


def test_a_check_that_breaks_for_a_known_cause_says_what_to_do(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Settings) -> Finding:
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(CHECKS, "clock", full)
    finding = dict(examine(home))["clock"]
    assert finding.status == FAIL and "Free space" in finding.remedy


def _airflow_database(home: Settings, *statements: str) -> None:
    file = home.home / "airflow" / "airflow.db"
    file.parent.mkdir(exist_ok=True)
    with sqlite3.connect(file) as database:
        for statement in statements:
            database.execute(statement)


TABLES = (
    "create table if not exists slot_pool (pool text, slots int)",
    "create table if not exists import_error (filename text)",
    "create table if not exists dag (dag_id text, is_paused bool)",
)
DAGS = (
    *(dag for each in capabilities() if each.training for dag in (each.weekly_dag, each.review_dag)),
    *(
        "tidy_storage",
        "shadow_run",
        "build_site",
        "approve_copy",
        "plan_campaign",
        *(each.daily_dag for each in capabilities()),
    ),
)
READ = "insert into dag values " + ", ".join(f"('{dag}', {int(dag == DAGS[0])})" for dag in DAGS)


@pytest.mark.parametrize(
    ("statements", "status", "told"),
    [
        ((*TABLES, READ, "insert into slot_pool values ('warehouse', 1)"), OK, "paused: train_recommenders"),
        ((*TABLES, READ), FAIL, "there is no pool warehouse"),
        ((*TABLES, READ, "insert into slot_pool values ('warehouse', 128)"), FAIL, "has 128 slots, expected 1"),
        ((*TABLES, "insert into slot_pool values ('warehouse', 1)"), WARN, f"not read yet: {min(DAGS)}"),
        (
            (
                *TABLES,
                READ,
                "insert into slot_pool values ('warehouse', 1)",
                "insert into import_error values ('/x/bad.py')",
            ),
            FAIL,
            "cannot be read: bad.py",
        ),
        (("create table other (a int)",), FAIL, "does not answer"),
    ],
)
def test_airflows_metadata(home: Settings, statements: tuple[str, ...], status: str, told: str) -> None:
    _airflow_database(home, *statements)
    finding = check_airflow(home)
    assert finding.status == status and told in finding.found
    assert "/x/" not in finding.found


def test_a_lost_metadata_file_fails_and_none_is_no_fault(home: Settings) -> None:
    assert check_airflow(home).status == WARN
    _airflow_database(home)
    (home.home / "airflow" / "airflow.db").write_bytes(b"not a database, but long enough to be read as one" * 50)
    finding = check_airflow(home)
    assert finding.status == FAIL and "make up" in finding.remedy


def _promoted(settings: Settings, version: int) -> None:
    promote(settings, MODEL, version, Decision(who="test", why="better", newest_published=None))


def test_a_champion_whose_files_are_gone_fails(registered: Settings) -> None:
    assert check_registry(registered).found == "; ".join(f"no champion of {model} yet" for model in models())
    _promoted(registered, 1)
    finding = dict(examine(registered))["models"]
    assert finding.status == FAIL and "version 1" in finding.found and "shelduck train" in finding.remedy


def test_models_of_a_capability_that_is_off_are_not_asked_for(registered: Settings) -> None:
    off = registered.model_copy(update={"capabilities": ("recommend",)})
    assert check_registry(off).found == f"no champion of {MODEL} yet"


def _ledger(settings: Settings) -> Path:
    return ledger_path(settings, MODEL)


def _drop_last_row(settings: Settings) -> None:
    _ledger(settings).write_text(_ledger(settings).read_text().splitlines()[0] + "\n")


def _invent_row(settings: Settings) -> None:
    row = json.loads(_ledger(settings).read_text().splitlines()[0])
    append_line(_ledger(settings), {**row, "row": 2, "version": 77, "trained_as_of": "2017-01-01"})


@pytest.mark.parametrize(
    ("breaking", "status", "told"),
    [
        (lambda settings: None, OK, "2 promotions of shelf, as in MLflow"),
        (_drop_last_row, FAIL, "versions [2] are promoted in MLflow, but not in the ledger"),
        (_invent_row, FAIL, "version 77 is promoted, but MLflow has none"),
        (
            lambda settings: connect_mlflow(settings).set_registered_model_alias(MODEL, CHAMPION, "3"),
            WARN,
            "the alias names shelf version 3, not 2",
        ),
    ],
)
def test_a_ledger_that_differs_from_mlflow_is_told(
    registered: Settings,
    breaking: Callable[[Settings], None],
    status: str,
    told: str,
) -> None:
    _promoted(registered, 1)
    _promoted(registered, 2)
    breaking(registered)
    finding = check_ledger(registered)
    assert finding.status == status and told in finding.found


def test_versions_registered_by_hand_are_named_and_no_alias_of_theirs_confuses(
    registered: Settings,
) -> None:
    client = connect_mlflow(registered)
    client.create_registered_model("mine")
    client.create_model_version("mine", "file:///nowhere")
    finding = check_ledger(registered)
    assert finding.status == OK and finding.found == "no promotion yet; not of Shelduck, left alone: mine version 1"
    client.create_model_version(MODEL, "file:///nowhere", tags={"trained_as_of": "last Sunday", "complete": "true"})
    client.set_registered_model_alias(MODEL, CHAMPION, "4")
    finding = check_ledger(registered)
    assert finding.status == WARN and "the alias names shelf version 4, which was never promoted" in finding.found
    assert "registered by hand: shelf version 4 (champion)" in finding.found
    _promoted(registered, 2)
    assert "the alias" not in check_ledger(registered).found
    client.set_registered_model_alias(MODEL, CHAMPION, "4")
    assert "the alias names shelf version 4, not 2" in check_ledger(registered).found
    assert not [finding for _, finding in examine(registered) if "Report this" in finding.remedy]


def _second_model(settings: Settings) -> str:
    """One finished and promoted version, without files."""
    client, name = connect_mlflow(settings), "second"
    tags = {Tag.training_key: "key", Tag.content_hash: "hash", Tag.complete: "true", Tag.trained_as_of: "2017-12-02"}
    client.create_registered_model(name)
    client.create_model_version(name, "file:///nowhere", tags=tags)
    promote(settings, name, 1, Decision(who="test", why="better", newest_published=None))
    return name


def test_every_model_is_examined_and_named(registered: Settings) -> None:
    second = _second_model(registered)
    assert check_ledger(registered, [second]).found.startswith("1 promotions of second, as in MLflow; not of Shelduck")
    both = check_ledger(registered, [MODEL, second])
    assert both == Finding(OK, "1 promotions of second, as in MLflow")
    assert "not of Shelduck, left alone: second version 1" in check_ledger(registered, [MODEL]).found
    _promoted(registered, 2)
    told = "1 promotions of shelf, as in MLflow; 1 promotions of second, as in MLflow"
    assert check_ledger(registered, [MODEL, second]) == Finding(OK, told)
    assert check_registry(registered, []).status == OK
    finding = check_registry(registered, [MODEL, second])
    assert finding.status == FAIL and "model shelf version 2: no files" in finding.found
    assert "model second version 1: no files" in finding.found, "both are told"


def test_a_fault_of_one_model_is_told_with_its_name_and_its_ledger_and_the_other_is_fine(registered: Settings) -> None:
    second = _second_model(registered)
    _promoted(registered, 1)
    _promoted(registered, 2)
    _drop_last_row(registered)
    connect_mlflow(registered).delete_registered_model_alias(second, CHAMPION)
    finding = check_ledger(registered, [MODEL, second])
    assert finding.status == FAIL and finding.found.startswith("shelf versions [2] are promoted in MLflow")
    assert "Move mlflow/promotions/shelf.jsonl away" in finding.remedy
    finding = check_ledger(registered, [second])
    assert finding.status == WARN and finding.found == "the alias names second version none, not 1"
    ledger_path(registered, second).write_text("nonsense\n{}\n")
    finding = check_ledger(registered, [second, MODEL])
    assert "second.jsonl line 1" in finding.found and "shelf versions [2]" in finding.found, "damage hides nothing"
    ledger_path(registered, MODEL).unlink()
    assert check_ledger(registered, [MODEL]).status == OK, "the remedy helps"


def test_the_ledger_of_an_earlier_version_is_examined_where_it_lies(registered: Settings) -> None:
    _promoted(registered, 1)
    old = registered.registry_dir / "promotions.jsonl"
    _ledger(registered).rename(old)
    assert check_ledger(registered) == Finding(OK, "1 promotions of shelf, as in MLflow")
    assert old.exists() and not _ledger(registered).exists()


@contextmanager
def _held_by_somebody(path: Path) -> Iterator[None]:
    """The lock is held in a thread of its own: this one asks for it."""
    with ThreadPoolExecutor(1) as thread:
        lock = file_lock(path, "somebody", 5.0)
        thread.submit(lock.__enter__).result()
        try:
            yield
        finally:
            thread.submit(lock.__exit__, None, None, None).result()


def test_the_doctor_waits_for_no_lock_and_says_who_holds_it(registered: Settings) -> None:
    _promoted(registered, 1)
    _ledger(registered).unlink()
    patient = registered.model_copy(update={"lock_timeout": 600.0})
    with connect(patient) as connection:
        connection.execute("create table t as select 1 as a")
    locks = (patient.warehouse_path.with_suffix(".lock"), patient.registry_dir / "registry.lock")
    started = time.monotonic()
    with ExitStack() as held:
        for path in locks:
            held.enter_context(_held_by_somebody(path))
        found = dict(examine(patient))
    assert time.monotonic() - started < 60
    assert not _ledger(registered).exists(), "it reads a lost ledger from MLflow and writes nothing"
    assert "1 promotions of shelf" in found["ledger"].found
    assert "registry.lock is held by somebody" in found["models"].found
    assert "somebody" in found["locks"].found and "somebody" in found["warehouse"].found


@pytest.mark.parametrize(
    ("url", "hour", "status"),
    [
        (None, None, OK),
        (None, 6, WARN),
        ("https://hooks.example.org/s3cret", 6, OK),
        ("hooks.example.org/s3cret", 6, FAIL),
    ],
)
def test_alerts_that_would_reach_nobody_are_told_without_the_secret(
    home: Settings, url: str | None, hour: int | None, status: str
) -> None:
    hook = SecretStr(url) if url else None
    settings = Settings(home=home.home, publish_by_hour=hour).model_copy(update={"webhook_url": hook})
    finding = check_alerts(settings)
    assert finding.status == status
    assert "s3cret" not in f"{finding}"


def test_a_refused_rule_fails_the_doctor_and_other_refused_rows_warn(home: Settings) -> None:
    assert check_landing(home).status == OK
    close_day(home, DAY)
    land(home, DAY)
    assert check_landing(home).found == f"{DAY} was landed without a refused row"
    items = home.landing_dir / "items" / f"dt={DAY}" / "items.csv"
    items.parent.mkdir(parents=True)
    items.write_text("item_id,item_name,price\ni1,Rake,-1\n")
    land(home, DAY)
    found = check_landing(home)
    assert (found.status, found.found) == (WARN, f"{DAY}: items: 1 row refused")
    rules = home.landing_dir / "rules" / f"dt={DAY}" / "rules.csv"
    rules.parent.mkdir(parents=True)
    rules.write_text("rule_id,rule_type\nrecall,exclude\n")
    land(home, DAY)
    found = check_landing(home)
    assert found.status == FAIL and "stops publication: rules/dt=2025-03-01/rules.csv, row 2, key recall" in found.found
    assert f"shelduck run --as-of {DAY}" in found.remedy
