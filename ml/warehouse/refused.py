"""How many rows of an arrival day were refused: the dbt model that says it, for readers of a warehouse without a build.

Rows are counted in ``dbt_project`` alone, so that dbt's lineage and a slice's inputs hash cover the counting.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from ml.warehouse.lineage import PROJECT

REPEATED_KEY: Final = "a repeated key"
REPEATED_ROW: Final = "a repeated row"
"""Of a table that restricts: a repetition that says nothing else, so that leaving it out loses no restriction."""

_MODEL: Final = PROJECT / "models" / "intermediate" / "refusals" / "int_quarantine_aggregated_to_refusals.sql"
_SOURCE: Final = re.compile(r"\{\{ source\('loader', '(\w+)'\) \}\}")


@cache
def refused_rows() -> str:
    """A query over the raw schema: per table and arrival date, rows refused and repeated, files refused whole, and
    whether ``refused`` is a lower bound (``is_at_least``).
    """
    return _SOURCE.sub(r"raw.\1", _MODEL.read_text(encoding="utf-8"))
