"""Rows of a source on their way: judged by the contract's forms into a throw-away database, in chunks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import polars as pl

from ml.landing.adapters.kind import Kind, Row
from ml.landing.adapters.pseudonyms import Pseudonyms
from ml.landing.casting import LATE, TEXT, ArrivalEnds, read_columns, value_class
from ml.landing.contract import CONTRACT
from ml.landing.judging import Judge
from ml.landing.refusal import Refusal
from ml.landing.schema import LandingTable, Rule
from ml.warehouse.connection import Connection

_CHUNK = 50_000
_PLACES = "_file_no, _row, _part, _at, _order"
Schema = dict[str, pl.DataType]
_PLACED: Schema = {
    "_file_no": pl.Int32(),
    "_row": pl.Int64(),
    "_part": pl.Int32(),
    "_at": pl.String(),
    "_order": pl.String(),
}
_REFUSED: Schema = {
    "_file_no": pl.Int32(),
    "row_number": pl.Int64(),
    "table_name": pl.String(),
    **dict.fromkeys(("column_name", "value_class", "reason", "remedy"), pl.String()),
}
_WHOLE: Schema = {
    "_file_no": pl.Int32(),
    "_row": pl.Int64(),
    **dict.fromkeys(("_order", "event_id", "event_ts"), pl.String()),
}
_AT = r"try_cast(regexp_replace(_at, ' ([+-])', '\1') as timestamptz) as _at"
_EVENTS = "interactions"
_FUTURE = "Check the source's clock: it lies after today, or after the day of --arrived"


@dataclass
class Staged:
    """The temporary tables ``staged_<table>`` (typed rows), ``whole_refund`` and ``refused``.

    ``made`` counts the rows that records became by file and table, whatever was said about them later.
    """

    connection: Connection
    kind: Kind
    pseudonyms: Pseudonyms
    ends: datetime
    accepts_id_words: bool = False
    made: Counter[tuple[int, str]] = field(default_factory=Counter)
    _rows: dict[str, list[tuple[object, ...]]] = field(default_factory=lambda: defaultdict(list))
    _refused: list[tuple[object, ...]] = field(default_factory=list)
    _judges: dict[str, Judge] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection.execute(
            "create temp table refused (_file_no integer, row_number bigint, table_name varchar, column_name varchar, "
            "value_class varchar, reason varchar, remedy varchar);"
            "create temp table whole_refund (_file_no integer, _row bigint, _order varchar, event_id varchar, "
            "event_ts varchar)"
        )

    @property
    def tables(self) -> list[LandingTable]:
        """The tables of which rows came, in the contract's order."""
        return [table for name, table in CONTRACT.items() if name in self._judges]

    def add(self, file: int, line: int, rows: Sequence[Row]) -> None:
        """Stage what a record became."""
        for part, row in enumerate(rows):
            values = row.values
            if row.table == _EVENTS and row.order and not values.get("item_id") and values["event_type"] == "refund":
                self._rows[""].append((file, line, row.order, values["event_id"], values["event_ts"]))
                continue
            place = (file, line, part, row.at, row.order)
            names = CONTRACT[row.table].names
            texts = (self.pseudonyms.user_id(values.get(n)) if n == "user_id" else values.get(n) for n in names)
            self._rows[row.table].append((*place, *texts))
            self.made[file, row.table] += 1
            if len(self._rows[row.table]) >= _CHUNK:
                self._flush(row.table)

    def refuse(self, file: int, line: int | None, refusal: Refusal) -> None:
        """Refuse a record, or without a line a whole file."""
        self._refused.append(
            (file, line, None, refusal.column, refusal.value_class, refusal.reason, refusal.remedy),
        )
        if len(self._refused) >= _CHUNK:
            self._flush_refused()

    def discard(self, file: int) -> None:
        """Forget everything of a file."""
        self.flush()
        for name in ("refused", "whole_refund", *(f"staged_{table.name}" for table in self.tables)):
            self.connection.execute(f"delete from {name} where _file_no = ?", [file])
        for key in [key for key in self.made if key[0] == file]:
            del self.made[key]

    def flush(self) -> None:
        """Bring everything into the database."""
        for name in list(self._rows):
            self._flush(name)
        self._flush_refused()

    def take_back_orders(self) -> list[tuple[int, int]]:
        """Turn refunds of whole orders into refunds of their purchases; returns per file how many found none."""
        if not self.connection.execute("select count(*) from whole_refund").fetchall()[0][0]:
            return []  # most sources have none
        table = CONTRACT[_EVENTS]
        if _EVENTS not in self._judges:
            self._judge(table)
        given = {"event_id": "left(sha256(r.event_id || '/' || p.event_id), 32)", "event_type": "'refund'"}
        given |= {"event_ts": "r.event_ts", "discount": "null::varchar"}
        texts = ", ".join(f"{given.get(name, f'p.{name}::varchar')} as {name}" for name in table.names)
        joined = (
            f"(select r._file_no, r._row, row_number() over (partition by r._file_no, r._row order by p.event_id) "
            f"::integer as _part, null::timestamptz as _at, r._order, {texts} from whole_refund as r "
            f"join staged_{_EVENTS} as p on r._order = p._order and p.event_type = 'purchase' and p._rule is null)"
        )
        counted = self.connection.execute(f"select _file_no, count(*) from {joined} group by 1").fetchall()
        self.made.update({(file, _EVENTS): rows for file, rows in counted})
        self.connection.execute(
            f"insert into staged_{_EVENTS} {self._judges[_EVENTS].query(joined, table.names, _PLACES)}"
        )
        return self.connection.execute(
            "select _file_no, count(*) from whole_refund as r where not exists (select 1 from "
            f"staged_{_EVENTS} as p where p._order = r._order and p.event_type = 'purchase') group by 1"
        ).fetchall()

    def name_broken_rules(self) -> None:
        """Move rows that break a rule of the contract among the refused, with the source's names of columns."""
        for table in self.tables:
            rules, staged = self._judges[table.name].rules, f"staged_{table.name}"
            found = self.connection.execute(f"select distinct _rule from {staged} where _rule is not null").fetchall()
            for (index,) in found:
                rule = _in_its_words(rules[index])
                column = self.kind.source_column(table.name, rule.column)
                self.connection.execute(
                    f"insert into refused select _file_no, _row, ?, ?, coalesce(?, {value_class('_value')}), ?, ? "
                    f"from {staged} where _rule = ?",
                    [table.name, column, rule.kind, rule.reason, rule.remedy, index],
                )
            self.connection.execute(f"delete from {staged} where _rule is not null")

    def _flush(self, name: str) -> None:
        rows = self._rows.pop(name, [])
        if not rows:
            return
        if not name:
            frame = pl.DataFrame(rows, schema=_WHOLE, orient="row")
            self._insert("whole_refund", frame, "select * from arriving")
            return
        table = CONTRACT[name]
        judge = self._judge(table)
        schema: Schema = {**_PLACED, **dict.fromkeys(table.names, pl.String())}
        source = f"(select * replace ({_AT}) from arriving)"
        query = judge.query(source, table.names, _PLACES)
        self._insert(f"staged_{name}", pl.DataFrame(rows, schema=schema, orient="row"), query)

    def _flush_refused(self) -> None:
        if self._refused:
            frame = pl.DataFrame(self._refused, schema=_REFUSED, orient="row")
            self._insert("refused", frame, "select * from arriving")
            self._refused.clear()

    def _judge(self, table: LandingTable) -> Judge:
        """How the table's rows are judged; its temporary table is made on the way."""
        if table.name not in self._judges:
            types = dict.fromkeys(table.names, TEXT)
            readings = read_columns(table, types, ArrivalEnds.of(self.ends), accepts_id_words=self.accepts_id_words)
            self._judges[table.name] = Judge(table, readings)
            columns = ", ".join(f'"{column.name}" {column.type.sql}' for column in table.columns)
            self.connection.execute(
                f"create temp table staged_{table.name} (_file_no integer, _row bigint, _part integer, "
                f"_at timestamptz, _order varchar, {columns}, _rule smallint, _value varchar)"
            )
        return self._judges[table.name]

    def _insert(self, target: str, frame: pl.DataFrame, query: str) -> None:
        self.connection.register("arriving", frame.to_arrow())
        try:
            self.connection.execute(f"insert into {target} {query}")
        finally:
            self.connection.unregister("arriving")


def _in_its_words(rule: Rule) -> Rule:
    """A rule's remedy as it helps with a source, which has no folders of arrival days."""
    return replace(rule, remedy=_FUTURE) if rule.remedy == LATE else rule
