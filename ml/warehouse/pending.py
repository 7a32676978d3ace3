"""What a build reads and which arrival dates its daily aggregates miss.

A build reads every partition that had arrived by its as-of date; ``Inputs`` names them and hashes them.
The intermediate models remember in ``state.built_partition`` which partitions they were made from. That
is forgotten before dbt begins and written after it succeeded, so a killed build is simply pending again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from ml.errors import BuildFailed
from ml.settings import Settings
from ml.warehouse.connection import Connection, DatabaseError, MissingTable
from ml.warehouse.dbt import project_hash
from ml.warehouse.lineage import aggregated_tables, deciding_tables, staged_relations

_NO_DAY: Final = date(2000, 1, 1)
_FINGERPRINT: Final = "table_name, arrival_date, content_hash, rows_hash"
_STATE: Final = """
create schema if not exists state;
create table if not exists state.recipe (hash varchar);
create table if not exists state.built_partition (
    table_name varchar, arrival_date date, content_hash varchar, rows_hash varchar
);
"""


@dataclass(frozen=True)
class Inputs:
    """The partitions behind one as-of date, sorted by table and arrival date."""

    as_of: date
    partitions: tuple[dict[str, Any], ...]
    recipe: dict[str, Any]

    @property
    def hash(self) -> str:
        """The SHA-256 of everything that decides the slice's content."""
        content = {"as_of_date": self.as_of.isoformat(), "inputs": self.partitions, "recipe": self.recipe}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Pending:
    """Arrival dates to aggregate again: ``start`` up to but not including ``end``."""

    start: date
    end: date
    everything: bool

    @property
    def batch_size(self) -> str:
        """Longer ranges in longer batches: a batch costs dbt 0.07 CPU seconds whatever it holds."""
        days = (self.end - self.start).days
        return "day" if days <= 7 else "month" if days <= 430 else "year"


def inputs_of(connection: Connection, settings: Settings, as_of: date) -> Inputs:
    """What had arrived by the end of ``as_of`` in the tables that features are made of.

    Raises:
        BuildFailed: nothing was ever loaded.
    """
    try:
        rows = connection.execute(
            """
            select table_name, arrival_date, content_hash, rows_accepted, contract_hash
            from raw.landing_partition
            where arrival_date <= ? and list_contains(?, table_name)
            order by table_name, arrival_date
            """,
            [as_of, sorted(deciding_tables())],
        ).fetchall()
    except MissingTable as missing:
        raise BuildFailed(
            "raw.landing_partition",
            expected="a loaded warehouse",
            found="no such table",
            remedy="Run: shelduck land --as-of YYYY-MM-DD",
        ) from missing
    partitions = tuple(
        {"table": table, "arrival_date": arrival.isoformat(), "content_hash": content, "rows": accepted}
        for table, arrival, content, accepted, _ in rows
    )
    contracts = sorted({contract for *_, contract in rows})
    return Inputs(as_of, partitions, {**recipe(settings), "contracts": contracts})


def recipe(settings: Settings) -> dict[str, Any]:
    """Code and settings that decide what features are, beside the partitions."""
    return {
        "project": project_hash(),
        "timezone": settings.timezone,
        "purchase_events": sorted(settings.purchase_events),
        "liked_from": settings.liked_from,
        "history_days": settings.history_days,
    }


def pending(connection: Connection, settings: Settings) -> Pending | None:
    """The arrival dates whose aggregates are missing, of other rows, or of a vanished partition; None if none are.

    One dbt run takes one range of dates, so the days between two changed ones are aggregated again too.
    """
    connection.execute(_STATE)
    known = connection.execute("select 1 from state.recipe where hash = ?", [_recipe_hash(settings)]).fetchall()
    now = _fingerprints(connection, "raw.landing_partition")
    built = _fingerprints(connection, "state.built_partition") if known else {}
    days = [day for day in {*now, *built} if now.get(day) != built.get(day)]
    if known and not days:
        return None
    first, last = (min(days), max(days)) if days else (_NO_DAY, _NO_DAY)
    return Pending(first, last + timedelta(days=1), everything=not known)


def is_staged(connection: Connection) -> bool:
    """Whether the views on what was landed and the seeds are there, and fit the tables of today.

    The project's hash says that they are those of this project, once its aggregates are.
    """
    try:
        for name in staged_relations():
            connection.execute(f"describe {name}")
    except DatabaseError:
        return False
    return True


def mark_unbuilt(connection: Connection, todo: Pending) -> None:
    """Forget what is about to be aggregated anew.

    Else a build that was killed half way, followed by the old file's (or code's) return, would pass for built.
    """
    if todo.everything:
        connection.execute("delete from state.recipe")
    else:
        connection.execute(
            "delete from state.built_partition where arrival_date >= ? and arrival_date < ?", [todo.start, todo.end]
        )


def mark_built(connection: Connection, settings: Settings) -> None:
    """Remember that the aggregates are those of the partitions loaded now."""
    connection.execute("begin")
    connection.execute("delete from state.recipe")
    connection.execute("insert into state.recipe values (?)", [_recipe_hash(settings)])
    connection.execute("delete from state.built_partition")
    connection.execute(f"insert into state.built_partition select {_FINGERPRINT} from raw.landing_partition")
    connection.execute("commit")


def _fingerprints(connection: Connection, table: str) -> dict[date, list[tuple[str, str, str]]]:
    """By arrival date, what the partitions are made of whose rows are aggregated."""
    rows = connection.execute(
        f"select {_FINGERPRINT} from {table} where list_contains(?, table_name) order by arrival_date, table_name",
        [list(aggregated_tables())],
    ).fetchall()
    found: dict[date, list[tuple[str, str, str]]] = {}
    for name, arrival, content, accepted in rows:
        found.setdefault(arrival, []).append((name, content, accepted))
    return found


def _recipe_hash(settings: Settings) -> str:
    return hashlib.sha256(json.dumps(recipe(settings), sort_keys=True).encode()).hexdigest()
