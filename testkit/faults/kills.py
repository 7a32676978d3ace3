"""kill -9 at random moments of a day: landing, build, export, scoring, publication. The rerun must not differ."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ml.settings import Settings
from testkit.faults.crash import KILLED, attempt, in_child
from testkit.faults.garden import copied, correct, garden, outcome_of, run_day
from testkit.faults.measure import Measure, Outcome

_DAYS = 30


@dataclass(frozen=True)
class _Start:
    """A data home before the run that is killed, and how many CPU seconds that run takes undisturbed."""

    settings: Settings
    cpu: float


def kill_at_random(scratch: Path, kills: int) -> Outcome:
    """Kill as many runs, each in a fresh copy of a home, run again and compare with the undisturbed outcome.

    Half of the runs start without a warehouse, half with one from the day before and a file that changed since.
    """
    chance, day, starts, undisturbed = random.Random(kills), *_prepared(scratch)
    unequal: list[str] = []
    done = 0
    while done < kills:
        start = starts[done % 2]
        home = copied(start.settings, scratch / "killed")
        moment = chance.uniform(0.01, start.cpu)
        if in_child(run_day, home, day, kill_at=moment) == KILLED:
            done += 1
            rerun = attempt(outcome_of, home, day)
            if rerun.get("result") != undisturbed:
                unequal.append(f"killed after {moment:.3f} CPU s, start {done % 2}: {rerun}")
        shutil.rmtree(home.home)
    return Outcome.counted(kills - len(unequal), kills, tuple(unequal))


def _prepared(scratch: Path) -> tuple[date, tuple[_Start, _Start], dict[str, str]]:
    """The day, both starts and what the day comes to.

    Raises:
        RuntimeError: undisturbed runs fail, or differ with the start.
    """
    fresh, days = garden(scratch / "fresh", _DAYS)
    begun = copied(fresh, scratch / "begun")
    first = attempt(outcome_of, begun, days[-2])
    for settings in (fresh, begun):
        correct(settings, days[-5])
    runs = [
        attempt(outcome_of, copied(start, scratch / f"whole-{start.home.name}"), days[-1]) for start in (fresh, begun)
    ]
    if "result" not in first or runs[0].get("result") is None or runs[0]["result"] != runs[1].get("result"):
        raise RuntimeError(f"undisturbed runs fail or differ: {first}, {runs}")
    return days[-1], (_Start(fresh, runs[0]["cpu"]), _Start(begun, runs[1]["cpu"])), runs[0]["result"]


MEASURE = Measure(
    name="kills",
    title="SIGKILL at random points of land, build, export, publish; rerun: canonical hashes equal",
    to_reach="180 of 180",
    full=180,
    quick=8,
    sample=1,
    run=kill_at_random,
)
