"""Models that a day's build may leave out: none of their landing tables was ever landed, and they hold no row.

A shop lands a part of the tables that the project knows. Of every other model dbt would still compile, replace and
test the nothing that it holds, at 0.04 CPU seconds a step.
"""

from __future__ import annotations

from ml.warehouse.connection import Connection
from ml.warehouse.lineage import dated_relations, landing_tables


def idle_models(connection: Connection) -> list[str]:
    """Their names, sorted. The project's hash must say that the models are those of today.

    A table that still has rows, of other dates or of partitions that have vanished, is built: its rows may have to go.
    """
    landed = {
        name for (name,) in connection.execute("select distinct table_name from raw.landing_partition").fetchall()
    }
    return [
        name
        for name, relation in dated_relations().items()
        if (tables := landing_tables((name,))) and landed.isdisjoint(tables) and _is_empty(connection, relation)
    ]


def _is_empty(connection: Connection, relation: str) -> bool:
    return not connection.execute(f"select 1 from {relation} limit 1").fetchall()
