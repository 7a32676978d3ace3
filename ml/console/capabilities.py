"""What ``shelduck capabilities`` prints."""

from __future__ import annotations

from rich.table import Table

from ml.capabilities import capabilities
from ml.settings import Settings


def capability_table(settings: Settings) -> Table:
    """A line per installed capability: whether it is on, what it publishes, its DAGs."""
    table = Table(box=None, pad_edge=False)
    for heading in ("capability", "", "publishes", "DAGs", "what it is"):
        table.add_column(heading)
    for each in capabilities():
        state = "on" if each in settings.capabilities_on else "off"
        dags = [each.daily_dag, *([each.weekly_dag] if each.training else [])]
        table.add_row(each.name, state, "\n".join(each.tables), "\n".join(dags), each.description)
    return table
