"""Owner, retries, timeouts and pools of every task; the day a run is about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum

from dags.common.alerts import tell_failure, tell_retry
from dags.common.timetable import TIMEZONE

WAREHOUSE_POOL = "warehouse"
"""One slot: tasks that open the DuckDB file queue here. The file lock guards what a pool cannot."""

DEFAULTS: dict[str, Any] = {
    "owner": "shelduck",
    "retries": 2,
    "retry_delay": timedelta(seconds=20),
    "execution_timeout": timedelta(hours=1),
    "on_failure_callback": tell_failure,
    "on_retry_callback": tell_retry,
}

DAG_OPTIONS: dict[str, Any] = {
    "start_date": pendulum.datetime(1970, 1, 1, tz=TIMEZONE),
    "catchup": False,
    "max_active_runs": 16,  # ten days at a time and the schedule; tasks queue for the pool and the processes
    "default_args": DEFAULTS,
}
