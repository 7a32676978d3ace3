"""A progress line for each DAG that runs, of what its runs tell from several threads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, Task, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from ml.capabilities import of_dag
from ml.capability import Capability
from ml.escape import visible
from ml.operations.plans import Planned
from ml.operations.runs import Event

_STEPS = {
    "land": "loading landing files into the warehouse",
    "build": "dbt build as of the day, exporting its slice",
    "build_for_training": "dbt build as of the evaluation's origins and the day",
    "train": "fitting and judging recommenders, logging to MLflow",
    "promote": "moving champion, writing the promotion ledger",
    "propose": "asking a person, where one decides",
    "gate_features": "Great Expectations over the features",
    "await_upstream": "waiting for the day of another capability",
    "write": "asking a language model for copy",
    "build_written": "landing what was written, building the day again",
    "gate_written": "Great Expectations over the features",
    "publish": "writing a version, moving the pointer",
}
_WIDEST = 60
_DAILY_TASKS, _WEEKLY_TASKS = 6, 5


class _Words(TextColumn):
    """Text as it is."""

    def render(self, task: Task) -> Text:
        """Without markup or hidden characters."""
        return Text(visible(self.text_format.format(task=task)), style=self.style)


@contextmanager
def progress_display(console: Console) -> Iterator[Progress]:
    """A line per activity: name, bar, elapsed time, what it is doing."""
    left, right = _Words("{task.description:<18}"), _Words("{task.fields[detail]}", style="dim")
    columns = (SpinnerColumn(), left, BarColumn(bar_width=24), TimeElapsedColumn(), right)
    with Progress(*columns, console=console) as progress:
        yield progress


@dataclass
class Ran:
    """What runs of DAGs came to.

    Attributes:
        models: the model versions that trainings ended with.
        seconds: by DAG and task, the wall seconds of each run.
    """

    models: list[int] = field(default_factory=list)
    seconds: dict[tuple[str, str], list[float]] = field(default_factory=dict)


class RunLines:
    """Shows runs on the screen, a line for all of a DAG's, and keeps what they came to."""

    def __init__(self, progress: Progress, planned: Sequence[Planned]) -> None:
        self.ran = Ran()
        self._progress, self._lines = progress, dict[str, TaskID]()
        self._runs, self._ended = Counter(each.dag_id for each in planned), dict[str, list[float]]()
        for first in planned[:1]:
            self._line(first.dag_id)

    def show(self, event: Event) -> None:
        """Take in what a run tells."""
        if event.dag_id not in self._runs:  # of a process that has not begun with any
            return
        line = self._line(event.dag_id)
        if event.kind == "start":
            text = _texts(event.dag_id).get(event.text, "")
            self._progress.update(line, detail=f"{event.day} {event.text}: {text}")
        elif event.kind == "message":
            self._progress.update(line, detail=f"{event.day} {event.text}"[:_WIDEST])
        elif event.kind == "done":
            self._progress.update(line, advance=1)
            self.ran.seconds.setdefault((event.dag_id, event.text), []).append(event.seconds)
        elif event.kind == "model":
            self.ran.models.append(int(event.text))
        elif event.kind == "run":
            self._end(event, line)

    def _line(self, dag_id: str) -> TaskID:
        if dag_id not in self._lines:
            self._lines[dag_id] = self._progress.add_task(dag_id, total=self._steps(dag_id), detail="starting Airflow")
        return self._lines[dag_id]

    def _steps(self, dag_id: str) -> int:
        return (_DAILY_TASKS if of_dag(dag_id) else _WEEKLY_TASKS) * self._runs[dag_id]

    def _end(self, event: Event, line: TaskID) -> None:
        ended = self._ended.setdefault(event.dag_id, [])
        ended.append(event.seconds)
        if len(ended) == self._runs[event.dag_id]:
            runs = "1 run" if len(ended) == 1 else f"{len(ended)} runs"
            detail = f"{runs} in {sum(ended):.0f} s"
            self._progress.update(line, completed=self._steps(event.dag_id), detail=detail)


def _texts(dag_id: str) -> dict[str, str]:
    capability = of_dag(dag_id)
    return {**_STEPS, **_steps_of(capability)} if capability else _STEPS


def _steps_of(capability: Capability) -> dict[str, str]:
    """What a capability's own tasks do."""
    return {
        capability.name: f"computing {capability.description[0].lower()}{capability.description[1:]}",
        f"gate_{capability.name}": "Great Expectations over the tables to publish",
    }
