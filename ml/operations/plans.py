"""Runs of several DAGs, each as soon as what it reads is there; some at once, in processes that are started once.

What is published depends neither on which of them run at once nor on the moments: a run waits for those that it names,
and the days of a DAG are run in order.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from queue import SimpleQueue
from typing import Final

from ml.capabilities import named
from ml.capability import Capability
from ml.operations.runs import Event, RunProcess, interrupted
from ml.settings import Settings

Run = tuple[str, date]
"""A DAG and the day of one of its runs."""

_BUILT: Final = ("build", "build_for_training")
"""The task with which a run has done with the warehouse; before it, a second run would only wait for the first."""


@dataclass(frozen=True)
class Planned:
    """A run.

    Attributes:
        after: those that have to end before it, as far as they are planned.
        stands_back: of the processors it gets what the runs beside it leave.
    """

    dag_id: str
    day: date
    after: frozenset[Run] = frozenset()
    stands_back: bool = False

    @property
    def run(self) -> Run:
        """Which it is."""
        return self.dag_id, self.day


def plan(days: Mapping[Capability, Sequence[date]], trained: Mapping[str, date] | None = None) -> list[Planned]:
    """The runs of capabilities, in the order of ``days``.

    A day waits for the day before, for the capabilities that it reads and for the training, which is of the week that
    ``trained`` names. The first capability's runs are the longest, so that those of the others stand back.
    """
    found: list[Planned] = []
    for place, (capability, wanted) in enumerate(days.items()):
        before: set[Run] = set()
        if week := (trained or {}).get(capability.name):
            found.append(Planned(capability.weekly_dag, week, stands_back=place > 0))
            before = {found[-1].run}
        for day in wanted:
            upstream = (*capability.upstream, *capability.upstream_if_landed)
            after = before | {(named(name).daily_dag, day) for name in upstream}
            found.append(Planned(capability.daily_dag, day, frozenset(after), stands_back=place > 0))
            before = {found[-1].run}
    return found


@dataclass(frozen=True)
class _Said:
    """What a thread has to say of its run: it has left the warehouse, or it ended."""

    run: Run
    is_over: bool = False
    error: BaseException | None = None


@dataclass
class _Under:
    """The runs under way."""

    settings: Settings
    on_event: Callable[[Event], None]
    idle: list[RunProcess] = field(default_factory=list)
    at_work: dict[Run, tuple[RunProcess, threading.Thread]] = field(default_factory=dict)
    in_warehouse: set[Run] = field(default_factory=set)
    said: SimpleQueue[_Said] = field(default_factory=SimpleQueue)

    def start(self, planned: Planned) -> None:
        run, process = planned.run, self._process(planned)
        if planned.stands_back and self.at_work:
            process.stand_back()
        thread = threading.Thread(target=self._work, args=(process, run), daemon=True)
        self.at_work[run] = process, thread
        self.in_warehouse.add(run)
        thread.start()

    def _process(self, planned: Planned) -> RunProcess:
        """An idle one, or a new one; a process that stood back does so to its end, so it serves such runs first."""
        if not self.idle:
            return RunProcess(self.settings, planned.dag_id)
        self.idle.sort(key=lambda process: process.stands_back != planned.stands_back)
        return self.idle.pop(0)

    def _work(self, process: RunProcess, run: Run) -> None:
        def tell(event: Event) -> None:
            self.on_event(event)
            if event.kind == "done" and event.text in _BUILT:
                self.said.put(_Said(run))

        error = None
        try:
            process.run(run[0], [run[1]], tell)
        except BaseException as failed:
            error = failed
        self.said.put(_Said(run, is_over=True, error=error))

    def heed(self, said: _Said) -> None:
        self.in_warehouse.discard(said.run)
        if said.is_over:
            process, _ = self.at_work.pop(said.run)
            if said.error is None:
                self.idle.append(process)

    def end(self) -> None:
        for process in (*self.idle, *(process for process, _ in self.at_work.values())):
            process.end()
        for _, thread in self.at_work.values():
            thread.join()


def run_all(
    settings: Settings,
    planned: Sequence[Planned],
    on_event: Callable[[Event], None] = lambda _: None,
    at_once: int = 1,
    started: RunProcess | None = None,
) -> None:
    """Run what is planned, up to ``at_once`` runs at a time; of those that may begin, the first.

    A second run begins once the first has done with the warehouse, of which there is one. After a failure none
    begins; those under way go on to their end. ``on_event`` is called in threads of this process. A process that was
    ``started`` before serves first, and has ended afterwards as all have.

    Raises:
        RunFailed, Interrupted: as ``ml.operations.runs.run_dag`` does; of several failures the first.
    """
    under, waiting = _Under(settings, on_event, [started] if started else []), list(planned)
    failed: BaseException | None = None
    try:
        while under.at_work or (waiting and not failed):
            while not failed and len(under.at_work) < at_once and (ready := _next(waiting, under)):
                waiting.remove(ready)
                under.start(ready)
            said = under.said.get()
            under.heed(said)
            failed = failed or said.error
    except KeyboardInterrupt:
        raise interrupted(list(under.at_work)) from None
    finally:
        under.end()
    if failed:
        raise failed


def _next(waiting: Collection[Planned], under: _Under) -> Planned | None:
    """The first that may begin now."""
    if under.in_warehouse:
        return None
    to_come = {each.run for each in waiting} | set(under.at_work)
    return next((each for each in waiting if not each.after & to_come), None)
