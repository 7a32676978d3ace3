"""Runs of several DAGs in few processes: what waits for what, what runs at once, what a failure or Ctrl-C leaves."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from ml.capabilities import named
from ml.operations import plans
from ml.operations.plans import Planned, Run, plan, run_all
from ml.operations.runs import Event, Interrupted, RunFailed
from ml.settings import Settings

DAY = date(2025, 3, 1)
PATIENCE = 10.0


@dataclass
class Stage:
    """Processes that only tell what they would run, each as ``script`` has it."""

    script: Callable[[Run, Callable[[str], None]], None] = lambda run, done: None
    processes: list[list[Run]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    standing_back: list[Run] = field(default_factory=list)
    ended: int = 0
    is_ended: threading.Event = field(default_factory=threading.Event)

    def start(self, settings: Settings, dag_id: str) -> Stage:
        self.processes.append([])
        return _Process(self, self.processes[-1])  # type: ignore[return-value]


@dataclass
class _Process:
    stage: Stage
    runs: list[Run]
    stands_back: bool = False

    def run(self, dag_id: str, days: Sequence[date], on_event: Callable[[Event], None]) -> None:
        (day,) = days
        self.runs.append((dag_id, day))
        if self.stands_back:
            self.stage.standing_back.append((dag_id, day))
        self.stage.told.append(f"{dag_id} begins")
        self.stage.script((dag_id, day), lambda task: on_event(Event("done", dag_id, str(day), task)))
        self.stage.told.append(f"{dag_id} ends")

    def stand_back(self) -> None:
        self.stands_back = True

    def end(self) -> None:
        self.stage.ended += 1
        self.stage.is_ended.set()


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    made = Stage()
    monkeypatch.setattr(plans, "RunProcess", made.start)
    return made


def test_a_day_waits_for_its_upstream_its_training_and_the_day_before_and_for_nothing_else() -> None:
    days = [DAY, DAY + timedelta(days=1)]
    made = plan(dict.fromkeys((named("recommend"), named("predictions"), named("audiences")), days), {"audiences": DAY})
    waits = {each.run: each.after for each in made}
    assert list(waits)[-3:] == [("train_audiences", DAY), *(("build_audiences", day) for day in days)]
    assert waits["train_audiences", DAY] == waits["build_predictions", DAY] == frozenset()
    assert waits["build_predictions", days[1]] == {("build_predictions", DAY)}
    upstream = ("build_shelves", "build_predictions")
    assert waits["build_audiences", DAY] == {("train_audiences", DAY), *((dag, DAY) for dag in upstream)}
    assert waits["build_audiences", days[1]] == {("build_audiences", DAY), *((dag, days[1]) for dag in upstream)}
    assert [each.dag_id for each in made if not each.stands_back] == ["build_shelves", "build_shelves"]


def test_runs_one_at_a_time_share_one_process_that_may_have_been_started_before(
    settings: Settings, stage: Stage
) -> None:
    started = stage.start(settings, "a")
    planned = [Planned("b", DAY, frozenset({("a", DAY)})), Planned("a", DAY), Planned("c", DAY)]
    run_all(settings, planned, started=started)  # type: ignore[arg-type]
    assert stage.processes == [[("a", DAY), ("b", DAY), ("c", DAY)]] and stage.ended == 1


def test_a_second_run_begins_when_the_first_has_left_the_warehouse_and_what_reads_both_when_both_ended(
    settings: Settings, stage: Stage
) -> None:
    beside, is_built = threading.Event(), threading.Event()

    def script(run: Run, done: Callable[[str], None]) -> None:
        if run[0] == "long":
            assert not beside.wait(0.05), "it would wait for the warehouse"
            is_built.set()
            done("build_for_training")
            assert beside.wait(PATIENCE), "nothing ran beside it"
        elif run[0] == "beside":
            assert is_built.is_set()
            beside.set()

    stage.script = script
    after = frozenset({("long", DAY), ("beside", DAY), ("not planned", DAY)})
    run_all(settings, [Planned("last", DAY, after), Planned("long", DAY), Planned("beside", DAY)], at_once=2)
    assert stage.told[-2:] == ["last begins", "last ends"] and sum(map(len, stage.processes)) == 3
    assert len(stage.processes) == stage.ended == 2
    assert not stage.standing_back, "neither was planned to"


def test_what_stands_back_leaves_the_other_process_to_the_runs_that_do_not(settings: Settings, stage: Stage) -> None:
    follows = threading.Event()

    def script(run: Run, done: Callable[[str], None]) -> None:
        if run[0] == "training":
            done("build_for_training")
            assert follows.wait(PATIENCE), "nothing ran beside it"
        elif run[0] == "profile":
            follows.set()

    stage.script = script
    training, profile = ("training", DAY), ("profile", DAY)
    planned = [
        Planned("first", DAY),
        Planned("training", DAY, frozenset({("first", DAY)})),
        Planned("shelves", DAY, frozenset({training, profile})),
        Planned("profile", DAY, frozenset({("first", DAY)}), stands_back=True),
        Planned("tags", DAY, frozenset({("shelves", DAY)}), stands_back=True),
    ]
    run_all(settings, planned, at_once=2)
    assert stage.processes == [[("first", DAY), training, ("shelves", DAY)], [profile, ("tags", DAY)]]
    assert stage.standing_back == [profile, ("tags", DAY)]


def test_a_run_alone_has_nobody_to_stand_back_for(settings: Settings, stage: Stage) -> None:
    run_all(settings, [Planned("alone", DAY, stands_back=True)], at_once=2)
    assert stage.processes == [[("alone", DAY)]] and not stage.standing_back


def test_after_a_failure_nothing_begins_and_what_is_under_way_goes_on_to_its_end(
    settings: Settings, stage: Stage
) -> None:
    is_failing = threading.Event()

    def script(run: Run, done: Callable[[str], None]) -> None:
        if run[0] == "long":
            done("build")
            assert is_failing.wait(PATIENCE)
            threading.Event().wait(0.05)
        else:
            is_failing.set()
            raise RunFailed(run[0], expected="success", found="a fault", remedy="Mend it")

    stage.script = script
    with pytest.raises(RunFailed, match="fails"):
        run_all(settings, [Planned("long", DAY), Planned("fails", DAY), Planned("never", DAY)], at_once=2)
    assert "long ends" in stage.told and "never begins" not in stage.told


def test_ctrl_c_ends_every_process_and_names_what_was_under_way(settings: Settings, stage: Stage) -> None:
    def script(run: Run, done: Callable[[str], None]) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        assert stage.is_ended.wait(PATIENCE), "its process was left alone"
        raise RunFailed(run[0], expected="success", found="the end of its process", remedy="none")

    stage.script = script
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
    try:
        with pytest.raises(Interrupted, match=r"DAG long of 2025-03-01.*Run the same command again"):
            run_all(settings, [Planned("long", DAY), Planned("never", DAY)])
    finally:
        signal.signal(signal.SIGINT, before)
    assert stage.told == ["long begins"]
