"""``shelduck rebuild``: the warehouse anew from the landing files, and proof that published days come out the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ml.capability import Capability
from ml.operations.runs import Event, run_dag
from ml.publish.readers import manifest, version_of_day, versions
from ml.settings import Settings
from ml.warehouse.lock import warehouse_lock

_OLD = ".old"


@dataclass(frozen=True)
class Rebuilt:
    """The content hash of a capability's day before and after."""

    capability: str
    day: date
    before: str
    after: str

    @property
    def is_equal(self) -> bool:
        """Whether the day came out the same."""
        return self.before == self.after


def rebuild(settings: Settings, on_day: Callable[[Rebuilt], None]) -> list[Rebuilt]:
    """Move the warehouse file aside, run every published day again, compare content hashes.

    The old file stays beside the new one with the suffix ``.old`` until the next rebuild.

    Raises:
        RunFailed: a day could not be built.
        WarehouseLocked: another writer did not end in time.
    """
    before = {
        (each, day): _content(settings, each, day) for each in settings.capabilities_on for day in _days(settings, each)
    }
    set_aside(settings)
    compared: list[Rebuilt] = []
    for capability in settings.capabilities_on:

        def compare(event: Event, capability: Capability = capability) -> None:
            if event.kind == "run":
                day = date.fromisoformat(event.day)
                after = _content(settings, capability, day)
                compared.append(Rebuilt(capability.name, day, before[capability, day], after))
                on_day(compared[-1])

        if days := [day for each, day in before if each == capability]:
            run_dag(settings, capability.daily_dag, days, compare)
    return compared


def _days(settings: Settings, capability: Capability) -> list[date]:
    return sorted({each.as_of for each in versions(settings, capability)})


def set_aside(settings: Settings) -> None:
    """Move the warehouse file and its log away, whatever state they are in, and forget what was exported from them."""
    with warehouse_lock(settings, "shelduck rebuild"):
        for path in settings.warehouse_path.parent.glob(f"{settings.warehouse_path.name}*"):
            if path.suffix != _OLD:
                path.replace(path.with_name(f"{path.name}{_OLD}"))
        shutil.rmtree(settings.slices_dir, ignore_errors=True)  # exports of the old file; built again from the new one


def _content(settings: Settings, capability: Capability, day: date) -> str:
    version = version_of_day(settings, capability, day)
    return manifest(settings, capability, version.id).content_hash if version else ""
