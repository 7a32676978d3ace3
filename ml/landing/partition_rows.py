"""The rows of one staged partition: counted, so that none is lost, then written into the raw schema."""

from __future__ import annotations

from datetime import date

from ml.errors import LandingError
from ml.landing.raw import PROVENANCE
from ml.landing.report import PartitionReport
from ml.landing.staging import FileRead, Stage


def accounted(stage: Stage, arrival: date, names: list[str], read: list[FileRead], digest: str) -> PartitionReport:
    """Count where every record went.

    Raises:
        LandingError: records read and records accepted or quarantined differ; nothing is loaded.
    """
    counted = stage.connection.execute(
        """
        select _file_no, {stored}::bigint, {refused}::bigint, {unchanged}::bigint from (
            select _file_no, 's' as kind, 1 as n from staged
            union all select _file_no, 'r', 1 from refused
            union all select _file_no, 'r', records from unlisted
            union all select _file_no, 'u', 1 from unchanged
        ) group by all
        """.format(**{n: f"sum(if(kind = '{n[0]}', n, 0))" for n in ("stored", "refused", "unchanged")})
    ).fetchall()
    counts = {number: rest for number, *rest in counted}
    for number, name in enumerate(names):
        found = sum(counts.get(number, ()))
        if found != read[number].rows:
            raise LandingError(
                name,
                expected=f"{read[number].rows} rows accounted for",
                found=f"{found} accepted or quarantined",
                remedy="Nothing of this partition was loaded; please report this as a bug",
            )
    stored, refused, unchanged = (sum(column) for column in zip(*counts.values(), strict=True)) if counts else (0, 0, 0)
    rows = stored + refused + unchanged
    return PartitionReport(
        stage.table.name, arrival, len(names), rows, stored + unchanged, refused, unchanged, digest if names else ""
    )


def write(stage: Stage, report: PartitionReport, names: list[str], rules: str, *, leans: bool) -> None:
    """Insert a staged partition: its rows, what was refused of it, and its line in the ledger of partitions.

    Args:
        stage: holds the settled rows of the partition.
        report: its counts, as ``accounted`` gives them.
        names: its files, in the order of their numbers in the stage.
        rules: the hash of the contract it was judged by.
        leans: whether an earlier partition decided about a row of it, so that it is judged again when that changes.
    """
    table, run = stage.table, stage.connection.execute
    columns = ", ".join(f'"{name}"' for name in table.names)
    values = {"names": names, "arrival": report.arrival}
    file = "$names[_file_no + 1]" if len(names) > 1 else "$names[1]"
    stored = f"{columns}, {', '.join(PROVENANCE)}"
    run(f"insert into raw.{table.name} ({stored}) select {columns}, $arrival, {file}, _row from staged", values)
    if report.rows_quarantined:
        run(
            "insert into raw.quarantine (table_name, file, row_number, column_name, value_class, reason, remedy, "
            "arrival_date, key) select $table, $names[_file_no + 1], _row, column_name, value_class, reason, "
            "remedy, $arrival, key from refused",
            {**values, "table": table.name},
        )
        stage.overflow.write(table.name, names, report.arrival)
    run(
        f"insert into raw.landing_partition (table_name, arrival_date, content_hash, files, rows_read, "
        f"rows_accepted, rows_quarantined, rows_unchanged, rows_hash, contract_hash, leans_on_earlier, is_stale) "
        f"select ?, ?, ?, ?, ?, ?, ?, ?, "
        f"printf('%x', coalesce(bit_xor(hash(_file_no, _row, {columns})), 0)), ?, ?, false from staged",
        [
            table.name,
            report.arrival,
            report.content_hash,
            report.files,
            report.rows_read,
            report.rows_accepted,
            report.rows_quarantined,
            report.rows_unchanged,
            rules,
            leans,
        ],
    )
