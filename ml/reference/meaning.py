"""What a published or a feature table, or a column of it, means, by its name: for tooltips and lists."""

from __future__ import annotations

from ml.capabilities import capabilities
from ml.errors import ReferenceUnknown
from ml.reference import features
from ml.tables import Table


def published_table(name: str) -> Table:
    """The published table called ``name``, or ``capability.name``.

    Raises:
        ReferenceUnknown: no capability publishes one, or several do and ``name`` does not say which.
    """
    wanted, _, short = name.rpartition(".")
    found = [each.tables[short] for each in capabilities() if short in each.tables and wanted in ("", each.name)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"{each.name}.{table}" for each in capabilities() for table in each.tables)
    raise ReferenceUnknown(
        f"published table {name}", expected=f"one of {known}", found=name, remedy="Run: shelduck sql (it lists them)"
    )


def meaning(table: str, column: str = "") -> str:
    """The description of a table, or of its column with the unit in brackets: plain text of one line.

    Args:
        table: a published table, also as ``capability.table``, or a table of a snapshot, such as ``feat_user``.
        column: a column of it; empty for the table itself.

    Raises:
        ReferenceUnknown: there is no such table, or a table of a snapshot has no such column.
        InvalidTable: the published table has no such column.
    """
    if table in features.names():
        return _feature(table, column)
    found = published_table(table)
    return found.column(column).meaning if column else found.description


def _feature(table: str, column: str) -> str:
    known = features.meanings(table)
    if column not in known:
        listed = ", ".join(name for name in known if name)
        raise ReferenceUnknown(
            f"column of {table}", expected=f"one of {listed}", found=column, remedy="Check the spelling"
        )
    return known[column]
