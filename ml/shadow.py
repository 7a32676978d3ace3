"""Computes a day again, apart from what readers see: with another model's version, or with the code as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from pydantic import JsonValue

from ml.capability import Capability
from ml.code.revision import code_revision
from ml.day import compute_day, day_of
from ml.errors import ShadowRefused, StaleFeatures
from ml.publish.readers import manifest_of, version_of_day
from ml.publish.shadow import is_made_of, keep, known_version, shadow_settings
from ml.publish.store import Version
from ml.registry.ledger import policy_effective
from ml.settings import Settings
from ml.warehouse.apart import build_apart, is_of_this_code
from ml.warehouse.build import build
from ml.warehouse.earlier import has_earlier
from ml.warehouse.slices import Slice, read_slice

if TYPE_CHECKING:
    from ml.registry.versions import ModelVersion


@dataclass(frozen=True)
class Deciding:
    """What decides a day in the shadow; by itself the models that were effective on it, with the code as it is.

    Attributes:
        place: the folder of ``shadow/<capability>`` in which such days lie.
        models: by name, the version that decides instead of the effective one (``ml.day.Day.decided_by``).
    """

    place: str = "code"
    models: Mapping[str, ModelVersion | None] = field(default_factory=dict)


def shadow_version(
    settings: Settings,
    capability: Capability,
    snapshot: Slice,
    deciding: Deciding | None = None,
    provenance: Mapping[str, JsonValue] | None = None,
) -> Version:
    """The version of a snapshot's day as ``deciding`` has it; what was computed before is used again.

    Nothing that readers see changes: neither pointers, the calendar, published versions nor their manifests.

    Args:
        provenance: run ids and the like, for the manifest.

    Raises:
        NotPublished: an upstream capability has not published the day.
        InvalidTable: a computed table breaks its declaration.
        DiskFull: the same call goes on once there is space.
    """
    deciding = deciding or Deciding()
    own = shadow_settings(settings, capability, deciding.place)
    inputs = day_of(own, capability, snapshot.folder).inputs_hash
    known = known_version(own, capability, snapshot.as_of, inputs, code_revision(capability))
    if known:
        return known
    draft = compute_day(own, capability, snapshot.folder, deciding.models)
    return keep(own, capability, draft, provenance or {})


def day_by_code(settings: Settings, capability: Capability, shown: Version, holder: str = "shelduck") -> Version:
    """A published day with the code as it is, under the models that were effective; ``shown`` where nothing changed.

    Where the dbt project changed, its snapshot is built anew on a copy of the warehouse. What lands is not loaded
    again, and no model is trained again.

    Raises:
        BuildFailed: the dbt project as it is does not build.
        ModelMissing: the files of an effective model are gone.
        StaleFeatures: an effective model reads features that the project no longer has.
    """
    snapshot = _snapshot_by_code(settings, capability, shown, holder)
    inputs = day_of(settings, capability, snapshot.folder).inputs_hash
    if is_made_of(settings, capability, shown, inputs, code_revision(capability)):
        return shown
    return shadow_version(settings, capability, snapshot, _effective(settings, capability, shown.as_of))


def _snapshot_by_code(settings: Settings, capability: Capability, shown: Version, holder: str) -> Slice:
    with suppress(StaleFeatures):
        found = read_slice(settings.home / manifest_of(shown).slice)
        if _is_whole(found, capability) and is_of_this_code(settings, found.record):
            return found
    return build_apart(settings, shown.as_of, capability, holder)


def _is_whole(snapshot: Slice, capability: Capability) -> bool:
    return snapshot.is_intact(capability.reads) and has_earlier(snapshot, capability.compares)


def _effective(settings: Settings, capability: Capability, day: date) -> Deciding:
    """The models of that day, whose contents tell the place."""
    rows = [policy_effective(settings, model, day) for model in capability.models]
    contents = " ".join(row.content_hash if row else "" for row in rows)
    return Deciding(f"code-{hashlib.sha256(contents.encode()).hexdigest()[:12]}")


def snapshot_of_day(settings: Settings, capability: Capability, day: date, holder: str = "shelduck") -> Slice:
    """The snapshot of which a published day was made; one that retention removed is built again.

    Raises:
        ShadowRefused: the day is not published.
        BuildFailed: it cannot be built again.
        WarehouseLocked: another writer did not finish in time.
    """
    shown = version_of_day(settings, capability, day)
    if shown is None:
        raise ShadowRefused(
            f"{capability.name} of {day}",
            expected="a published day, with which a shadow is compared",
            found="no version",
            remedy=f"Run: shelduck run --as-of {day} --capability {capability.name}",
        )
    with suppress(StaleFeatures):
        found = read_slice(settings.home / manifest_of(shown).slice)
        if _is_whole(found, capability):
            return found
    return build(settings, [day], holder, capability=capability)[0]
