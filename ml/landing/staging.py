"""Reads a partition's files into temporary tables: ``staged`` (typed rows) and ``refused``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from ml.durable import no_space
from ml.errors import LandingError
from ml.landing.casting import TEXT, Reading, read_columns, value_class
from ml.landing.folder import LandedFile
from ml.landing.keys import key_text
from ml.landing.refusal import Refusal, RefusedFileError, RefusedRow
from ml.landing.schema import LandingTable, Rule
from ml.landing.text_files import ROW, Chunk, open_text, require_columns
from ml.warehouse.connection import Connection, DatabaseError, OutOfMemory

_REFUSED = {
    "_file_no": pl.Int32(),
    ROW: pl.Int64(),
    "column_name": pl.String(),
    "value_class": pl.String(),
    "reason": pl.String(),
    "remedy": pl.String(),
}
_GLOB = re.compile(r"([*?\[])")


@dataclass(frozen=True)
class FileRead:
    """What reading one file gave: its records and the columns nobody asked for."""

    rows: int
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """The temporary tables that take a partition's rows on their way into the raw table."""

    connection: Connection
    table: LandingTable
    arrival_ends: datetime

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

    def read(self, number: int, file: LandedFile) -> FileRead:
        """Stage one file. A file that cannot be used counts as one record, refused whole."""
        try:
            if file.refusal:
                raise RefusedFileError(file.refusal)
            return self._parquet(number, file) if file.path.suffix == ".parquet" else self._text(number, file)
        except RefusedFileError as refused:
            self._discard(number)
            self.refuse(number, [RefusedRow(-1, refused.refusal)])
            return FileRead(1)
        except OSError as unreadable:
            raise LandingError(
                file.name, expected="a file that can be read", found=type(unreadable).__name__, remedy="Land again"
            ) from unreadable

    def refuse(self, number: int, rows: list[RefusedRow]) -> None:
        """Put rows of file ``number`` among the refused; row -1 stands for the whole file."""
        if not rows:
            return
        records = [
            (number, None if row.row < 0 else row.row, why.column, why.value_class, why.reason, why.remedy)
            for row in rows
            for why in (row.refusal,)
        ]
        self._insert("refused", pl.DataFrame(records, schema=_REFUSED, orient="row"), "select *, null from arriving")

    def _discard(self, number: int) -> None:
        for name in ("staged", "refused"):
            self.connection.execute(f"delete from {name} where _file_no = ?", [number])

    def _text(self, number: int, file: LandedFile) -> FileRead:
        source = open_text(file.path, self.table)
        readings = read_columns(self.table, dict.fromkeys(source.columns, TEXT), self.arrival_ends)
        rules = _rules(self.table, readings)
        query = self._judged(number, "arriving", source.columns, readings, rules)
        rows = 0
        for chunk in source.chunks:
            rows += chunk.read
            self._chunk(number, chunk, query)
        self._name_broken_rules(number, rules)
        return FileRead(rows, source.unknown)

    def _chunk(self, number: int, chunk: Chunk, query: str) -> None:
        self.refuse(number, chunk.refused)
        if chunk.rows:
            self._insert("staged", chunk.frame(), query)

    def _insert(self, target: str, frame: pl.DataFrame, query: str) -> None:
        self.connection.register("arriving", frame.to_arrow())
        try:
            self.connection.execute(f"insert into {target} {query}")
        finally:
            self.connection.unregister("arriving")

    def _parquet(self, number: int, file: LandedFile) -> FileRead:
        path = _GLOB.sub(r"[\1]", str(file.path))
        with _readable():
            types = self._parquet_types(path)
            counted = self.connection.execute("select num_rows from parquet_file_metadata(?)", [path]).fetchall()
        require_columns(list(types), self.table)
        readings = read_columns(self.table, types, self.arrival_ends)
        rules = _rules(self.table, readings)
        known = tuple(name for name in self.table.names if name in types)
        literal = path.replace("'", "''")
        columns = ", ".join(f'"{name}"' for name in known)
        options = "file_row_number = true, hive_partitioning = false"
        scan = f"(select {columns}, file_row_number + 1 as _row from read_parquet('{literal}', {options}))"
        query = self._judged(number, scan, known, readings, rules)
        with _readable():
            self.connection.execute(f"insert into staged {query}")
        self._name_broken_rules(number, rules)
        return FileRead(counted[0][0], tuple(name for name in types if name not in self.table.names))

    def _parquet_types(self, path: str) -> dict[str, str]:
        described = self.connection.execute(
            "describe select * from read_parquet(?, hive_partitioning = false)", [path]
        ).fetchall()
        return {name: kind for name, kind, *_ in described}

    def _judged(
        self, number: int, source: str, known: tuple[str, ...], readings: Mapping[str, Reading], rules: tuple[Rule, ...]
    ) -> str:
        """SQL for the typed rows of ``source``, each with the first rule that it breaks."""
        texts = ", ".join(f'"{name}" as s_{name}' for name in known)
        typed = ", ".join(f'{readings[name].typed} as "{name}"' for name in self.table.names)
        broken = " ".join(f"when {rule.broken} then {index}" for index, rule in enumerate(rules))
        values = " ".join(
            f"when _rule in ({', '.join(str(index) for index, rule in enumerate(rules) if rule.column == name)}) "
            f"then s_{name}::varchar"
            for name in dict.fromkeys(rule.column for rule in rules)
            if name in known
        )
        columns = ", ".join(f'"{name}"' for name in self.table.names)
        return f"""
            with source as (select _row, {texts} from {source}),
            typed as (select *, {typed} from source),
            judged as (select *, case {broken} end::smallint as _rule from typed)
            select {number}, _row, {columns}, _rule, case {values} end from judged
        """

    def _name_broken_rules(self, number: int, rules: tuple[Rule, ...]) -> None:
        broken = self.connection.execute(
            "select distinct _rule from staged where _file_no = ? and _rule is not null", [number]
        ).fetchall()
        for (index,) in broken:
            rule = rules[index]
            self.connection.execute(
                f"insert into refused select _file_no, _row, ?, {value_class('_value')}, ?, ?, "
                f"{key_text(self.table, 'staged')} from staged where _file_no = ? and _rule = ?",
                [rule.column, rule.reason, rule.remedy, number, index],
            )
        if broken:
            self.connection.execute("delete from staged where _file_no = ? and _rule is not null", [number])


def _rules(table: LandingTable, readings: Mapping[str, Reading]) -> tuple[Rule, ...]:
    return (*(rule for reading in readings.values() for rule in reading.rules), *table.rules)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except DatabaseError as broken:
        if no_space(broken) or isinstance(broken, OutOfMemory):
            raise  # the machine's fault; the file may be good
        reason = f"the file is no readable Parquet ({type(broken).__name__}); was it cut off?"
        raise RefusedFileError(Refusal(None, "unreadable bytes", reason, "Upload it again")) from broken
