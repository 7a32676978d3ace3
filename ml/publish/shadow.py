"""Versions that readers never see: what a day would have shown under another policy, or with other code.

They lie in ``shadow/<capability>/<place>``, which has the folders of ``published/<capability>`` but neither pointer,
pin, journal nor databases. Whoever has such a ``Version`` reads it as a published one (``table_of``, ``manifest_of``).
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from pydantic import JsonValue, PrivateAttr

from ml.capabilities import capabilities
from ml.capability import Capability
from ml.cleanup import Cleanup, freed
from ml.durable import temporary_beside, writing
from ml.publish import pointer
from ml.publish.journal import publication_lock
from ml.publish.manifest import Manifest, settings_that_matter
from ml.publish.shared_files import orphans_without, store_dir, sweep_store
from ml.publish.store import Version, all_versions, faults, read_manifest, sweep, version, versions_dir, write_version
from ml.publish.versions import checked_draft, describe
from ml.settings import Settings

WHAT: Final = "shadow versions"
_A_DAY: Final = 86_400.0


class ShadowSettings(Settings):
    """Settings of which one capability's drafts and versions lie in a place of the shadow; all else is as it was."""

    _capability: str = PrivateAttr(default="")
    _place: str = PrivateAttr(default="")

    def published_of(self, capability: str) -> Path:
        """Versions of the shadow, of its own capability; what it reads of others is what they published."""
        return (
            self.shadow_of(capability) / self._place if self._is_own(capability) else super().published_of(capability)
        )

    def drafts_of(self, capability: str) -> Path:
        """Beside the versions."""
        return self.published_of(capability) / "drafts" if self._is_own(capability) else super().drafts_of(capability)

    def _is_own(self, capability: str) -> bool:
        return capability == self._capability


def shadow_settings(settings: Settings, capability: Capability, place: str) -> ShadowSettings:
    """``settings`` with which the capability's versions are written to, and read from, a place of the shadow."""
    own = ShadowSettings.model_construct(**{name: getattr(settings, name) for name in Settings.model_fields})
    own._capability, own._place = capability.name, place
    return own


def known_version(
    own: ShadowSettings, capability: Capability, day: date, inputs_hash: str, code: str
) -> Version | None:
    """The whole version of a day that was made of these inputs by this code and these settings; None if none was."""
    found = pointer.of_day(own, capability, day)
    if found is None or not is_made_of(own, capability, found, inputs_hash, code) or faults(found):
        return None
    os.utime(found.folder)
    return found


def is_made_of(settings: Settings, capability: Capability, made: Version, inputs_hash: str, code: str) -> bool:
    """Whether inputs, code and settings of a version are these; the policy is not compared."""
    told = read_manifest(made)
    asked = (inputs_hash, code, settings_that_matter(settings, capability))
    return (told.inputs_hash, told.code_revision, told.settings) == asked


def keep(own: ShadowSettings, capability: Capability, draft: Path, provenance: Mapping[str, JsonValue]) -> Version:
    """Make a draft a version of the shadow, and that of its day; the draft is removed.

    Raises:
        InvalidTable: a table of the draft breaks its schema; nothing was written.
        WarehouseLocked: another shadow run did not end in time.
        DiskFull: the same call goes on once there is space.
    """
    with writing(f"keeping {draft.name}"), publication_lock(own, capability, f"shadow {draft.name}"):
        _sweep(own, capability)
        record, tables = checked_draft(capability, draft)
        manifest = describe(own, capability, record, tables, provenance)
        made = version(own, capability, manifest.version)
        if made.folder.exists() and not _is_told(made, manifest):
            _remove(own, capability, made.folder)
        write_version(own, capability, manifest, tables)
        os.utime(made.folder)
        pointer.point_day(own, capability, made)
        shutil.rmtree(draft)
    return made


def _is_told(made: Version, manifest: Manifest) -> bool:
    """Whether a version of the same content says that it is of this code and these settings."""
    try:
        told = read_manifest(made)
    except (OSError, ValueError):
        return True  # damaged: it is mended
    return (told.code_revision, told.settings) == (manifest.code_revision, manifest.settings)


def prune_shadows(
    settings: Settings, *, dry_run: bool = False, holder: str = "shelduck", now: float | None = None
) -> list[Cleanup]:
    """Remove what nobody used in the shadow for ``kept_shadow_days``; each can be made again.

    Raises:
        WarehouseLocked: a shadow run did not end in time.
    """
    before = (time.time() if now is None else now) - settings.kept_shadow_days * _A_DAY
    return [_prune(settings, capability, before, dry_run, holder) for capability in capabilities()]


def _prune(settings: Settings, capability: Capability, before: float, dry_run: bool, holder: str) -> Cleanup:
    count, held = 0, 0
    for place in sorted(settings.shadow_of(capability.name).glob("*/")):
        own = shadow_settings(settings, capability, place.name)
        with publication_lock(own, capability, holder):
            old = list(_older(own, capability, before))
            count += len(old)
            held += freed([*old, *orphans_without(old, store_dir(own, capability))])
            for folder in () if dry_run else old:
                _remove(own, capability, folder)
            if not dry_run:
                _sweep(own, capability)
                sweep_store(store_dir(own, capability))
    return Cleanup(f"{WHAT} of {capability.name}", count, held)


def _older(own: ShadowSettings, capability: Capability, before: float) -> Iterator[Path]:
    drafts = [path for path in own.drafts_of(capability.name).glob("*") if path.is_dir()]
    for folder in [*(each.folder for each in all_versions(own, capability)), *drafts]:
        if folder.stat().st_mtime < before:
            yield folder


def _remove(own: ShadowSettings, capability: Capability, folder: Path) -> None:
    """By a rename first, so that a kill never leaves half a version under its name."""
    if folder.parent == versions_dir(own, capability):
        pointer.drop_day(own, capability, version(own, capability, folder.name))
    gone = temporary_beside(folder)
    folder.replace(gone)
    shutil.rmtree(gone)


def _sweep(own: ShadowSettings, capability: Capability) -> None:
    published = own.published_of(capability.name)
    for folder in (published, published / "days", versions_dir(own, capability), own.drafts_of(capability.name)):
        sweep(folder)
