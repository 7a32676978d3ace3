"""Event streams with repeated, permuted and late events, whose files come in any order and are sent anew.

Hypothesis makes them; the raw layer is compared with a model that a reader can check by eye: of one event id the
earliest arrival counts, then the file whose bytes hash lower, then the row.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as how
from hypothesis import strategies as st

from ml.landing.load import load_partitions
from ml.settings import Settings
from ml.warehouse.connection import Connection, connect
from testkit.faults.measure import Measure, Outcome

_FIRST = date(2025, 3, 3)
_HEADER = "event_id,user_id,item_id,event_type,event_ts,quantity\n"
_Kept = list[tuple[str, str, date, str, int]]


@dataclass(frozen=True)
class Drop:
    """A file that the shop puts there, in place of an earlier one of its name; ``lands`` when landing runs after it."""

    arrival: int
    name: str
    rows: tuple[tuple[int, int, int], ...]
    lands: bool

    def day(self) -> date:
        return _FIRST + timedelta(days=self.arrival)

    def text(self) -> str:
        """Event id, shopper and how many days late: an event is never dated after its arrival."""
        stamps = [(event, user, self.day() - timedelta(days=late)) for event, user, late in self.rows]
        return _HEADER + "".join(f"e{event},u{user},i1,purchase,{stamp}T09:00:00Z,1\n" for event, user, stamp in stamps)


_ROWS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 4), st.integers(0, 9)), max_size=6).map(tuple)
_DROPS = st.lists(
    st.builds(Drop, st.integers(0, 3), st.sampled_from(("a.csv", "b.csv")), _ROWS, st.booleans()),
    min_size=1,
    max_size=7,
)


def stream(scratch: Path, examples: int) -> Outcome:
    """Compare as many streams, each landed from nothing, with the model."""
    settings = Settings(home=scratch / "var", timezone="UTC")
    tried, differing = 0, []
    with connect(settings) as connection:

        @how(max_examples=examples, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
             suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(_DROPS)
        def compare(drops: list[Drop]) -> None:
            nonlocal tried
            tried += 1
            landed = _landed(settings, connection, drops)
            if landed != model(drops):
                differing.append(f"{drops}: {landed} instead of {model(drops)}")

        compare()
    return Outcome.none_of(tried, tuple(differing), "streams")


def model(drops: Iterable[Drop]) -> _Kept:
    """Event id, shopper, arrival, file and line of what is kept of the files that are there in the end."""
    files = {(drop.day(), drop.name): drop.text() for drop in drops}
    kept: dict[str, tuple[str, date, str, int]] = {}
    for (day, name), text in sorted(files.items(), key=lambda file: (file[0][0], _digest(file[1]), file[0][1])):
        for line, row in enumerate(text.splitlines()[1:], start=2):
            event, user, *_ = row.split(",")
            kept.setdefault(event, (user, day, f"interactions/dt={day}/{name}", line))
    return sorted((event, *rest) for event, rest in kept.items())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _landed(settings: Settings, connection: Connection, drops: Iterable[Drop]) -> _Kept:
    shutil.rmtree(settings.landing_dir, ignore_errors=True)
    settings.landing_dir.mkdir(parents=True)
    connection.execute("drop schema if exists raw cascade")
    for drop in drops:
        path = settings.landing_dir / "interactions" / f"dt={drop.day()}" / drop.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(drop.text(), encoding="utf-8")
        if drop.lands:
            load_partitions(settings, connection, date.max)
    load_partitions(settings, connection, date.max)
    return connection.execute(
        "select event_id, user_id, _arrival_date, _file, _row from raw.interactions order by event_id"
    ).fetchall()


MEASURE = Measure(
    name="streams",
    title="duplicated, permuted, late event streams (Hypothesis): differences",
    to_reach="0 of 1,000",
    full=1_000,
    quick=100,
    sample=10,
    run=stream,
)
