"""Every probe there is."""

from __future__ import annotations

import sys

from tests.security import addresses, anonymous, hostile, hosts, neighbours, roles
from tests.security.probe import Probe, as_table

PROBES: tuple[Probe, ...] = (
    *anonymous.PROBES,
    *roles.PROBES,
    *hosts.PROBES,
    *addresses.PROBES,
    *neighbours.PROBES,
    *hostile.PROBES,
)
SAMPLE = tuple(probe for number, probe in enumerate(p for p in PROBES if not p.needs_airflow) if number % 6 == 0)
"""A part that needs one small server only."""


if __name__ == "__main__":
    sys.stdout.write(as_table(PROBES))
