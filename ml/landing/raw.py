"""The raw schema of the warehouse: its tables, and what is known there about loaded partitions.

Every table of the contract has a raw table, whichever files came. ``raw.landing_partition`` is the
ledger: one row per loaded partition. ``raw.quarantine`` holds what was refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from ml.landing.batch import Batch
from ml.landing.contract import CONTRACT
from ml.landing.folder import FileKey
from ml.landing.keys import key_text, same_key
from ml.landing.schema import LandingTable
from ml.warehouse.connection import Connection
from ml.warehouse.refused import REPEATED_ROW

PROVENANCE = ("_arrival_date", "_file", "_row")
_LEDGER = """
create schema if not exists raw;
create table if not exists raw.landing_partition (
    table_name varchar, arrival_date date, content_hash varchar, files integer, rows_read bigint,
    rows_accepted bigint, rows_quarantined bigint, rows_unchanged bigint,
    rows_hash varchar, contract_hash varchar, leans_on_earlier boolean, is_stale boolean
);
create table if not exists raw.landing_file (
    table_name varchar, arrival_date date, file varchar, size bigint, mtime_ns bigint, sha256 varchar
);
create table if not exists raw.quarantine (
    table_name varchar, file varchar, row_number bigint, column_name varchar, value_class varchar,
    reason varchar, remedy varchar, arrival_date date
);
"""
_GAINED = {
    "landing_partition": "unknown_columns varchar, filled varchar",
    "landing_file": "rows_read bigint",
    "quarantine": "key varchar, footer_rows bigint, records bigint default 1",
}
"""Columns that earlier warehouses lack; partitions that were loaded without them are judged again anyway."""


@dataclass(frozen=True)
class LedgerRow:
    """What the ledger says about a loaded partition."""

    content_hash: str
    contract_hash: str
    is_stale: bool


def ensure_raw_schema(connection: Connection) -> None:
    """Create what is missing of the raw schema, also columns that the contract has gained; changes nothing else."""
    connection.execute(_LEDGER)
    for name, gained in _GAINED.items():
        for definition in gained.split(", "):
            connection.execute(f"alter table raw.{name} add column if not exists {definition}")
    for table in CONTRACT.values():
        columns = ", ".join(f'"{column.name}" {column.type.sql}' for column in table.columns)
        connection.execute(
            f"create table if not exists raw.{table.name} ({columns}, _arrival_date date, _file varchar, _row bigint)"
        )
        known = {name for name, *_ in connection.execute(f"describe raw.{table.name}").fetchall()}
        for column in table.columns:
            if column.name not in known:
                connection.execute(f'alter table raw.{table.name} add column "{column.name}" {column.type.sql}')
    _create_restriction_views(connection)


def _create_restriction_views(connection: Connection) -> None:
    """What the build asks before a day is published: refused rows of tables that restrict, and accepted keys."""
    restricting = [table for table in CONTRACT.values() if table.restricts]
    names = ", ".join(f"'{table.name}'" for table in restricting)
    accepted = " union all ".join(
        f"select '{table.name}' as table_name, {key_text(table, table.name)} as key, "
        f"_arrival_date as arrival_date, _file as file from raw.{table.name}"
        for table in restricting
    )
    connection.execute(
        f"""
        create or replace view raw.restricting_refusal as
        select table_name, file, row_number, coalesce(key, file) as key, value_class, reason, arrival_date
        from raw.quarantine
        where table_name in ({names}) and value_class <> '{REPEATED_ROW}';
        create or replace view raw.restricting_key as {accepted};
        """
    )


def read_ledger(connection: Connection) -> dict[tuple[str, date], LedgerRow]:
    """All loaded partitions."""
    rows = connection.execute(
        "select table_name, arrival_date, content_hash, contract_hash, is_stale from raw.landing_partition"
    ).fetchall()
    return {(table, arrival): LedgerRow(*rest) for table, arrival, *rest in rows}


def contradicted_partitions(connection: Connection) -> set[tuple[str, date]]:
    """Partitions of which the raw tables or the quarantine hold other rows than the ledger counts, or any without it.

    No crash leaves such a thing, because a partition is written in one transaction; a hand at the file does.
    """
    held = " union all ".join(
        f"select '{table}' as table_name, _arrival_date as arrival_date, count(*) as rows, 0 as refused "
        f"from raw.{table} group by all"
        for table in CONTRACT
    )
    rows = connection.execute(
        f"""
        with held as (
            {held}
            union all select table_name, arrival_date, 0, sum(records) from raw.quarantine group by all
        ),
        counted as (
            select table_name, arrival_date, sum(rows) as rows, sum(refused) as refused from held group by all
        )
        select table_name, arrival_date
        from counted full join raw.landing_partition as ledger using (table_name, arrival_date)
        where coalesce(counted.rows, 0) is distinct from ledger.rows_accepted - ledger.rows_unchanged
            or coalesce(counted.refused, 0) is distinct from ledger.rows_quarantined
        """
    ).fetchall()
    return {(table, arrival) for table, arrival in rows}


def known_digests(connection: Connection) -> dict[FileKey, str]:
    """Content hashes of files in the states in which they were loaded."""
    rows = connection.execute("select file, size, mtime_ns, sha256 from raw.landing_file").fetchall()
    return {(name, size, mtime_ns): digest for name, size, mtime_ns, digest in rows}


def stale_partitions(connection: Connection, table: str) -> list[date]:
    """Arrival dates of loaded partitions that an earlier one's change has overtaken."""
    rows = connection.execute(
        "select arrival_date from raw.landing_partition where table_name = ? and is_stale order by 1", [table]
    ).fetchall()
    return [arrival for (arrival,) in rows]


def mark_later_stale(connection: Connection, table: LandingTable, arrival: date) -> None:
    """Mark loaded partitions whose rows may change with those of ``arrival``.

    They share keys with it, or they hold rows that were left out because of an earlier arrival. Of a table that
    restricts it is all of them: what they keep depends on what was refused before.
    """
    connection.execute(
        f"""
        update raw.landing_partition set is_stale = true
        where table_name = $table and arrival_date > $arrival and ($all or leans_on_earlier or arrival_date in (
            select later._arrival_date from raw.{table.name} as later
            semi join (select * from raw.{table.name} where _arrival_date = $arrival) as own
                on {same_key(table, "later", "own")}
            where later._arrival_date > $arrival))
        """,
        {"table": table.name, "arrival": arrival, "all": table.restricts},
    )


def forget_partition(connection: Connection, table: LandingTable, arrival: date) -> None:
    """Remove every trace of a loaded partition."""
    connection.execute(f"delete from raw.{table.name} where _arrival_date = ?", [arrival])
    for name in ("quarantine", "landing_file", "landing_partition"):
        connection.execute(f"delete from raw.{name} where table_name = ? and arrival_date = ?", [table.name, arrival])


def record_files(connection: Connection, batch: Batch, digests: Mapping[FileKey, str], lost: Collection[int]) -> None:
    """Remember the state in which files were loaded, so that unchanged ones need no reading, and their rows.

    ``lost`` are the numbers of the files that were refused whole: how many rows they hold is not known.
    """
    connection.executemany(
        "insert into raw.landing_file (table_name, arrival_date, file, size, mtime_ns, sha256, rows_read) "
        "values (?, ?, ?, ?, ?, ?, ?)",
        [
            [batch.stage.table.name, member.arrival, *file.key, digests[file.key], None if n in lost else read.rows]
            for member in batch.members
            for n, file, read in zip(member.numbers, member.files, member.read, strict=True)
        ],
    )
