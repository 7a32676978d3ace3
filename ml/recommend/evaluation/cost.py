"""Cost of a recommender: wall and CPU seconds, peak memory."""

from __future__ import annotations

import gc
import time
from pathlib import Path

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_RESET_PEAK = "5"
"""Written to clear_refs, this resets a process's peak memory to its present size (Linux, man 5 proc)."""


class Meter:
    """Seconds since the last lap, and the process's memory since the meter was made.

    Memory is the kernel's own high-water mark, which sees native libraries and costs nothing; a system that cannot
    reset it gives no figure rather than a wrong one.
    """

    def __init__(self) -> None:
        gc.collect()
        self._before = _reset_peak()
        self._last = time.perf_counter(), time.process_time()

    def lap(self, what: str) -> dict[str, float]:
        """``<what>_seconds`` and ``<what>_cpu_seconds`` (of all threads)."""
        now = time.perf_counter(), time.process_time()
        wall, cpu = now[0] - self._last[0], now[1] - self._last[1]
        self._last = now
        return {f"{what}_seconds": wall, f"{what}_cpu_seconds": cpu}

    def memory(self) -> dict[str, float]:
        """``peak_memory_mib`` of the whole process, and ``extra_memory_mib`` beyond what it held at the start."""
        if self._before is None:
            return {}
        peak = _status("VmHWM")
        return {"peak_memory_mib": peak, "extra_memory_mib": max(peak - self._before, 0.0)}


def _reset_peak() -> float | None:
    try:
        _CLEAR.write_text(_RESET_PEAK)
        return _status("VmRSS")
    except (OSError, LookupError):
        return None


def _status(field: str) -> float:
    """A size from the process's status, in MiB."""
    for line in _STATUS.read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) / 1024
    raise LookupError(field)
