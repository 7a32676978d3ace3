"""``shelduck doctor``: is everything a day needs there and sound, and if not, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ml.errors import WarehouseLocked
from ml.escape import visible
from ml.operations.causes import known_cause
from ml.operations.doctor.access import check_access, check_memory
from ml.operations.doctor.airflow import check_airflow
from ml.operations.doctor.databases import check_databases
from ml.operations.doctor.finding import FAIL, OK, WARN, Check, Finding
from ml.operations.doctor.landing import check_landing
from ml.operations.doctor.models import check_ledger, check_registry
from ml.operations.doctor.place import check_alerts, check_clock, check_home, check_space, check_versions
from ml.operations.doctor.shelves import check_days, check_locks, check_published, check_unfinished, check_warehouse
from ml.settings import Settings

if TYPE_CHECKING:
    from rich.table import Table

CHECKS: Final[dict[str, Check]] = {
    "data home": check_home,
    "access": check_access,
    "settings": check_memory,
    "free space": check_space,
    "versions": check_versions,
    "clock": check_clock,
    "locks": check_locks,
    "warehouse": check_warehouse,
    "landing": check_landing,
    "published": check_published,
    "days": check_days,
    "unfinished": check_unfinished,
    "databases": check_databases,
    "Airflow": check_airflow,
    "models": check_registry,
    "ledger": check_ledger,
    "alerts": check_alerts,
}
_COLOURS: Final = {OK: "green", WARN: "yellow", FAIL: "bold red"}


def examine(settings: Settings) -> Iterator[tuple[str, Finding]]:
    """Every check's finding, in order; a check that breaks is a finding too, and none waits for a lock."""
    for name, check in CHECKS.items():
        try:
            yield name, check(settings)
        except WarehouseLocked as busy:
            yield name, Finding(OK, f"{busy.subject} is {busy.found}, so this was not examined")
        except Exception as error:  # the doctor must finish: what breaks here is a symptom
            known = known_cause(error)
            if known is not None:
                yield name, Finding(FAIL, f"{known.subject}: {known.found}", known.remedy)
                continue
            first = str(error).splitlines()[0] if str(error) else ""
            yield name, Finding(FAIL, f"{type(error).__name__}: {first}"[:300], "Report this with the whole table")


def findings_table(found: list[tuple[str, Finding]]) -> Table:
    """The findings for a person to read."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for heading in ("check", "status", "found", "what to do"):
        table.add_column(heading, overflow="fold")
    for name, finding in found:
        status = Text(finding.status, style=_COLOURS[finding.status])
        table.add_row(visible(name), status, visible(finding.found), visible(finding.remedy))
    return table
