"""Reads a partition's files into temporary tables: ``staged`` (typed rows) and ``refused``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from ml.durable import no_space
from ml.errors import LandingError
from ml.landing.casting import TEXT, Reading, read_columns, value_class
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
        judge = Judge(self.table, self._readings(dict.fromkeys(source.columns, TEXT)))
        given = f"(select {number} as _file_no, * from arriving)"
        rows = refused = 0
        for chunk in source.chunks:
            rows += chunk.read
            self._refuse_some(number, chunk.refused, refused)
            refused += len(chunk.refused)
            if chunk.rows:
                with self._arriving(chunk.frame()):
                    self._judge(number, judge, given, source.columns, after=chunk.numbers[0] - 1)
        rules = judge.rules
        if ".jsonl" in file.path.name.lower():
            rules = tuple(self._with_renamings(rule, source.unknown) for rule in rules)
        self._name_broken_rules(number, rules)
        return FileRead(rows, left_out(source.unknown, self.table))

    def _readings(self, types: Mapping[str, str]) -> dict[str, Reading]:
        return read_columns(self.table, types, self.arrival_ends, accepts_id_words=self.accepts_id_words)

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

    def _judge(self, number: int, judge: Judge, source: str, known: tuple[str, ...], after: int = 0) -> None:
        """Stage the rows of a source, which follow row ``after`` of file ``number``, with the rules that they break."""
        self.connection.execute(f"insert into staged {judge.query(source, known, _PLACE, in_doubt=False)}")
        place = f"staged where _file_no = {number} and {ROW} > {after}"
        if self.connection.execute(f"select 1 from {place} and _rule = {DOUBTED} limit 1").fetchall():
            self.connection.execute(f"delete from {place}")
            self.connection.execute(f"insert into staged {judge.query(source, known, _PLACE)}")

    def _parquet(self, number: int, file: LandedFile) -> FileRead:
        found = self.probe.describe(file.path, self.table)
        require_columns(list(found.types), self.table)
        judge = Judge(self.table, self._readings(found.types))
        known = tuple(name for name in self.table.names if name in found.types)
        self.probe.read_through(file.path, found, list(known))
        columns = ", ".join(f'"{name}"' for name in known)
        source = f"(select {columns}, {number} as _file_no, file_row_number + 1 as _row from {scan(file.path)})"
        try:
            self._judge(number, judge, source, known)
        except DatabaseError as broken:
            if no_space(broken) or isinstance(broken, OutOfMemory):
                raise  # the machine's fault: the file was read before
            raise refusal_of(broken, file.path) from broken
        self._name_broken_rules(number, judge.rules)
        return FileRead(
            found.rows, left_out([name for name in found.types if name not in self.table.names], self.table)
        )

    def _name_broken_rules(self, number: int, rules: tuple[Rule, ...]) -> None:
        broken = self.connection.execute(
            "select distinct _rule from staged where _file_no = ? and _rule is not null", [number]
        ).fetchall()
        for (index,) in broken:
            rule = rules[index]
            self.connection.execute(
                f"insert into refused select _file_no, _row, ?, coalesce(?, {value_class('_value')}), ?, ?, "
                f"{key_text(self.table, 'staged')} from staged where _file_no = ? and _rule = ?",
                [rule.column, rule.kind, rule.reason, rule.remedy, number, index],
            )
        if broken:
            self.connection.execute("delete from staged where _file_no = ? and _rule is not null", [number])


def _unexpected(failed: Exception) -> Refusal:
    reason = f"the file cannot be read ({type(failed).__name__})"
    return Refusal(None, "unreadable content", reason, "Write the file anew; if that changes nothing, report it")


def _machine(file: LandedFile, found: str) -> LandingError:
    return LandingError(file.name, expected="a file that can be read", found=found, remedy="Land again")
