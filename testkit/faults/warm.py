"""Imported once by the server that children are forked from: the modules of a day, its gates, dbt's parsed project.

Nothing here starts a thread that a fork would lose: no connection is opened and no frame is computed.
"""

from __future__ import annotations

import gc
import logging
import tempfile
from pathlib import Path

import expectations.gates  # noqa: F401
import ml.landing.load
import ml.publish.versions
import ml.recommend.daily  # noqa: F401
from expectations.engine import load_suite
from ml.settings import Settings
from ml.warehouse import dbt

logging.disable(logging.ERROR)
load_suite("features", "history")  # Great Expectations
with tempfile.TemporaryDirectory(prefix="shelduck-warm-") as folder, dbt._environment(Settings(home=Path(folder))):
    for size in ("day", "month"):
        dbt._manifest(Settings(home=Path(folder)), {"batch_size": size})
gc.collect()
gc.freeze()  # no child searches, and thereby copies, what all of them share
