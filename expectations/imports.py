"""Great Expectations for less: what no suite here needs is imported when used, and what it can do without is absent.

Of a gate of the demo, a process of its own, importing Great Expectations took most of the CPU, and most of that went to
statistics, charts, its contexts and data sources, and drivers of databases: here Polars computes what is to be judged
(``expectations.metrics``). Whoever does use a context gets it.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from importlib import import_module
from typing import Final

from ml.postponed import postponed

_LIBRARY: Final = "great_expectations"
_SELDOM_USED: Final = (
    *("scipy.stats", "altair", "jsonschema", "requests"),
    *(f"{_LIBRARY}.{name}" for name in ("data_context", "data_context.data_context", "datasource.fluent")),
)
_EXTRAS: Final = ("sqlalchemy", "psycopg2", "google")
"""Great Expectations installs none of them: it looks whether somebody else did."""


def import_quietly() -> None:
    """Import Great Expectations: offline, without log noise, and no more than it needs."""
    if _LIBRARY in sys.modules:
        return
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    logging.getLogger(_LIBRARY).setLevel(logging.WARNING)
    collects = gc.isenabled()
    gc.disable()  # thousands of classes are made and all of them stay: searching them for garbage took a quarter
    try:
        with postponed(*_SELDOM_USED, absent=_EXTRAS):
            import_module(_LIBRARY)
    finally:
        if collects:
            gc.enable()
    logging.getLogger(f"{_LIBRARY}.data_context.types.base").setLevel(logging.WARNING)  # sets its own
