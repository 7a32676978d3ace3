"""Imported once by the server that measures fork their children from: the modules of a day, and dbt's parsed project.

Nothing here starts a thread that a fork would lose: no connection is opened and no frame is computed.
"""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

import ml.landing.load
import ml.publish.versions
import ml.recommend.daily  # noqa: F401
from ml.settings import Settings
from ml.warehouse import dbt

logging.disable(logging.ERROR)
with tempfile.TemporaryDirectory(prefix="shelduck-warm-") as folder, dbt._environment(Settings(home=Path(folder))):
    for size in ("day", "month"):
        dbt._manifest(Settings(home=Path(folder)), {"batch_size": size})
