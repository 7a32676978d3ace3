"""Loads landing partitions into the raw schema: ``land(settings, as_of)``.

Afterwards the raw tables are a function of the landing files alone: loading days in another order,
again, or after a crash ends in the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

from ml.durable import writing
from ml.errors import LandingError
from ml.home import enter
from ml.landing.arrivals import write_arrivals
from ml.landing.batch import MOST_PARTITIONS, MOST_ROWS, Batch, Member, may_share, of_few_bytes
from ml.landing.contract import CONTRACT, contract_hash
from ml.landing.folder import FileKey, Landed, LandedFile, Partition, content_hash, day_ends, require_closed, scan
from ml.landing.limits import Limits
from ml.landing.masked_texts import mask_texts
from ml.landing.parquet_files import ParquetProbe
from ml.landing.particulars import filled_columns, note_lost_files, refused_whole
from ml.landing.partition_rows import accounted, write
from ml.landing.raw import (
    LedgerRow,
    contradicted_partitions,
    ensure_raw_schema,
    forget_partition,
    known_digests,
    mark_later_stale,
    read_ledger,
    record_files,
    stale_partitions,
)
from ml.landing.repetition import settle
from ml.landing.report import LandReport, PartitionReport
from ml.landing.schema import LandingTable
from ml.landing.staging import FileRead, Stage
from ml.settings import Settings
from ml.warehouse.arrived import arrived
from ml.warehouse.connection import Connection, connect
from ml.warehouse.lock import warehouse_lock

OnPartition = Callable[[PartitionReport], None]


def land(
    settings: Settings, as_of: date, *, holder: str = "shelduck", on_partition: OnPartition | None = None
) -> LandReport:
    """Load every partition that arrived by ``as_of`` and is new, changed or gone.

    Raises:
        DayNotClosed: more files may come for ``as_of``; closing it closes the days before.
        LandingError: there is no landing folder, or a file changed while it was read.
        WarehouseBroken: the warehouse file is damaged.
        WarehouseLocked: another writer did not finish in time.
        DiskFull: the partitions reported so far are kept; the same call goes on once there is space.
    """
    require_closed(settings, as_of)
    with writing(f"landing up to {as_of}"):
        enter(settings)
        with warehouse_lock(settings, holder), connect(settings) as connection:
            report = load_partitions(settings, connection, as_of, on_partition)
            landed = arrived(connection, as_of)
    write_arrivals(settings, landed, report.notices)
    return replace(report, arrived=landed)


def load_partitions(
    settings: Settings, connection: Connection, as_of: date, on_partition: OnPartition | None = None
) -> LandReport:
    """``land`` on an open connection, whether or not the day is closed."""
    with _transaction(connection):  # a new warehouse waits for the disk once, not for each of its tables
        ensure_raw_schema(connection)
    connection.execute("set checkpoint_threshold = '256MB'")
    probe = ParquetProbe(settings)
    loader = _Loader(settings, connection, scan(settings.landing_dir), on_partition, probe)
    try:
        kept = loader.run(as_of)
    finally:
        probe.close()
    return LandReport(
        as_of, tuple(loader.reports), kept, tuple(dict.fromkeys((*loader.landed.notices, *loader.notices)))
    )


@dataclass
class _Loader:
    settings: Settings
    connection: Connection
    landed: Landed
    on_partition: OnPartition | None
    probe: ParquetProbe
    reports: list[PartitionReport] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    digests: dict[FileKey, str] = field(default_factory=dict)
    ledger: dict[tuple[str, date], LedgerRow] = field(default_factory=dict)
    contradicted: set[tuple[str, date]] = field(default_factory=set)
    rules: dict[str, str] = field(default_factory=dict)

    def run(self, as_of: date) -> int:
        """Bring every table up to date; returns how many partitions needed nothing."""
        self.digests, self.ledger = known_digests(self.connection), read_ledger(self.connection)
        self.contradicted = contradicted_partitions(self.connection)
        asked = (self.settings.timezone, Limits.of(self.settings), self.settings.id_words)
        self.rules = {name: contract_hash(table, *asked) for name, table in CONTRACT.items()}
        kept = 0
        for table in CONTRACT.values():
            everywhere = (*self.landed.partitions, *self.ledger, *self.contradicted)
            known = {arrival for name, arrival in everywhere if name == table.name}
            pending = {arrival for arrival in known if self._needs_loading(table.name, arrival, as_of)}
            kept += sum(arrival <= as_of for arrival in known - pending)
            self._table(table, pending)
        return kept

    def _needs_loading(self, table: str, arrival: date, as_of: date) -> bool:
        row = self.ledger.get((table, arrival))
        if (row and row.is_stale) or (table, arrival) in self.contradicted:
            return True
        if arrival > as_of:
            return False
        partition = self.landed.partitions.get((table, arrival))
        if row is None or partition is None:
            return True
        return (row.content_hash, row.contract_hash) != (self._hash(partition), self.rules[table])

    def _hash(self, partition: Partition) -> str:
        for file in partition.files:
            if file.key not in self.digests:
                self.digests[file.key] = file.digest()
        return content_hash(partition, self.digests)

    def _table(self, table: LandingTable, pending: set[date]) -> None:
        """Load pending partitions from the earliest on; what one of them overtakes is loaded after it."""
        loaded = {arrival for name, arrival in (*self.ledger, *self.contradicted) if name == table.name}
        while pending:
            first = min(pending)
            batch = self._read(table, sorted(pending) if may_share(table, first, loaded) else [first])
            pending -= {member.arrival for member in batch.members}
            has_later = any(day > first for day in loaded)
            reports = self._load(batch, loaded, has_later=has_later)
            loaded |= {report.arrival for report in reports if report.files}
            loaded -= {report.arrival for report in reports if not report.files}
            if has_later:
                pending |= {day for day in stale_partitions(self.connection, table.name) if day > first}
            for report in reports:
                self.reports.append(report)
                if self.on_partition:
                    self.on_partition(report)

    def _read(self, table: LandingTable, arrivals: Sequence[date]) -> Batch:
        """Stage partitions from the first on, as many as a batch takes."""
        asked = (self.probe, self.settings.id_words == "accept")
        stage = Stage(self.connection, table, day_ends(arrivals[0], self.settings), *asked)
        stage.clear()
        unread = self._unread(table, arrivals[:MOST_PARTITIONS])
        return Batch(stage, self._read_together(stage, of_few_bytes(unread)) or self._read_each(stage, unread))

    def _unread(self, table: LandingTable, arrivals: Sequence[date]) -> list[Member]:
        members: list[Member] = []
        first = 0
        for arrival in arrivals:
            partition = self.landed.partitions.get((table.name, arrival), Partition(table.name, arrival, ()))
            digest = self._hash(partition)
            files = sorted(partition.files, key=lambda file: (self.digests[file.key], file.name))
            members.append(Member(partition, digest, files, first))
            first += len(files)
        return members

    def _read_together(self, stage: Stage, members: Sequence[Member]) -> list[Member]:
        """The members with what was read of their files; none where these are to be read one by one."""
        files = [file for member in members for file in member.files]
        ends = [day_ends(member.arrival, self.settings) for member in members for _ in member.files]
        read = stage.read_together(files, ends) if len(files) > 1 else []
        for file, each in zip(files, read, strict=False):
            self._check(stage.table, file, each)
        return [replace(member, read=[read[number] for number in member.numbers]) for member in members if read]

    def _read_each(self, stage: Stage, members: Sequence[Member]) -> list[Member]:
        done: list[Member] = []
        rows = 0
        for member in members:
            of_day = replace(stage, arrival_ends=day_ends(member.arrival, self.settings))
            read = [of_day.read(number, file) for number, file in zip(member.numbers, member.files, strict=True)]
            for file, each in zip(member.files, read, strict=True):
                self._check(stage.table, file, each)
            done.append(replace(member, read=read))
            rows += sum(each.rows for each in read)
            if rows >= MOST_ROWS:
                break
        return done

    def _load(self, batch: Batch, loaded: set[date], *, has_later: bool) -> list[PartitionReport]:
        """Settle and write what was staged; a partition that was loaded before is replaced."""
        stage, table, first = batch.stage, batch.stage.table, batch.members[0].arrival
        lost, filled = refused_whole(stage), filled_columns(stage)
        mask_texts(stage)
        leaning = settle(batch, has_earlier=any(day < first for day in loaded))
        stage.overflow.trim()
        reports = accounted(batch)
        with _transaction(self.connection):
            if first in loaded:
                if has_later:
                    mark_later_stale(self.connection, table, first)
                forget_partition(self.connection, table, first)
            if batch.names:
                write(batch, reports, self.rules[table.name], leaning, filled)
                note_lost_files(batch, lost)
                record_files(self.connection, batch, self.digests, lost)
            if has_later:
                mark_later_stale(self.connection, table, first)
        return reports

    def _check(self, table: LandingTable, file: LandedFile, read: FileRead) -> None:
        if not file.refusal and not file.is_unchanged():
            raise LandingError(
                file.name, expected="a finished file", found="it changed while it was read", remedy="Land again"
            )
        if read.unknown:
            self.notices.append(f"{table.name}: unknown columns are left out: {', '.join(read.unknown)}")


@contextmanager
def _transaction(connection: Connection) -> Iterator[None]:
    connection.execute("begin")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
