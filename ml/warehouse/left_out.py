"""What of the dbt project a build leaves out: what stands already, what holds no row, what nobody reads.

A shop lands a part of the tables that the project knows, and may switch capabilities off. Of a model without rows dbt
would still compile, replace and test the nothing that it holds, at 0.04 CPU seconds a step; those of a capability that
is off would cost what their rows cost.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from ml.warehouse.connection import Connection, MissingTable
from ml.warehouse.lineage import dated_relations, landing_tables, unread_relations
from ml.warehouse.pending import Pending, is_staged

_RELATIONS: Final = """
select table_schema, table_name, case table_type when 'VIEW' then 'view' else 'table' end from information_schema.tables
"""


def leave_out(connection: Connection, todo: Pending | None, tables: Collection[str]) -> list[str]:
    """What dbt need not run to build ``tables``, as its ``--exclude`` takes it; removes what nobody reads.

    A table of a capability that is off would keep rows, or columns, of the day on which it was switched off. Sums per
    arrival date are made for every capability: those of past arrivals are not made again when one is switched on.
    """
    unread = unread_relations(tuple(tables))
    for schema, name, kind in connection.execute(_RELATIONS).fetchall():
        if unread.get(name) == f"{schema}.{name}":
            connection.execute(f"drop {kind} {schema}.{name}")
    absent = [f"{name}+" for name in unread]  # with all tests that read them
    if (todo and todo.everything) or not is_staged(connection):
        return absent
    return [*absent, "path:models/staging", "resource_type:seed", *idle_models(connection, unread)]


def idle_models(connection: Connection, unread: Collection[str] = ()) -> list[str]:
    """The names, sorted, of models that hold no row, and none of whose landing tables was ever landed.

    The project's hash must say that the models are those of today. A table that still has rows, of other dates or of
    partitions that have vanished, is built: its rows may have to go. So is one that is not there.
    """
    landed = {
        name for (name,) in connection.execute("select distinct table_name from raw.landing_partition").fetchall()
    }
    return [
        name
        for name, relation in dated_relations().items()
        if name not in unread
        and (tables := landing_tables((name,)))
        and landed.isdisjoint(tables)
        and _is_empty(connection, relation)
    ]


def _is_empty(connection: Connection, relation: str) -> bool:
    try:
        return not connection.execute(f"select 1 from {relation} limit 1").fetchall()
    except MissingTable:
        return False
