"""Every measure, in the order of the table. Each file ends in its ``MEASURE``; importing one is cheap."""

from __future__ import annotations

from typing import Final

from bench.faults import damage, gates, kills, wal
from bench.faults.measure import Measure

MEASURES: Final[tuple[Measure, ...]] = (kills.MEASURE, wal.MEASURE, damage.MEASURE, gates.MEASURE)
