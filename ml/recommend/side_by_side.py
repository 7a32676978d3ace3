"""Recommenders judged at the same time, each in a process of its own, as far as memory allows.

Results, costs (processor seconds of the process that judged) and what is logged are those of one after the other.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

from ml.errors import ExtraMissing, TooLarge
from ml.recommend import judging_process
from ml.recommend.evaluation.judge import Evaluation
from ml.recommend.evaluation.origins import Results, Window
from ml.settings import Settings
from ml.warehouse.slices import HISTORY, Slice

AT_ONCE: Final = 2
"""The dearest recipe takes longer than all others together: a third process would have nothing to do."""
_WORTHWHILE: Final = 300_000
"""Rows of history below which a second process costs more than it saves."""
_ROW: Final = 400
"""Bytes per row of the history that each further process reads and encodes for itself."""
_log = logging.getLogger(__name__)
OnStart: TypeAlias = Callable[[str, date], None]
OnResult: TypeAlias = Callable[[Evaluation], None]


@dataclass(frozen=True)
class Task:
    """A recommender to judge on a window; ``memory`` is what it says that it needs, in bytes."""

    window: Window
    name: str
    params: Mapping[str, Any]
    memory: int

    @property
    def as_of(self) -> date:
        """The origin."""
        return self.window.then.as_of


def processes_for(settings: Settings, day: Slice, recipes: int) -> int:
    """How many processes shall judge: one where the threads, the recipes or the history are too few for more."""
    return AT_ONCE if min(settings.threads, recipes) > 1 and rows_of(day) >= _WORTHWHILE else 1


def rows_of(day: Slice) -> int:
    """Rows of the slice's history."""
    import polars as pl

    rows: int = day.scan(HISTORY).select(pl.len()).collect().item()
    return rows


def judge_side_by_side(
    tasks: Sequence[Task], room: int, on_start: OnStart, on_result: OnResult, processes: int = AT_ONCE
) -> Results:
    """As ``origins.judge_all``: origin by origin, what needs most first, together no more than ``room`` bytes.

    The calls come from the calling thread. Whatever ends this function ends the processes.

    Raises:
        TooLarge: a process was killed.
    """
    results: Results = {task.name: [] for task in tasks}
    waiting = sorted(tasks, key=lambda task: (task.as_of, -task.memory))
    busy: dict[Connection, Task] = {}
    with _Judges(processes) as judges:
        while waiting or busy:
            while (task := _fitting(waiting, [*busy.values()], room)) and (link := judges.free(busy)):
                waiting.remove(task)
                on_start(task.name, task.as_of)
                link.send((task.window, task.name, task.params))
                busy[link] = task
            ready = wait([*busy])
            for done in [each for each in busy if each in ready]:
                task = busy.pop(done)
                found = judges.answer(done, task)
                if found is None:
                    results.pop(task.name, None)
                    waiting = [each for each in waiting if each.name != task.name]
                elif task.name in results:
                    results[task.name].append(found)
                    on_result(found)
    return {name: sorted(found, key=lambda each: each.as_of) for name, found in results.items()}


def _fitting(waiting: Iterable[Task], busy: Sequence[Task], room: int) -> Task | None:
    """The first that fits beside what is judged already; anything fits alone."""
    for task in waiting:
        copies = len(busy) * _ROW * rows_of(task.window.then) if busy else 0
        if not busy or sum(each.memory for each in busy) + task.memory + copies <= room:
            return task
    return None


class _Judges:
    """Processes that judge, started when they are needed; all of them end with the block."""

    def __init__(self, most: int) -> None:
        self._most, self._started = most, dict[Connection, subprocess.Popen[bytes]]()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for link, process in self._started.items():
            process.kill()
            process.wait()
            link.close()

    def free(self, busy: Mapping[Connection, Task]) -> Connection | None:
        """One that judges nothing."""
        idle = next((link for link in self._started if link not in busy), None)
        return idle or (self._start() if len(self._started) < self._most else None)

    def answer(self, link: Connection, task: Task) -> Evaluation | None:
        """What a process found; None where it left the recommender out, with a notice. Any other error is raised."""
        try:
            found, logged = link.recv()
        except (EOFError, OSError):
            raise self._killed(link, task) from None
        for record in logged:
            logging.getLogger(record.name).handle(record)
        if isinstance(found, ExtraMissing | TooLarge):
            _log.warning("%s is left out: %s", task.name, found)
            return None
        if isinstance(found, Exception):
            raise found
        return found  # type: ignore[no-any-return]

    def _start(self) -> Connection:
        """A new program rather than a fork: a task's process is a fork already, with threads of its own."""
        link, theirs = Pipe()
        level, number = logging.getLogger("ml").getEffectiveLevel(), theirs.fileno()
        command = [sys.executable, "-m", judging_process.__name__, str(number), str(level)]
        with theirs:
            self._started[link] = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[number])
        return link

    def _killed(self, link: Connection, task: Task) -> TooLarge:
        status = self._started[link].wait()
        return TooLarge(
            f"judging {task.name} as of {task.as_of}",
            expected="a process that ends its work",
            found=f"one that was killed by signal {-status}" if status < 0 else f"one that ended with {status}",
            remedy="If memory ran out: lower SHELDUCK_TRAINING_MEMORY; SHELDUCK_THREADS=1 judges one after another",
        )
