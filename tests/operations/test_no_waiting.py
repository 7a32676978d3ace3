"""No command and no task waits for itself: all of them, on homes where something is missing, with a short patience."""

from __future__ import annotations

import inspect
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from airflow.sdk import PokeReturnValue
from airflow.sdk.definitions.xcom_arg import XComArg
from airflow.sdk.exceptions import AirflowSkipException
from typer.testing import CliRunner

from dags.common import shadow, site, steps, tasks, training
from ml.capabilities import capabilities, learning
from ml.cli import app
from ml.errors import WarehouseLocked
from ml.landing.adapters import complete_journey
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.model import MODEL
from ml.registry.ledger import Decision, promote, promotions
from ml.registry.ledger_file import ledger_path
from ml.settings import Settings
from ml.warehouse.connection import connect as open_warehouse
from ml.warehouse.lock import NestedLock, file_lock
from testkit.garden_slices import DAYS, garden_settings
from testkit.published import tables
from testkit.shop import FIRST_DAY

PATIENCE = 5.0
AT_MOST = 60.0
"""Of a command, on a busy machine that imports MLflow first; one that waits for itself ends in `WarehouseLocked`."""
COMMANDS: dict[str, Callable[..., None]] = {
    each.name or each.callback.__name__: each.callback
    for place in (app, *(group.typer_instance for group in app.registered_groups if group.typer_instance))
    for each in place.registered_commands
    if each.callback
}


class NoProcessHere(Exception):
    """What a command meets that starts another process; the tasks that those run are walked on their own."""


def _refuse(*_: object, **__: object) -> None:
    raise NoProcessHere


@pytest.fixture
def never_run(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "var", lock_timeout=PATIENCE)


@pytest.fixture
def never_trained(fresh: Settings) -> Settings:
    """A published day, a warehouse, and an MLflow database without a ledger, as `make up` makes one."""
    settings = fresh.model_copy(update={"lock_timeout": PATIENCE})
    settings.landing_dir.mkdir(parents=True)
    _publish(settings)
    return settings


@pytest.fixture
def ledger_less(registered: Settings) -> Settings:
    """A home whose model was promoted, and whose ledger is lost."""
    settings = registered.model_copy(update={"lock_timeout": PATIENCE})
    settings.landing_dir.mkdir(parents=True)
    _publish(settings)
    promote(settings, MODEL, 1, Decision("test", "better", None))
    ledger_path(settings, MODEL).unlink()
    return settings


def _publish(settings: Settings) -> None:
    record = DraftRecord(
        capability="recommend",
        code_revision="0",
        as_of_date=FIRST_DAY,
        slice="slices/x",
        inputs_hash="x",
        policy={"policy_id": "p"},
    )
    draft = write_draft(settings.drafts_of("recommend") / f"{FIRST_DAY}-x", RECOMMEND, record, tables(FIRST_DAY, "w"))
    publish(settings, RECOMMEND, draft, provenance={})
    with open_warehouse(settings) as connection:
        connection.execute("create table t as select 1 as a")


def _words(command: Callable[..., None], settings: Settings) -> list[str]:
    """A value for every argument and every option that must be given."""
    hints, words = get_type_hints(command, include_extras=True), []
    for name, parameter in inspect.signature(command).parameters.items():
        if parameter.default is not inspect.Parameter.empty:
            continue
        kind, *about = get_args(hints[name]) or (hints[name],)
        value = {datetime: FIRST_DAY.isoformat(), Path: str(settings.landing_dir)}.get(kind, "x")
        options = [declared for each in about for declared in getattr(each, "param_decls", None) or ()]
        words += [*options, value]
    return words


def _walked(settings: Settings, monkeypatch: pytest.MonkeyPatch, limit: float) -> dict[str, BaseException | None]:
    """What each command ended with, every one of them within ``limit`` seconds; none asked for a lock within a lock."""
    monkeypatch.setattr(subprocess, "Popen", _refuse)
    monkeypatch.setattr(complete_journey, "write_landing", _refuse)
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SHELDUCK_LOCK_TIMEOUT", str(settings.lock_timeout))
    ended: dict[str, BaseException | None] = {}
    for name, command in COMMANDS.items():
        started = time.monotonic()
        answer = CliRunner().invoke(app, [name, *_words(command, settings)])
        assert time.monotonic() - started < limit, f"{name} took {time.monotonic() - started:.1f} s"
        assert not isinstance(answer.exception, NestedLock), f"{name}: {answer.exception}"
        ended[name] = answer.exception
    return ended


@pytest.mark.slow
@pytest.mark.parametrize("home", ["never_run", "never_trained", "ledger_less"])
def test_no_command_waits_for_itself(
    home: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: Settings = request.getfixturevalue(home)
    ended = _walked(settings, monkeypatch, AT_MOST)
    assert len(ended) >= 20 and ended["tidy"] is None and ended["days"] is None
    assert not [name for name, error in ended.items() if isinstance(error, WarehouseLocked)]
    if home == "ledger_less":
        assert [row.version for row in promotions(settings, MODEL)] == [1]


def test_while_another_process_holds_every_lock_commands_give_up_in_time_and_the_doctor_does_not_wait(
    ledger_less: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ledger_less.model_copy(update={"lock_timeout": 1.0})
    places = (settings.warehouse_path.with_suffix(".lock"), settings.published_of("recommend") / "publication.lock")
    with ExitStack() as stack:
        for path in (*places, settings.registry_dir / "registry.lock"):
            stack.enter_context(_held(path))
        ended = _walked(settings, monkeypatch, AT_MOST)
        started = time.monotonic()
        told = CliRunner().invoke(app, ["doctor"]).output
        assert time.monotonic() - started < AT_MOST
    assert {name for name, error in ended.items() if isinstance(error, WarehouseLocked)} >= {"tidy", "docs", "rebuild"}
    assert "somebody" in told and "Report this" not in told


class _held(ExitStack):
    """A lock that a thread of its own holds."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        pool = self.enter_context(ThreadPoolExecutor(1))
        lock = file_lock(path, "somebody", PATIENCE)
        pool.submit(lock.__enter__).result()
        self.callback(lambda: pool.submit(lock.__exit__, None, None, None).result())


_SHADOW = {"policy": "candidate", "until": None}


@dataclass
class Walk:
    """Tasks of the DAGs, called one after the other in this process as Airflow would call them."""

    dag_bag: Any
    settings: Settings
    results: dict[tuple[str, str], Any] = field(default_factory=dict)
    errors: dict[tuple[str, str], BaseException] = field(default_factory=dict)
    skipped: set[tuple[str, str]] = field(default_factory=set)

    def run(self, dag_id: str, day: date, *, skipping: str = "") -> None:
        """Every task but those of the pool ``skipping``, whose results of an earlier walk stand."""
        for task in self.dag_bag.dags[dag_id].topological_sort():
            if task.pool == skipping:
                continue
            key, started = (dag_id, task.task_id), time.monotonic()
            if self._is_skipped(task, dag_id):
                self.skipped.add(key)
                continue
            try:
                result = self._call(task, dag_id, day)
                self.results[key] = result.xcom_value if isinstance(result, PokeReturnValue) else result
            except AirflowSkipException:
                self.skipped.add(key)
            except Exception as error:
                self.errors[key] = error
            if not isinstance(self.errors.get(key), WarehouseLocked):
                continue
            raise AssertionError(f"{key} waited {time.monotonic() - started:.0f} s")

    def _is_skipped(self, task: Any, dag_id: str) -> bool:
        """Whether what was skipped before a task skips it too, as its trigger rule says."""
        before = [(dag_id, name) in self.skipped for name in task.upstream_task_ids]
        if task.trigger_rule == "all_success":
            return any(before)
        return task.trigger_rule == "none_failed_min_one_success" and all(before)

    def _call(self, task: Any, dag_id: str, day: date) -> Any:
        end = datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(self.settings.timezone))
        given = {"data_interval_end": end}
        named = {name: self._value(dag_id, value) for name, value in task.op_kwargs.items()}
        missing = [name for name in task.python_callable.__code__.co_varnames if name in given and name not in named]
        positional = [self._value(dag_id, value) for value in task.op_args]
        with pytest.MonkeyPatch.context() as patched:
            instance = SimpleNamespace(task_id=task.task_id, dag_id=dag_id, run_id="a walk", try_number=1)
            context = {"ti": instance, "run_id": "a walk", "params": {"dry_run": False, **_SHADOW, "as_of": str(day)}}
            context |= {"outlet_events": defaultdict(SimpleNamespace), "dag_run": SimpleNamespace(run_type="manual")}
            for module in (site, steps, tasks, training, shadow):
                patched.setattr(module, "get_current_context", lambda: context)
            patched.setattr(steps, "TIMEZONE", self.settings.timezone)
            return task.python_callable(*positional, **named, **{name: given[name] for name in missing})

    def _value(self, dag_id: str, value: Any) -> Any:
        if isinstance(value, XComArg):
            key = (dag_id, value.operator.task_id)  # type: ignore[attr-defined]
            return None if key in self.skipped else self.results[key]
        return value


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("SHELDUCK_LOCK_TIMEOUT", str(PATIENCE))
    return monkeypatch


def _in(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)


def test_no_task_waits_for_itself_where_nothing_ever_ran(
    dag_bag: Any, never_run: Settings, environment: pytest.MonkeyPatch
) -> None:
    _in(never_run, environment)
    walk = Walk(dag_bag, never_run)
    for dag_id in dag_bag.dags:
        walk.run(dag_id, FIRST_DAY)
    assert ("tidy_storage", "tidy_models") in walk.results and ("build_shelves", "land") in walk.errors
    assert not [error for error in walk.errors.values() if isinstance(error, NestedLock)]


@pytest.mark.slow
def test_no_task_waits_for_itself_before_the_first_training_and_after_the_ledger_was_lost(
    dag_bag: Any, tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    settings = garden_settings(tmp_path / "var")
    _in(settings, environment)
    last = FIRST_DAY + timedelta(days=DAYS - 1)
    walk = Walk(dag_bag, settings)
    weekly, daily = [each.weekly_dag for each in learning()], [each.daily_dag for each in capabilities()]
    for dag_id in ("tidy_storage", *weekly, *daily, "build_site"):
        walk.run(dag_id, last)
    assert walk.errors == {}
    walk.run("shadow_run", last)
    assert ("shadow_run", "replay") in walk.skipped, "there is no later day yet"
    assert {(dag_id, "propose") for dag_id in weekly} <= walk.skipped, "nobody is asked"
    assert walk.errors == {}
    before = promotions(settings, MODEL)
    for dag_id in ("tidy_storage", "build_shelves", "train_recommenders"):
        ledger_path(settings, MODEL).unlink()
        walk.run(dag_id, last, skipping=tasks.WAREHOUSE_POOL)
        assert promotions(settings, MODEL) == before
    assert walk.errors == {} and len(before) == 1
    ask_a_person = {"approve_copy", "plan_campaign", *(each.review_dag for each in learning())}
    walked = [dag for name, dag in dag_bag.dags.items() if name not in ask_a_person]
    assert len(walk.results) == sum(len(dag.tasks) for dag in walked) - len(walk.skipped)
