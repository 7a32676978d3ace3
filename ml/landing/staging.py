"""Reads a partition's files into temporary tables: ``staged`` (typed rows) and ``refused``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from ml.durable import no_space
from ml.errors import LandingError
from ml.landing.alike_files import look_through
from ml.landing.casting import TEXT, ArrivalEnds, Reading, read_columns, value_class
from ml.landing.folder import LandedFile
from ml.landing.header_hints import hint_for_objects, left_out, require_columns
from ml.landing.judging import DOUBTED, Judge
from ml.landing.keys import key_text
from ml.landing.overflow import Overflow
from ml.landing.parquet_files import ParquetProbe, refusal_of, scan
from ml.landing.refusal import Refusal, RefusedFileError, RefusedRow
from ml.landing.schema import LandingTable, Rule
from ml.landing.text_files import ROW, open_text
from ml.warehouse.connection import Connection, DatabaseError, OutOfMemory, is_damage

_PLACE = f"_file_no, {ROW}"
_REFUSED = {
    "_file_no": pl.Int32(),
    ROW: pl.Int64(),
    "column_name": pl.String(),
    "value_class": pl.String(),
    "reason": pl.String(),
    "remedy": pl.String(),
}


@dataclass(frozen=True)
class FileRead:
    """What reading one file gave: its records and the columns nobody asked for, as far as they may be shown."""

    rows: int
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """The temporary tables that take a partition's rows on their way into the raw table."""

    connection: Connection
    table: LandingTable
    arrival_ends: datetime
    probe: ParquetProbe
    accepts_id_words: bool = False

    @property
    def overflow(self) -> Overflow:
        """Refused rows that are counted and not listed."""
        return Overflow(self.connection, self.probe.limits.quarantined)

    def clear(self) -> None:
        """Empty tables for the next partition."""
        columns = ", ".join(f'"{column.name}" {column.type.sql}' for column in self.table.columns)
        texts = "column_name varchar, value_class varchar, reason varchar, remedy varchar, key varchar"
        self.connection.execute(
            f"""
            create temp table if not exists refused (_file_no integer, _row bigint, {texts});
            create temp table if not exists unchanged (_file_no integer, _row bigint);
            truncate refused;
            truncate unchanged;
            create or replace temp table staged
                (_file_no integer, _row bigint, {columns}, _rule smallint, _value varchar)
            """
        )
        self.overflow.clear()

    def read(self, number: int, file: LandedFile) -> FileRead:
        """Stage one file. A file that cannot be used counts as one record, refused whole.

        Raises:
            LandingError: the disk or the machine failed; nothing is said about the file.
        """
        try:
            if file.refusal:
                raise RefusedFileError(file.refusal)
            return self._parquet(number, file) if file.is_parquet else self._text(number, file)
        except RefusedFileError as refused:
            return self._refuse_whole(number, refused.refusal)
        except OSError as unreadable:
            if no_space(unreadable):
                raise
            raise _machine(file, f"{type(unreadable).__name__} while it was read") from unreadable
        except MemoryError as full:
            raise _machine(file, "no memory left") from full
        except DatabaseError as failed:
            if no_space(failed) or isinstance(failed, OutOfMemory) or is_damage(str(failed)):
                raise  # the warehouse's fault or the machine's; the file may be good
            return self._refuse_whole(number, _unexpected(failed))
        except (ValueError, ArithmeticError, LookupError, RecursionError, pl.exceptions.PolarsError) as failed:
            return self._refuse_whole(number, _unexpected(failed))

    def read_together(self, files: Sequence[LandedFile], ends: Sequence[datetime]) -> list[FileRead]:
        """Stage Parquet files of one schema and without fault in one statement, numbered from 0.

        ``ends`` are the first instants after their arrival days. Empty, and nothing staged, where they are not alike
        or one of them wants a closer look: they are to be read one by one.
        """
        paths, arrival_ends = [file.path for file in files], ArrivalEnds.by_file(ends)
        if arrival_ends is None or any(file.refusal or not file.is_parquet for file in files):
            return []
        found = look_through(self.probe, paths, self.table)
        if found is None:
            return []
        types = found[0].types
        try:
            require_columns(list(types), self.table)
            self._parquet_rows(range(len(files)), paths, types, arrival_ends)
        except (DatabaseError, RefusedFileError):
            for number in range(len(files)):
                self._discard(number)
            return []
        unknown = self._unknown(types)
        return [FileRead(each.rows, unknown) for each in found]

    def _refuse_whole(self, number: int, refusal: Refusal) -> FileRead:
        self._discard(number)
        self.refuse(number, [RefusedRow(-1, refusal)])
        return FileRead(1)

    def refuse(self, number: int, rows: list[RefusedRow]) -> None:
        """Put rows of file ``number`` among the refused; row -1 stands for the whole file."""
        if not rows:
            return
        records = [
            (number, None if row.row < 0 else row.row, why.column, why.value_class, why.reason, why.remedy)
            for row in rows
            for why in (row.refusal,)
        ]
        with self._arriving(pl.DataFrame(records, schema=_REFUSED, orient="row")):
            self.connection.execute("insert into refused select *, null from arriving")

    def _discard(self, number: int) -> None:
        for name in ("staged", "refused"):
            self.connection.execute(f"delete from {name} where _file_no = ?", [number])
        self.overflow.discard(number)

    def _text(self, number: int, file: LandedFile) -> FileRead:
        source = open_text(file.path, self.table, self.probe.limits)
        numbers = range(number, number + 1)
        texts = dict.fromkeys(source.columns, TEXT)
        judge = Judge(self.table, self._readings(texts, ArrivalEnds.of(self.arrival_ends)))
        given = f"(select {number} as _file_no, * from arriving)"
        rows = refused = 0
        for chunk in source.chunks:
            rows += chunk.read
            self._refuse_some(number, chunk.refused, refused)
            refused += len(chunk.refused)
            if chunk.rows:
                with self._arriving(chunk.frame()):
                    self._judge(numbers, judge, given, source.columns, after=chunk.numbers[0] - 1)
        rules = judge.rules
        if ".jsonl" in file.path.name.lower():
            rules = tuple(self._with_renamings(rule, source.unknown) for rule in rules)
        self._name_broken_rules(numbers, rules)
        return FileRead(rows, left_out(source.unknown, self.table))

    def _readings(self, types: Mapping[str, str], ends: ArrivalEnds) -> dict[str, Reading]:
        return read_columns(self.table, types, ends, accepts_id_words=self.accepts_id_words)

    def _with_renamings(self, rule: Rule, unknown: Mapping[str, None]) -> Rule:
        """An empty required column of JSON objects may be one that has another name there."""
        if not unknown or not rule.is_presence:
            return rule
        return replace(rule, remedy=hint_for_objects(unknown, self.table, rule.column, rule.remedy))

    def _refuse_some(self, number: int, rows: list[RefusedRow], before: int) -> None:
        """List refused rows as far as the file's limit goes, and count the others."""
        room = max(0, self.overflow.limit - before)
        self.refuse(number, rows[:room])
        if rows[room:]:
            self.overflow.count(number, rows[room].row, len(rows) - room)

    @contextmanager
    def _arriving(self, frame: pl.DataFrame) -> Iterator[None]:
        self.connection.register("arriving", frame.to_arrow())
        try:
            yield
        finally:
            self.connection.unregister("arriving")

    def _judge(self, numbers: range, judge: Judge, source: str, known: tuple[str, ...], after: int = 0) -> None:
        """Stage the rows of a source with the rules that they break; in files ``numbers`` they follow row ``after``."""
        self.connection.execute(f"insert into staged {judge.query(source, known, _PLACE, in_doubt=False)}")
        place = f"staged where {_among(numbers)} and {ROW} > {after}"
        if self.connection.execute(f"select 1 from {place} and _rule = {DOUBTED} limit 1").fetchall():
            self.connection.execute(f"delete from {place}")
            self.connection.execute(f"insert into staged {judge.query(source, known, _PLACE)}")

    def _parquet(self, number: int, file: LandedFile) -> FileRead:
        found = self.probe.describe(file.path, self.table)
        require_columns(list(found.types), self.table)
        self.probe.read_through(file.path, found, self._known(found.types))
        try:
            self._parquet_rows(range(number, number + 1), [file.path], found.types, ArrivalEnds.of(self.arrival_ends))
        except DatabaseError as broken:
            if no_space(broken) or isinstance(broken, OutOfMemory):
                raise  # the machine's fault: the file was read before
            raise refusal_of(broken, file.path) from broken
        return FileRead(found.rows, self._unknown(found.types))

    def _parquet_rows(self, numbers: range, paths: Sequence[Path], types: Mapping[str, str], ends: ArrivalEnds) -> None:
        """Stage the rows of files that have the same columns."""
        judge, known = Judge(self.table, self._readings(types, ends)), self._known(types)
        columns = ", ".join(f'"{name}"' for name in known)
        number = f"(file_index + {numbers[0]})::integer" if len(paths) > 1 else str(numbers[0])
        source = f"(select {columns}, {number} as _file_no, file_row_number + 1 as _row from {scan(*paths)})"
        self._judge(numbers, judge, source, tuple(known))
        self._name_broken_rules(numbers, judge.rules)

    def _known(self, types: Mapping[str, str]) -> list[str]:
        return [name for name in self.table.names if name in types]

    def _unknown(self, types: Mapping[str, str]) -> tuple[str, ...]:
        return left_out([name for name in types if name not in self.table.names], self.table)

    def _name_broken_rules(self, numbers: range, rules: tuple[Rule, ...]) -> None:
        broken = self.connection.execute(
            f"select distinct _rule from staged where {_among(numbers)} and _rule is not null"
        ).fetchall()
        for (index,) in broken:
            rule = rules[index]
            self.connection.execute(
                f"insert into refused select _file_no, _row, ?, coalesce(?, {value_class('_value')}), ?, ?, "
                f"{key_text(self.table, 'staged')} from staged where {_among(numbers)} and _rule = ?",
                [rule.column, rule.kind, rule.reason, rule.remedy, index],
            )
        if broken:
            self.connection.execute(f"delete from staged where {_among(numbers)} and _rule is not null")


def _among(numbers: range) -> str:
    """SQL: a row is of one of these files."""
    return f"_file_no between {numbers[0]} and {numbers[-1]}"


def _unexpected(failed: Exception) -> Refusal:
    reason = f"the file cannot be read ({type(failed).__name__})"
    return Refusal(None, "unreadable content", reason, "Write the file anew; if that changes nothing, report it")


def _machine(file: LandedFile, found: str) -> LandingError:
    return LandingError(file.name, expected="a file that can be read", found=found, remedy="Land again")
