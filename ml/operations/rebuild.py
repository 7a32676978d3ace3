"""``shelduck rebuild``: the warehouse anew from the landing files, and proof that published days come out the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ml.operations.runs import Event, run_dag
from ml.publish.readers import manifest, version_of_day, versions
from ml.settings import Settings
from ml.warehouse.lock import warehouse_lock

_OLD = ".old"


@dataclass(frozen=True)
class Rebuilt:
    """A day's content hash before and after."""

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
    days = sorted({each.as_of for each in versions(settings)})
    before = {day: _content(settings, day) for day in days}
    set_aside(settings)
    compared: list[Rebuilt] = []

    def compare(event: Event) -> None:
        if event.kind == "run":
            day = date.fromisoformat(event.day)
            compared.append(Rebuilt(day, before[day], _content(settings, day)))
            on_day(compared[-1])

    if days:
        run_dag(settings, "build_shelves", days, compare)
    return compared


def set_aside(settings: Settings) -> None:
    """Move the warehouse file and its log away, whatever state they are in, and forget what was exported from them."""
    with warehouse_lock(settings, "shelduck rebuild"):
        for path in settings.warehouse_path.parent.glob(f"{settings.warehouse_path.name}*"):
            if path.suffix != _OLD:
                path.replace(path.with_name(f"{path.name}{_OLD}"))
        shutil.rmtree(settings.slices_dir, ignore_errors=True)  # exports of the old file; built again from the new one


def _content(settings: Settings, day: date) -> str:
    version = version_of_day(settings, day)
    return manifest(settings, version.id).content_hash if version else ""
