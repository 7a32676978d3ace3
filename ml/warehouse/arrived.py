"""What arrived on one day, for the people who run the night: rows per table, what was refused, what is odd.

From landed rows up to the day alone, so it says the same whenever it is asked. No values, only counts and reasons.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ml.warehouse.connection import Connection
from ml.warehouse.refused import REPEATED_KEY, REPEATED_ROW, refused_rows
from ml.warehouse.restrictions import Restrictions, restrictions, waive_command

_SHOWN_FAULTS: Final = 20
_CHANCE: Final = 0.001
"""A column counts as gone where so many rows without a value would be a rarer accident than this."""
_TABLES: Final = """
    select table_name, rows_read, rows_accepted, coalesce(refused, 0), coalesce(repeated, 0),
        coalesce(is_at_least, false)
    from raw.landing_partition left join ({refused_rows}) using (table_name, arrival_date)
    where arrival_date = ? order by table_name
"""
_FAULTS: Final = f"""
    select table_name, file, column_name, reason, remedy, sum(records)::bigint as records, min(row_number)
    from raw.quarantine
    where arrival_date = ? and value_class not in ('{REPEATED_KEY}', '{REPEATED_ROW}')
    group by all order by records desc, table_name, file, reason limit {_SHOWN_FAULTS}
"""
_COLUMNS: Final = """
    select table_name, arrival_date, rows_accepted, unknown_columns, filled
    from raw.landing_partition
    where rows_accepted > 0 and arrival_date <= ?
        and table_name in (select table_name from raw.landing_partition where arrival_date = ?)
    qualify row_number() over (partition by table_name order by arrival_date desc) <= 2
    order by table_name, arrival_date desc
"""


@dataclass(frozen=True)
class ArrivedTable:
    """One table's partition of the day. ``refused`` counts rows, also the probable ones of files refused whole."""

    table: str
    read: int
    accepted: int
    refused: int
    repeated: int
    is_at_least: bool

    def told(self) -> str:
        """``rules: at least 1 row refused``."""
        few = "at least " if self.is_at_least else ""
        return f"{self.table}: {few}{self.refused:,} row{'' if self.refused == 1 else 's'} refused"


@dataclass(frozen=True)
class Fault:
    """Records of one file that were refused for one reason."""

    table: str
    file: str
    column: str | None
    reason: str
    remedy: str
    records: int
    first_row: int | None


@dataclass(frozen=True)
class Arrived:
    """A day's arrivals."""

    day: date
    tables: tuple[ArrivedTable, ...]
    faults: tuple[Fault, ...]
    notices: tuple[str, ...]
    restrictions: Restrictions

    def record(self, tables: Collection[str]) -> dict[str, Any]:
        """For the slice and the manifest: what of ``tables`` was refused, what was noticed, what was waived."""
        return {
            "refused": {each.table: each.refused for each in self.tables if each.refused and each.table in tables},
            "notices": [notice for notice in self.notices if notice.partition(":")[0] in tables],
            "waivers": [waiver.record() for waiver in self.restrictions.waivers],
        }

    def report(self) -> dict[str, Any]:
        """Everything, as plain values: for the page of the day and for messages."""
        return {
            "day": self.day.isoformat(),
            "tables": [vars(each) for each in self.tables],
            "faults": [vars(each) for each in self.faults],
            "notices": list(self.notices),
            "refused": [each.told() for each in self.tables if each.refused],
            "stopped_by": [
                {"told": refusal.told(), "waive": waive_command(refusal, self.day)}
                for refusal in self.restrictions.refused[:_SHOWN_FAULTS]
            ],
            "stopped_by_rows": len(self.restrictions.refused),
            "waivers": [waiver.record() for waiver in self.restrictions.waivers],
        }


def arrived(connection: Connection, day: date) -> Arrived:
    """What arrived on ``day``, and which refused restrictions stand as of it."""
    tables = connection.execute(_TABLES.format(refused_rows=refused_rows()), [day]).fetchall()
    faults = connection.execute(_FAULTS, [day]).fetchall()
    return Arrived(
        day,
        tuple(ArrivedTable(*row) for row in tables),
        tuple(Fault(*row) for row in faults),
        tuple(_notices(connection, day)),
        restrictions(connection, day),
    )


def _notices(connection: Connection, day: date) -> Iterator[str]:
    """Unknown columns, and optional ones that the table's partition before had filled and the day's has not."""
    newest: dict[str, tuple[date, int, dict[str, int]]] = {}
    for table, arrival, rows, unknown, filled in connection.execute(_COLUMNS, [day, day]).fetchall():
        counts: dict[str, int] = json.loads(filled or "{}")
        if arrival == day:
            newest[table] = (arrival, rows, counts)
            if names := json.loads(unknown or "[]"):
                yield f"{table}: unknown columns are left out: {', '.join(names)}"
        elif table in newest:
            _, rows_today, today = newest[table]
            gone = [name for name in counts if is_gone(counts[name], rows, today.get(name, 0), rows_today)]
            if gone:
                yield f"{table}: filled on {arrival} and empty now: {', '.join(gone)}"


def is_gone(filled_before: int, rows_before: int, filled_now: int, rows_now: int) -> bool:
    """Whether a column's emptiness is no accident, given how often it was filled before."""
    share = filled_before / (rows_before + 1)
    return filled_before > 0 and filled_now == 0 and (1 - share) ** rows_now < _CHANCE
