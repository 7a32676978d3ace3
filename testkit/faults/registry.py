"""Every measure, in the order of the table. Each file ends in its ``MEASURE``; importing one is cheap."""

from __future__ import annotations

from typing import Final

from testkit.faults import (
    adapted,
    dag_kills,
    damage,
    disk,
    files,
    future,
    gates,
    kills,
    order,
    parallel,
    publications,
    streams,
    wal,
)
from testkit.faults.measure import Measure

MEASURES: Final[tuple[Measure, ...]] = (
    kills.MEASURE,
    dag_kills.KILLED_DAYS,
    dag_kills.KILLED_TRAINING,
    dag_kills.LOST_METADATA,
    order.SHUFFLED,
    parallel.MEASURE,
    publications.MEASURE,
    wal.MEASURE,
    damage.MEASURE,
    disk.MEASURE,
    streams.MEASURE,
    future.MEASURE,
    gates.MEASURE,
    files.MEASURE,
    adapted.MEASURE,
    order.REBUILT,
)
