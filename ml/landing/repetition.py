"""Keys that come more than once: in one partition, or again in a later one.

Within a partition the first row counts, files in the order of their content hashes. Between
partitions an event's earliest arrival counts, and an entity's row is kept only where it says
something new. What is kept depends on the files alone, never on the order in which they were loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ml.landing.batch import Batch
from ml.landing.keys import key_text, same_key
from ml.landing.schema import Kind, LandingTable
from ml.landing.staging import Stage
from ml.warehouse.refused import REPEATED_KEY, REPEATED_ROW

_PLACE = "(staged._file_no::bigint << 40) + staged._row"
_DAY = "$days[staged._file_no + 1]"


def settle(batch: Batch, *, has_earlier: bool) -> set[int]:
    """Move repeated keys of the staged rows among the refused; drop unchanged rows of entities.

    Afterwards ``staged`` holds what the raw table gets, and for entities ``unchanged`` what it already says.
    Returns the numbers of the files of which rows were left out because of earlier partitions.
    """
    table = batch.stage.table
    is_repeated = _find_repeated(batch.stage)
    if is_repeated:
        _within(batch)
    if table.kind is Kind.ENTITY:
        return _unchanged(batch) if has_earlier and not table.keeps_repetitions else set()
    leaning = _before(batch) if has_earlier else set()
    return leaning | _among(batch) if is_repeated and len(batch.members) > 1 else leaning


def _find_repeated(stage: Stage, day: str = "null", days: Sequence[date] = ()) -> bool:
    """Whether a key is in several rows of one ``day`` (SQL, of ``$days``); the table ``repeated`` says where first."""
    keys = ", ".join(f'"{name}"' for name in stage.table.key)
    stage.connection.execute(
        f"create or replace temp table repeated as select {keys}, {day} as _day, min({_PLACE}) as first_place "
        f"from staged group by all having count(*) > 1",
        {"days": days} if days else {},
    )
    return _found(stage, "select 1 from repeated limit 1")


def _within(batch: Batch) -> None:
    """Refuse repetitions within one partition, of which the table ``repeated`` may tell too many."""
    table = batch.stage.table
    said = (_repeats(table), key_text(table, "staged"))
    if len(batch.members) == 1:
        _refuse_repeated(batch, said)
    elif _find_repeated(batch.stage, _DAY, batch.arrivals):
        _refuse_repeated(batch, said, _DAY)


def _among(batch: Batch) -> set[int]:
    """Refuse events whose key an earlier partition of the batch has."""
    if not _find_repeated(batch.stage):
        return set()
    return _refuse_repeated(batch, (f"'{REPEATED_KEY}'", "null::varchar"))


def _refuse_repeated(batch: Batch, said: tuple[str, str], day: str = "null") -> set[int]:
    """Move what ``repeated`` tells, but for each first row, among the refused; returns the numbers of the files.

    ``said`` is SQL for the kind of repetition, and for the key as it is shown.
    """
    table, run, (kind, key) = batch.stage.table, batch.stage.connection.execute, said
    run(
        f"create or replace temp table again as select staged._file_no, staged._row, repeated.first_place, "
        f"{key} as key, {kind} as kind from staged join repeated on {same_key(table, 'staged', 'repeated')} "
        f"and repeated._day is not distinct from {day} where {_PLACE} > repeated.first_place",
        {"days": batch.arrivals} if day == _DAY else {},
    )
    run(
        "insert into refused select _file_no, _row, $column, kind, $said || ' in ' || "
        "$names[(first_place >> 40) + 1] || ', row ' || (first_place & 1099511627775), $remedy, key from again",
        {"column": _spoken(table), "said": f"{_spoken(table)} came before", "names": batch.names, "remedy": _REMEDY},
    )
    return _drop_again(batch.stage)


def _before(batch: Batch) -> set[int]:
    """Refuse events whose key an earlier partition in the raw table has."""
    stage, table, run = batch.stage, batch.stage.table, batch.stage.connection.execute
    repeated = (
        f"from staged join raw.{table.name} as earlier on {same_key(table, 'staged', 'earlier')} "
        f"where earlier._arrival_date < '{batch.members[0].arrival}'::date"
    )
    if not _found(stage, f"select 1 {repeated} limit 1"):
        return set()
    run(
        f"create or replace temp table again as select staged._file_no, staged._row, "
        f"earlier._file || ', row ' || earlier._row as first_place {repeated}"
    )
    run(
        "insert into refused select _file_no, _row, ?, ?, ? || ' in ' || first_place, ?, null from again",
        [_spoken(table), REPEATED_KEY, f"{_spoken(table)} came before", _REMEDY],
    )
    return _drop_again(stage)


def _unchanged(batch: Batch) -> set[int]:
    """Drop staged rows that say what the newest earlier arrival of their key said."""
    stage, table, run = batch.stage, batch.stage.table, batch.stage.connection.execute
    arrival = batch.members[0].arrival
    earlier = (
        f"from raw.{table.name} as earlier semi join staged on {same_key(table, 'earlier', 'staged')} "
        f"where earlier._arrival_date < '{arrival}'::date"
    )
    if not _found(stage, f"select 1 {earlier} limit 1"):
        return set()
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


def _drop_again(stage: Stage) -> set[int]:
    """Take what the table ``again`` lists out of the staged rows; returns the numbers of its files."""
    stage.connection.execute(
        "delete from staged using again where staged._file_no = again._file_no and staged._row = again._row"
    )
    return {number for (number,) in stage.connection.execute("select distinct _file_no from again").fetchall()}


def _found(stage: Stage, query: str) -> bool:
    return bool(stage.connection.execute(query).fetchall())


def _spoken(table: LandingTable) -> str:
    return " + ".join(table.key)


_REMEDY = "Send each key once; the first row counts"
