"""Days of ``recommend`` under a chosen policy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pydantic import JsonValue

from ml.code.revision import code_revision
from ml.day import day_of
from ml.publish.readers import manifest_of, version_of_day
from ml.publish.shadow import is_made_of
from ml.publish.store import Version
from ml.recommend.capability import RECOMMEND
from ml.recommend.model import MODEL
from ml.recommend.shadow.policies import ChosenPolicy, chosen_policy
from ml.settings import Settings
from ml.shadow import Deciding, shadow_version, snapshot_of_day
from ml.warehouse.slices import Slice


def shadow_day(
    settings: Settings,
    policy: str,
    day: date,
    *,
    holder: str = "shelduck",
    provenance: Mapping[str, JsonValue] | None = None,
) -> Version:
    """What a published day would have shown under a policy (``ml.recommend.shadow.policies``), in the shadow.

    Raises:
        ShadowRefused: the policy knows the future of the day, or the day is not published.
        ModelMissing: there is no such version, or its files are gone.
    """
    chosen = chosen_policy(settings, policy)
    chosen.require_known_on(day)
    snapshot = snapshot_of_day(settings, RECOMMEND, day, holder)
    return _shadowed(settings, chosen, snapshot, provenance)


def day_under(settings: Settings, policy: str, day: date, *, holder: str = "shelduck") -> Version:
    """The same for reading: the published version itself where the policy decided it, with today's code and settings.

    Raises:
        ShadowRefused: see ``shadow_day``.
        ModelMissing: see ``shadow_day``.
    """
    chosen = chosen_policy(settings, policy)
    chosen.require_known_on(day)
    snapshot = snapshot_of_day(settings, RECOMMEND, day, holder)
    shown = version_of_day(settings, RECOMMEND, day)
    if shown and _decided(settings, chosen, shown, snapshot):
        return shown
    return _shadowed(settings, chosen, snapshot)


def _shadowed(
    settings: Settings, chosen: ChosenPolicy, snapshot: Slice, provenance: Mapping[str, JsonValue] | None = None
) -> Version:
    return shadow_version(settings, RECOMMEND, snapshot, Deciding(chosen.place, {MODEL: chosen.model}), provenance)


def _decided(settings: Settings, chosen: ChosenPolicy, shown: Version, snapshot: Slice) -> bool:
    inputs = day_of(settings, RECOMMEND, snapshot.folder).inputs_hash
    told = manifest_of(shown).policy
    same = told.get("model_hash") == (chosen.model.content_hash if chosen.model else "")
    return same and is_made_of(settings, RECOMMEND, shown, inputs, code_revision(RECOMMEND))
