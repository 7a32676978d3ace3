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


def accounts(staged: Staged, file: int, records: int) -> tuple[Count, dict[str, Count]]:
    """How the records of a file, and by table the rows that they became, were accepted and quarantined."""
    run = staged.connection.execute
    lost = run("select count(distinct coalesce(row_number, 0)) from refused where _file_no = ?", [file]).fetchall()
    refused = dict(
        run(
            "select table_name, count(*) from refused where _file_no = ? and table_name is not null group by 1", [file]
        ).fetchall()
    )
    quarantined = int(lost[0][0])
    rows = {}
    for table in staged.tables:
        kept = run(f"select count(*) from staged_{table.name} where _file_no = ?", [file]).fetchall()
        made = staged.made[file, table.name]
        if made or kept[0][0]:
            rows[table.name] = Count(made, int(kept[0][0]), refused.get(table.name, 0))
    return Count(records, records - quarantined, quarantined), rows


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
