"""The rows of staged partitions: counted, so that none is lost, then written into the raw schema."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from ml.errors import LandingError
from ml.landing.batch import Batch, Member, by_file
from ml.landing.particulars import Filled, particulars
from ml.landing.raw import PROVENANCE
from ml.landing.report import PartitionReport


def accounted(batch: Batch) -> list[PartitionReport]:
    """Count where every record went, partition by partition.

    Raises:
        LandingError: records read and records accepted or quarantined differ; nothing is loaded.
    """
    counted = batch.stage.connection.execute(
        """
        select _file_no, {stored}::bigint, {refused}::bigint, {unchanged}::bigint from (
            select _file_no, 's' as kind, count(*) as n from staged group by all
            union all select _file_no, 'r', count(*) from refused group by all
            union all select _file_no, 'r', records from unlisted
            union all select _file_no, 'u', count(*) from unchanged group by all
        ) group by all
        """.format(**{n: f"sum(if(kind = '{n[0]}', n, 0))" for n in ("stored", "refused", "unchanged")})
    ).fetchall()
    counts = {number: tuple(rest) for number, *rest in counted}
    return [_reported(member, batch.stage.table.name, counts) for member in batch.members]


def _reported(member: Member, table: str, counts: dict[int, tuple[int, ...]]) -> PartitionReport:
    stored = refused = unchanged = 0
    for number, file, read in zip(member.numbers, member.files, member.read, strict=True):
        found = counts.get(number, (0, 0, 0))
        if sum(found) != read.rows:
            raise LandingError(
                file.name,
                expected=f"{read.rows} rows accounted for",
                found=f"{sum(found)} accepted or quarantined",
                remedy="Nothing of this partition was loaded; please report this as a bug",
            )
        stored, refused, unchanged = stored + found[0], refused + found[1], unchanged + found[2]
    rows, digest = stored + refused + unchanged, member.digest if member.files else ""
    return PartitionReport(
        table, member.arrival, len(member.files), rows, stored + unchanged, refused, unchanged, digest
    )


def write(
    batch: Batch, reports: Sequence[PartitionReport], rules: str, leaning: Collection[int], filled: Filled
) -> None:
    """Insert staged partitions: their rows, what was refused of them, and their lines in the ledger of partitions.

    Args:
        batch: its stage holds the settled rows.
        reports: the partitions' counts, as ``accounted`` gives them.
        rules: the hash of the contract that they were judged by.
        leaning: files of which an earlier partition decided about a row: their partitions are judged again when that
            one changes.
        filled: by file, how many rows have a value in each optional column.
    """
    stage, table, run = batch.stage, batch.stage.table, batch.stage.connection.execute
    columns = ", ".join(f'"{name}"' for name in table.names)
    (file, names), (arrival, arrivals) = by_file(batch.names, "names"), by_file(batch.arrivals, "arrivals")
    run(
        f"insert into raw.{table.name} ({columns}, {', '.join(PROVENANCE)}) "
        f"select {columns}, {arrival}, {file}, _row from staged",
        {"names": names, "arrivals": arrivals},
    )
    if any(report.rows_quarantined for report in reports):
        run(
            "insert into raw.quarantine (table_name, file, row_number, column_name, value_class, reason, remedy, "
            f"arrival_date, key) select $table, {file}, _row, column_name, value_class, reason, "
            f"remedy, {arrival}, key from refused",
            {"names": names, "arrivals": arrivals, "table": table.name},
        )
        stage.overflow.write(table.name, batch.names, batch.arrivals)
    _note_partitions(batch, reports, rules, leaning, filled)


def _note_partitions(
    batch: Batch, reports: Sequence[PartitionReport], rules: str, leaning: Collection[int], filled: Filled
) -> None:
    """Insert the partitions' lines in the ledger."""
    table, hashes = batch.stage.table, _rows_hashes(batch)
    batch.stage.connection.executemany(
        "insert into raw.landing_partition (table_name, arrival_date, content_hash, files, rows_read, "
        "rows_accepted, rows_quarantined, rows_unchanged, rows_hash, contract_hash, leans_on_earlier, is_stale, "
        "unknown_columns, filled) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, false, ?, ?)",
        [
            [
                table.name,
                report.arrival,
                report.content_hash,
                report.files,
                report.rows_read,
                report.rows_accepted,
                report.rows_quarantined,
                report.rows_unchanged,
                hashes.get(report.arrival, "0"),
                rules,
                any(number in leaning for number in member.numbers),
                *particulars(member, filled),
            ]
            for member, report in zip(batch.members, reports, strict=True)
        ],
    )


def _rows_hashes(batch: Batch) -> dict[date, str]:
    """By arrival day, the hash of the staged rows: the same in whichever order they stand."""
    columns = ", ".join(f'"{name}"' for name in batch.stage.table.names)
    (place, places), (arrival, arrivals) = by_file(batch.places, "places"), by_file(batch.arrivals, "arrivals")
    rows = batch.stage.connection.execute(
        f"select {arrival}, printf('%x', bit_xor(hash({place}::integer, _row, {columns}))) from staged group by 1",
        {"arrivals": arrivals, "places": places},
    ).fetchall()
    return dict(rows)
