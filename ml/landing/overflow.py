"""Refused rows beyond a file's limit: counted, not listed, so that the quarantine stays of a size to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ml.warehouse.connection import Connection

_KIND = "many refused rows"
_REPEATED = "case when value_class like 'a repeated %' then value_class else '" + _KIND + "' end"
_REASON = "' rows more are refused; only the rows before this one are listed'"
_REMEDY = "Correct what the listed rows name; SHELDUCK_MAX_QUARANTINED_ROWS sets how many are listed"


@dataclass(frozen=True)
class Overflow:
    """The temporary table ``unlisted`` beside ``refused``: per file, how many refused rows are not in it."""

    connection: Connection
    limit: int

    def clear(self) -> None:
        """Empty the table for the next partition."""
        self.connection.execute(
            "create temp table if not exists unlisted (_file_no integer, _row bigint, kind varchar, records bigint); "
            "truncate unlisted"
        )

    def discard(self, number: int) -> None:
        """Forget what was counted of a file."""
        self.connection.execute("delete from unlisted where _file_no = ?", [number])

    def count(self, number: int, first: int, records: int) -> None:
        """Count refused rows of a file that were not listed, the first of them on the row ``first``."""
        self.connection.execute("insert into unlisted values (?, ?, ?, ?)", [number, first, _KIND, records])

    def trim(self) -> None:
        """Take listed rows beyond the limit off the list, the last of each file."""
        if not self._found(f"select 1 from refused group by _file_no having count(*) > {self.limit} limit 1"):
            return
        self.connection.execute(
            f"""
            create or replace temp table beyond as
                select rowid as place, _file_no, _row, {_REPEATED} as kind from refused
                qualify row_number() over (partition by _file_no order by _row, rowid) > {self.limit};
            insert into unlisted select _file_no, min(_row), kind, count(*) from beyond group by _file_no, kind;
            delete from refused where rowid in (select place from beyond);
            drop table beyond
            """
        )

    def write(self, table: str, names: Sequence[str], arrivals: Sequence[date]) -> None:
        """One row of the quarantine per file and kind of rows that are not listed; repeated keys are a kind."""
        if not self._found("select 1 from unlisted limit 1"):
            return
        self.connection.execute(
            "insert into raw.quarantine (table_name, file, row_number, value_class, reason, remedy, arrival_date, "
            "records) select $table, $names[_file_no + 1], min(_row), kind, "
            f"sum(records)::bigint || {_REASON}, $remedy, $arrivals[_file_no + 1], sum(records)::bigint from unlisted "
            "group by _file_no, kind",
            {"table": table, "names": names, "arrivals": arrivals, "remedy": _REMEDY},
        )

    def _found(self, query: str) -> bool:
        return bool(self.connection.execute(query).fetchall())
