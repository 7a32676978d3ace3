"""What staged rows become: repeated keys refused, merged tables merged, every row given its arrival day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ml.errors import LandingError
from ml.landing.adapters.staged import Staged
from ml.landing.keys import same_key
from ml.landing.schema import Kind as Keys
from ml.landing.schema import LandingTable
from ml.warehouse.refused import REPEATED_KEY

_SINCE = {"items": "creation_ts", "users": "signup_ts"}
"""Entities arrive with the first day's events, or on the day they began, if that is later: no time may lie ahead."""
_PLACE = "(coalesce(_at, 'epoch'::timestamptz), _file_no, _row, _part)"
_REMEDY = "Send each key once; the first row counts"


@dataclass(frozen=True)
class Partition:
    """Rows of one table that arrive on one day, in the table ``settled_<table>``."""

    table: LandingTable
    arrival: date
    rows: int

    def query(self, limit: int, offset: int) -> str:
        """Some of its rows, in an order that never changes."""
        table = self.table
        columns = ", ".join(f'"{name}"' for name in table.names)
        order = ", ".join(("event_ts", *table.key) if table.name == "interactions" else table.key)
        return (
            f"select {columns} from settled_{table.name} where _arrival = '{self.arrival}'::date "
            f"order by {order} limit {limit} offset {offset}"
        )


def refuse_repeated(staged: Staged, names: list[str], zone: str) -> None:
    """Move rows whose key came before among the refused: of an event the earliest day counts, then file and line."""
    for table in staged.tables:
        if table.name not in staged.kind.merged:
            _refuse_repeated(staged, table, names, zone)


def _refuse_repeated(staged: Staged, table: LandingTable, names: list[str], zone: str) -> None:
    run, source = staged.connection.execute, f"staged_{table.name}"
    keys = ", ".join(f'"{name}"' for name in table.key)
    day = f"{_day('event_ts', zone)}, " if table.kind is Keys.EVENT else ""
    run(f"create or replace temp table repeated as select {keys} from {source} group by {keys} having count(*) > 1")
    run(
        f"create or replace temp table again as select {source}.rowid as place, {source}._file_no, {source}._row, "
        f"first_value({source}._file_no) over again as first_file, first_value({source}._row) over again as first_row "
        f"from {source} join repeated on {same_key(table, source, 'repeated')} "
        f"window again as (partition by {', '.join(f'{source}.{name}' for name in table.key)} "
        f"order by {day}{source}._file_no, {source}._row, {source}._part) "
        "qualify row_number() over again > 1"
    )
    spoken = " + ".join(table.key)
    run(
        "insert into refused select _file_no, _row, $table, $column, $kind, $said || ' in ' || $names[first_file + 1] "
        "|| ', row ' || first_row, $remedy from again",
        {
            "table": table.name,
            "column": staged.kind.source_column(table.name, spoken),
            "kind": REPEATED_KEY,
            "said": f"{spoken} came before",
            "names": names,
            "remedy": _REMEDY,
        },
    )
    run(f"delete from {source} where rowid in (select place from again)")


def settle(staged: Staged, zone: str, arrived: date | None) -> list[Partition]:
    """Fill ``settled_<table>`` with every staged row's final form and arrival day; returns the partitions.

    Raises:
        LandingError: items or shoppers came, and no event or ``arrived`` says on which day.
    """
    first = arrived or _first_day(staged, zone)
    partitions: list[Partition] = []
    for table in staged.tables:
        source = f"staged_{table.name}"
        if first is None:
            if _count(staged, source):
                raise _no_day(staged)
            continue
        arrival = f"'{arrived}'::date" if arrived else _arrival(table, zone, first)
        rows = _merged(table) if table.name in staged.kind.merged else f"select * from {source}"
        key = ", ".join(table.key)
        staged.connection.execute(
            f"create temp table settled_{table.name} as "
            f"select *, {arrival} as _arrival from ({rows}) order by _arrival, {key}"
        )
        found = staged.connection.execute(
            f"select _arrival, count(*) from settled_{table.name} group by 1 order by 1"
        ).fetchall()
        partitions += [Partition(table, day, count) for day, count in found]
    return partitions


def _arrival(table: LandingTable, zone: str, first: date) -> str:
    if table.kind is Keys.EVENT:
        return _day("event_ts", zone)
    since = _SINCE.get(table.name)
    literal = f"'{first}'::date"
    return f"greatest({literal}, coalesce({_day(since, zone)}, {literal}))" if since else literal


def _merged(table: LandingTable) -> str:
    """SQL: one row per key; of each column the value that was seen last."""
    keys = ", ".join(f'"{name}"' for name in table.key)
    newest = ", ".join(f'arg_max("{name}", {_PLACE}) as "{name}"' for name in table.names if name not in table.key)
    return f"select {keys}, {newest} from staged_{table.name} group by {keys}"


def _day(column: str, zone: str) -> str:
    """SQL: the day of a time in the shop's zone."""
    return f"({column} at time zone '{zone}')::date"


def _first_day(staged: Staged, zone: str) -> date | None:
    if "interactions" not in (table.name for table in staged.tables):
        return None
    found = staged.connection.execute(f"select min({_day('event_ts', zone)}) from staged_interactions").fetchall()
    return found[0][0] if found else None


def _count(staged: Staged, source: str) -> int:
    found = staged.connection.execute(f"select count(*) from {source}").fetchall()
    return int(found[0][0])


def _no_day(staged: Staged) -> LandingError:
    refused = _count(staged, "refused")
    first = staged.connection.execute("select reason from refused where reason is not null limit 1").fetchall()
    told = f"{refused:,} refused rows, the first because {first[0][0]}" if first else "no event"
    return LandingError(
        "SOURCE",
        expected="an event, whose day is that of items and shoppers too",
        found=told,
        remedy="Give the events beside them in one folder, or the day: --arrived YYYY-MM-DD",
    )
