"""Translates a source that a shop already has into landing files, day by day: ``adapt(settings, request)``.

The source is read as a stream. Its rows are judged by the contract's own forms in a throw-away database on disk, so
that everything that is written is accepted by the loader in full; what is refused is listed beside the landing files.
"""

from __future__ import annotations

import shlex
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from ml.durable import no_space, writing
from ml.errors import LandingError
from ml.home import enter
from ml.landing.adapters.kind import Kind, Record, Translate, Translation, UnusableRecord
from ml.landing.adapters.listed import accounts, list_refused
from ml.landing.adapters.pseudonyms import Pseudonyms
from ml.landing.adapters.report import AdaptReport, FileReport
from ml.landing.adapters.settled import Partition, refuse_repeated, settle
from ml.landing.adapters.sources import Records, SourceFile, open_source, source_files
from ml.landing.adapters.staged import Staged
from ml.landing.adapters.written import Output
from ml.landing.faults import Fault, quarantined_faults
from ml.landing.folder import close_day, day_ends
from ml.landing.limits import Limits
from ml.landing.refusal import Refusal, RefusedFileError
from ml.settings import Settings
from ml.warehouse.connection import Connection, connect

OnProgress = Callable[[str, int], None]
"""Gets a file's name and how many of its records were read so far."""

_UNLIMITED: Final = 2**63 - 1
_TOLD_EVERY: Final = 10_000
_MOST_REASONS: Final = 100
_NO_ORDER: Final = "refunds of orders that this source does not hold"


@dataclass(frozen=True)
class Request:
    """What to adapt.

    Without ``arrived`` every event arrives on its own day; with it everything arrives on that day. ``close`` asks for
    the marks of all days from the first to the last, those without files too.
    """

    kind: Kind
    source: Path
    arrived: date | None = None
    close: bool = False

    @property
    def command(self) -> str:
        """The command that asks for it, without --close."""
        arrived = f" --arrived {self.arrived}" if self.arrived else ""
        return f"shelduck adapt {self.kind.name} {shlex.quote(str(self.source))}{arrived}"


@dataclass
class _Tally:
    """What became of one file's records; ``records`` is the sum of the three others."""

    records: int = 0
    translated: int = 0
    empty: int = 0
    refused: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def adapt(settings: Settings, request: Request, on_progress: OnProgress | None = None) -> AdaptReport:
    """Write the landing files of a source, whole files only, the same bytes for the same source.

    Raises:
        LandingError: nothing to read, no day for items and shoppers, a closed day would change, or
            records that are not accounted for; nothing is written then.
        DiskFull: no room for the landing files or, in the temporary folder, for the rows on their way.
    """
    files, notices = source_files(request.kind, request.source)
    enter(settings)
    settings.landing_dir.mkdir(parents=True, exist_ok=True)
    output = Output.of(settings, request.kind.name, request.source)
    with writing("adapting a source"), output.held() as work, _scratch(settings) as connection:
        staged = _staged(connection, settings, request)
        tallies = [_read(staged, number, file, on_progress) for number, file in enumerate(files)]
        partitions = _settle(staged, tallies, files, settings, request.arrived)
        reports = _account(staged, files, tallies)
        count = output.write(connection, partitions, work)
        refused = list_refused(connection, [file.name for file in files], output, settings.max_quarantined_rows)
        faults = tuple(quarantined_faults(connection))
    days = tuple(sorted({partition.arrival for partition in partitions}))
    closed = _close(settings, request, days, faults)
    told = (*notices, *(f"{name} was replaced or removed" for name in output.replaced))
    return AdaptReport(
        request.command, tuple(reports), _rows(partitions), count, days, closed, faults, refused, tuple(told)
    )


@contextmanager
def _scratch(settings: Settings) -> Iterator[Connection]:
    """A throw-away database in the temporary folder."""
    with (
        tempfile.TemporaryDirectory(prefix="shelduck-adapt-", ignore_cleanup_errors=True) as folder,
        connect(settings, Path(folder) / "adapt.duckdb") as connection,
    ):
        yield connection


def _staged(connection: Connection, settings: Settings, request: Request) -> Staged:
    last = request.arrived or datetime.now(settings.zone).date()
    accepts = settings.id_words == "accept"
    return Staged(connection, request.kind, Pseudonyms.of(settings), day_ends(last, settings), accepts)


def _read(staged: Staged, number: int, file: SourceFile, on_progress: OnProgress | None) -> _Tally:
    """Stage one file. A file that cannot be used to its end counts as one record, refused whole."""
    tally = _Tally()
    try:
        records, translate = open_source(staged.kind, file, Limits(_UNLIMITED, _UNLIMITED, _UNLIMITED))
        for _ in _translated(staged, number, records, translate, tally):
            if on_progress and tally.records % _TOLD_EVERY == 0:
                on_progress(file.name, tally.records)
    except RefusedFileError as unusable:
        staged.discard(number)
        staged.refuse(number, None, unusable.refusal)
        tally = _Tally(records=1, refused=1)
    except OSError as failed:
        if no_space(failed):
            raise
        raise LandingError(
            file.name, expected="a file that can be read", found=type(failed).__name__, remedy="Check its permissions"
        ) from failed
    return tally


def _translated(staged: Staged, number: int, records: Records, translate: Translate, tally: _Tally) -> Iterator[None]:
    """Stage what each record becomes, and count it."""
    for line, record in records:
        tally.records += 1
        yield
        found = record if isinstance(record, Refusal) else _one(record, translate)
        if isinstance(found, Refusal):
            tally.refused += 1
            staged.refuse(number, line, found)
            continue
        for reason in found.left_out:
            known = reason in tally.left_out or len(tally.left_out) < _MOST_REASONS
            tally.left_out[reason if known else "other reasons"] += 1
        if found.rows:
            tally.translated += 1
            staged.add(number, line, found.rows)
        else:
            tally.empty += 1


def _one(record: Record, translate: Translate) -> Translation | Refusal:
    try:
        return translate(record)
    except UnusableRecord as unusable:
        return unusable.refusal


def _settle(
    staged: Staged, tallies: list[_Tally], files: list[SourceFile], settings: Settings, arrived: date | None
) -> list[Partition]:
    names, zone = [file.name for file in files], settings.timezone
    staged.flush()
    staged.name_broken_rules()
    refuse_repeated(staged, names, zone)
    for number, count in staged.take_back_orders():
        tallies[number].left_out[_NO_ORDER] += count
    staged.name_broken_rules()
    refuse_repeated(staged, names, zone)
    return settle(staged, zone, arrived)


def _account(staged: Staged, files: list[SourceFile], tallies: list[_Tally]) -> list[FileReport]:
    """Compare what was read with what became of it.

    Raises:
        LandingError: records or rows are not accounted for.
    """
    reports = []
    counts = accounts(staged, [tally.records for tally in tallies])
    for file, tally, (records, rows) in zip(files, tallies, counts, strict=True):
        found = tally.translated + tally.empty + tally.refused
        if found != tally.records or any(row.read != row.accepted + row.quarantined for row in rows.values()):
            raise LandingError(
                file.name,
                expected=f"{tally.records:,} records and their rows accounted for",
                found=f"{found:,} records, rows {rows}",
                remedy="Nothing was written; please report this as a bug",
            )
        reports.append(FileReport(file.name, records, rows, dict(tally.left_out)))
    return reports


def _rows(partitions: list[Partition]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for partition in partitions:
        counts[partition.table.name] += partition.rows
    return dict(counts)


def _close(settings: Settings, request: Request, days: tuple[date, ...], faults: tuple[Fault, ...]) -> tuple[date, ...]:
    """Close the days that were asked for, from the first to the last; none where a file was refused as a whole."""
    first, last = (request.arrived,) * 2 if request.arrived else (days[0], days[-1]) if days else (None, None)
    if not request.close or first is None or last is None or any(fault.is_whole for fault in faults):
        return ()
    span = tuple(first + timedelta(days=number) for number in range((last - first).days + 1))
    for day in span:
        close_day(settings, day)
    return span
