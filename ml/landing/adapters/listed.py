"""What was refused of a source: counted per file and table, and listed in a CSV beside the landing files."""

from __future__ import annotations

from typing import Final

from ml.durable import sync, temporary_beside
from ml.landing.adapters.report import Count
from ml.landing.adapters.staged import Staged
from ml.landing.adapters.written import FOLDER, Output
from ml.warehouse.connection import Connection

_FILE: Final = "refused.csv"
_LISTED: Final = "file, row_number as line, table_name as landing_table, column_name as column, value_class"
_QUARANTINE: Final = """
create schema if not exists raw;
create table raw.quarantine as
select coalesce(table_name, 'source') as table_name, $names[_file_no + 1] as file, row_number, column_name,
    value_class, reason, remedy, 1::bigint as records, _file_no
from refused
"""


def accounts(staged: Staged, records: list[int]) -> list[tuple[Count, dict[str, Count]]]:
    """By file, how its records, and by table the rows that they became, were accepted and quarantined."""
    lost = _by_file(staged, "count(distinct coalesce(row_number, 0)) from refused")
    refused = {
        table.name: _by_file(staged, f"count(*) from refused where table_name = '{table.name}'")
        for table in staged.tables
    }
    kept = {table.name: _by_file(staged, f"count(*) from staged_{table.name}") for table in staged.tables}
    return [
        (
            Count(read, read - lost.get(file, 0), lost.get(file, 0)),
            {
                name: Count(staged.made[file, name], kept[name].get(file, 0), refused[name].get(file, 0))
                for name in kept
                if staged.made[file, name] or kept[name].get(file, 0)
            },
        )
        for file, read in enumerate(records)
    ]


def _by_file(staged: Staged, counted: str) -> dict[int, int]:
    return dict(staged.connection.execute(f"select _file_no, {counted} group by 1").fetchall())


def list_refused(connection: Connection, names: list[str], output: Output, limit: int) -> str | None:
    """Write the list, at most ``limit`` rows of a file and one that counts the others; its name, or None if empty."""
    connection.execute(_QUARANTINE, {"names": names})
    path = output.folder / _FILE
    found = connection.execute("select count(*) from raw.quarantine").fetchall()
    if not found[0][0]:
        path.unlink(missing_ok=True)
        return None
    temporary = temporary_beside(path)
    literal = str(temporary).replace("'", "''")
    connection.execute(
        f"""
        copy (
            with numbered as (
                select *, row_number() over (
                    partition by file order by row_number nulls first, table_name, column_name, reason
                ) as place from raw.quarantine
            )
            select {_LISTED}, reason, remedy from numbered where place <= {limit}
            union all
            select file, null, null, null, 'many refused rows', (count(*) - {limit}) || ' rows more are refused; '
                || 'only the rows before this one are listed', 'Correct what the listed rows name'
            from numbered group by file having count(*) > {limit}
            order by file, line nulls first, landing_table, "column", reason
        ) to '{literal}' (format csv, header)
        """
    )
    sync(temporary)
    temporary.replace(path)
    return f"{FOLDER}/{output.name}/{_FILE}"
