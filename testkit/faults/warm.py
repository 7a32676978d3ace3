"""Imported once by the server that children are forked from: the modules of a day, its gates, dbt's parsed project.

Airflow itself is not among them: it reads its configuration, which names the data home, while it is imported. What it
imports of others is most of what it costs.

Nothing here starts a thread that a fork would lose: no connection is opened and no frame is computed.
"""

from __future__ import annotations

import gc
import logging
import os
import tempfile
from importlib import import_module
from pathlib import Path

import expectations.gates  # noqa: F401
import ml.landing.load
import ml.publish.versions
import ml.recommend.daily  # noqa: F401
from expectations.engine import load_suite
from ml.operations.environment import QUIET_TOOLS
from ml.settings import Settings
from ml.warehouse import dbt

_OF_AIRFLOW = (
    *("aiohttp", "alembic.command", "cadwyn", "fastapi.testclient", "flask_appbuilder", "fsspec", "libcst"),
    *("opentelemetry.sdk.trace", "pendulum", "sqlalchemy.ext.asyncio", "sqlalchemy_utils", "structlog"),
)
_OF_MLFLOW = ("mlflow.store.tracking.sqlalchemy_store", "mlflow.store.model_registry.sqlalchemy_store")

os.environ.update(QUIET_TOOLS)
for _name in (*_OF_AIRFLOW, *_OF_MLFLOW):
    import_module(_name)

logging.disable(logging.ERROR)
load_suite("features", "history")  # Great Expectations
with tempfile.TemporaryDirectory(prefix="shelduck-warm-") as folder, dbt._environment(Settings(home=Path(folder))):
    for size in ("day", "month"):
        dbt._manifest(Settings(home=Path(folder)), {"batch_size": size})
gc.collect()
gc.freeze()  # no child searches, and thereby copies, what all of them share
