"""Snapshots made with the dbt project as it is, on a copy of the warehouse: the warehouse itself is not touched."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

from ml.capability import Capability
from ml.durable import TEMPORARY, sync, writing
from ml.settings import Settings
from ml.warehouse.build import build
from ml.warehouse.connection import connect
from ml.warehouse.earlier import earlier_slices, has_earlier
from ml.warehouse.export import existing_slice
from ml.warehouse.lock import warehouse_lock
from ml.warehouse.pending import inputs_of, recipe
from ml.warehouse.slices import Slice, read_slice

_A_DAY: Final = 86_400.0


def is_of_this_code(settings: Settings, record: Mapping[str, Any]) -> bool:
    """Whether a snapshot of that record was made by the dbt project and the settings as they are."""
    told = record.get("recipe", {})
    return {name: told.get(name) for name in recipe(settings)} == recipe(settings)


def build_apart(settings: Settings, day: date, capability: Capability, holder: str = "shelduck") -> Slice:
    """The snapshot of a day with the dbt project as it is, of what was loaded; one that was built before is used again.

    Raises:
        RestrictionRefused, BuildFailed, WarehouseBroken, WarehouseLocked: see ``ml.warehouse.build.build``.
        DiskFull: there is no room for a copy of the warehouse.
    """
    with writing(f"building as of {day} apart"), _copy_of_home(settings) as apart:
        with warehouse_lock(settings, holder):
            with connect(settings) as connection:
                inputs = inputs_of(connection, settings, day)
            for place in (settings, _kept(settings)):
                found = existing_slice(place, inputs, capability.reads)
                if found and has_earlier(found, capability.compares):
                    return found
            apart.warehouse_path.parent.mkdir(parents=True)
            shutil.copyfile(settings.warehouse_path, apart.warehouse_path)
        (made,) = build(apart, [day], holder, capability=capability)
        for each in earlier_slices(made, capability.compares).values():
            _moved(each, _kept(settings).slices_dir)
        return _moved(made, _kept(settings).slices_dir)


def snapshots_apart(settings: Settings, now: float | None = None) -> Iterable[Path]:
    """Those that nobody used for ``kept_shadow_days``, and copies of the warehouse that a killed build left."""
    now = time.time() if now is None else now
    before = now - settings.kept_shadow_days * _A_DAY
    kept = [path for path in _kept(settings).slices_dir.glob("*") if path.stat().st_mtime < before]
    return [*kept, *(path for path in _folder(settings).glob(f"{TEMPORARY}*") if path.stat().st_mtime < now - _A_DAY)]


def _folder(settings: Settings) -> Path:
    return settings.home / "shadow"


def _kept(settings: Settings) -> Settings:
    """Settings whose folder of slices is that of the shadow."""
    return settings.model_copy(update={"home": _folder(settings), "landing": settings.landing_dir})


@contextmanager
def _copy_of_home(settings: Settings) -> Iterator[Settings]:
    """Settings of a home that is removed in the end, with the landing folder of the real one."""
    _folder(settings).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=_folder(settings)) as scratch:
        yield settings.model_copy(update={"home": Path(scratch), "landing": settings.landing_dir})


def _moved(made: Slice, folder: Path) -> Slice:
    """Out of the scratch home; whoever was faster made the same."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / made.folder.name
    if not target.exists():
        made.folder.replace(target)
        sync(folder)
    return read_slice(target)
