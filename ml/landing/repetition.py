"""Keys that come more than once: in one partition, or again in a later one.

Within a partition the first row counts, files in the order of their content hashes. Between
partitions an event's earliest arrival counts, and an entity's row is kept only where it says
something new. What is kept depends on the files alone, never on the order in which they were loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ml.landing.keys import key_text, same_key
from ml.landing.schema import Kind, LandingTable
from ml.landing.staging import Stage
from ml.warehouse.refused import REPEATED_KEY, REPEATED_ROW

_PLACE = "(_file_no::bigint << 40) + _row"


@dataclass(frozen=True)
class Repetition:
    """What was left out of a partition because of earlier ones."""

    duplicates: int = 0
    unchanged: int = 0


def settle(stage: Stage, names: list[str], arrival: date, *, has_earlier: bool) -> Repetition:
    """Move repeated keys of the staged rows among the refused; drop unchanged rows of entities.

    ``names`` are the files' names by number. Afterwards ``staged`` holds what the raw table gets,
    and for entities ``unchanged`` what it already says.
    """
    _within(stage, names)
    if not has_earlier:
        return Repetition()
    if stage.table.kind is Kind.EVENT:
        return Repetition(duplicates=_before(stage, arrival))
    return Repetition() if stage.table.keeps_repetitions else Repetition(unchanged=_unchanged(stage, arrival))


def _within(stage: Stage, names: list[str]) -> None:
    table, run = stage.table, stage.connection.execute
    keys = _keys(table)
    run(
        f"create or replace temp table repeated as select {keys}, min({_PLACE}) as first_place "
        f"from staged group by {keys} having count(*) > 1"
    )
    if not _found(stage, "select 1 from repeated limit 1"):
        return
    run(
        f"create or replace temp table again as select staged._file_no, staged._row, repeated.first_place, "
        f"{key_text(table, 'staged')} as key, {_repeats(table)} as kind "
        f"from staged join repeated on {same_key(table, 'staged', 'repeated')} "
        f"where (staged._file_no::bigint << 40) + staged._row > repeated.first_place"
    )
    run(
        "insert into refused select _file_no, _row, $column, kind, $said || ' in ' || "
        "$names[(first_place >> 40) + 1] || ', row ' || (first_place & 1099511627775), $remedy, key from again",
        {"column": _spoken(table), "said": f"{_spoken(table)} came before", "names": names, "remedy": _REMEDY},
    )
    _drop_again(stage)


def _before(stage: Stage, arrival: date) -> int:
    table, run = stage.table, stage.connection.execute
    repeated = (
        f"from staged join raw.{table.name} as earlier on {same_key(table, 'staged', 'earlier')} "
        f"where earlier._arrival_date < '{arrival}'::date"
    )
    if not _found(stage, f"select 1 {repeated} limit 1"):
        return 0
    run(
        f"create or replace temp table again as select staged._file_no, staged._row, "
        f"earlier._file || ', row ' || earlier._row as first_place {repeated}"
    )
    run(
        "insert into refused select _file_no, _row, ?, ?, ? || ' in ' || first_place, ?, null from again",
        [_spoken(table), REPEATED_KEY, f"{_spoken(table)} came before", _REMEDY],
    )
    return _drop_again(stage)


def _unchanged(stage: Stage, arrival: date) -> int:
    """Drop staged rows that say what the newest earlier arrival of their key said."""
    table, run = stage.table, stage.connection.execute
    earlier = (
        f"from raw.{table.name} as earlier semi join staged on {same_key(table, 'earlier', 'staged')} "
        f"where earlier._arrival_date < '{arrival}'::date"
    )
    if not _found(stage, f"select 1 {earlier} limit 1"):
        return 0
    keys = ", ".join(f'earlier."{name}"' for name in table.key)
    same = " and ".join(f'staged."{name}" is not distinct from newest."{name}"' for name in table.names)
    run(
        f"""
        create or replace temp table again as
        with newest as (
            select earlier.* {earlier}
            qualify row_number() over (partition by {keys} order by earlier._arrival_date desc) = 1
        )
        select staged._file_no, staged._row from staged semi join newest on {same}
        {_unless_refused_before(table)}
        """,
        {"arrival": arrival} if table.restricts else {},
    )
    run("insert into unchanged from again")
    return _drop_again(stage)


def _repeats(table: LandingTable) -> str:
    """SQL: what a repetition is. Where rows restrict, one that differs from the first may forbid something else."""
    if not table.restricts:
        return f"'{REPEATED_KEY}'"
    same = " and ".join(f'staged."{name}" is not distinct from earliest."{name}"' for name in table.names)
    first = "(earliest._file_no::bigint << 40) + earliest._row = repeated.first_place"
    return (
        f"case when exists (select 1 from staged as earliest where {first} and {same}) "
        f"then '{REPEATED_ROW}' else '{REPEATED_KEY}' end"
    )


def _unless_refused_before(table: LandingTable) -> str:
    """SQL: of tables that restrict, the row that comes after a refusal of its key is kept: it settles that refusal."""
    if not table.restricts:
        return ""
    return (
        f"where coalesce({key_text(table, 'staged')} not in (select key from raw.quarantine "
        f"where table_name = '{table.name}' and arrival_date < $arrival and key is not null "
        "union all select key from refused where key is not null), true)"
    )


def _drop_again(stage: Stage) -> int:
    dropped = stage.connection.execute(
        "delete from staged using again where staged._file_no = again._file_no and staged._row = again._row"
    ).fetchall()
    return int(dropped[0][0]) if dropped else 0


def _found(stage: Stage, query: str) -> bool:
    return bool(stage.connection.execute(query).fetchall())


def _keys(table: LandingTable) -> str:
    return ", ".join(f'"{name}"' for name in table.key)


def _spoken(table: LandingTable) -> str:
    return " + ".join(table.key)


_REMEDY = "Send each key once; the first row counts"
