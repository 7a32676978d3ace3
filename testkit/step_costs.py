"""What a program costs: a bench runs each step as one of its own, so that imports count and memory is that step's."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

Cost = tuple[float, float]
"""CPU seconds and MB."""


def cost_of(arguments: Sequence[object], environment: Mapping[str, str] | None = None) -> Cost:
    """CPU seconds and peak memory of ``python -m ARGUMENTS``, its children included.

    Raises:
        SystemExit: it failed.
    """
    command = [sys.executable, "-m", *map(str, arguments)]
    _, status, used = os.wait4(os.posix_spawn(sys.executable, command, dict(environment or os.environ)), 0)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
