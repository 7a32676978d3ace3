"""What ``shelduck diff`` compares: days, versions, policies, and the code of this checkout."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from ml.capability import Capability
from ml.errors import NotPublished, ShadowRefused
from ml.publish.changes import Compared
from ml.publish.readers import manifest_of, published_version, versions
from ml.publish.store import Version, version
from ml.settings import Settings


@dataclass(frozen=True)
class OfPolicy:
    """A day as a policy would have it; see ``ml.recommend.shadow.policies``."""

    name: str


@dataclass(frozen=True)
class OfCode:
    """A published day as the code of this checkout would have it."""


Side: TypeAlias = date | str | OfPolicy | OfCode
"""A day (its last version), a version's id, or one of the above."""


def compare(
    settings: Settings,
    base: Side | None,
    new: Side | None,
    capability: Capability | None = None,
    as_of: date | None = None,
) -> Compared:
    """What these two sides are; what of them is not there is computed, into the shadow.

    Args:
        base, new: without ``new`` what readers get now, or as of a day; without ``base`` the day before ``new``, or
            what was published where that is a policy or the code.
        as_of: the day of policies and code; else that of the other side, or the newest published one.

    Raises:
        NotPublished: no capability has both.
        ShadowRefused: a policy knows the future of the day.
    """
    if isinstance(new, OfCode) or isinstance(base, OfCode):
        return _code(settings, base, new, capability, as_of)
    if isinstance(new, OfPolicy) or isinstance(base, OfPolicy):
        return _policies(settings, base, new, capability, as_of)
    found = {}
    for each in [capability] if capability else settings.capabilities_on:
        after = _version(settings, each, new or as_of)
        before = after and _version(settings, each, base or after.as_of - timedelta(days=1))
        if before and after:
            found[each] = (before, after)
    if not found:
        raise _missing(f"{base or 'the day before'} and {new or 'the current version'}", "two published versions")
    before, after = next(iter(found.values()))
    return Compared(found, (str(before.as_of), str(after.as_of)))


def _policies(
    settings: Settings, base: Side | None, new: Side | None, capability: Capability | None, as_of: date | None
) -> Compared:
    from ml.recommend.capability import RECOMMEND
    from ml.recommend.shadow.days import day_under
    from ml.recommend.shadow.policies import chosen_policy

    if capability not in (None, RECOMMEND):
        found = capability.name if capability else ""
        remedy = "Leave --capability out"
        raise ShadowRefused("policies", expected="capability recommend, which has some", found=found, remedy=remedy)
    other = next((side for side in (base, new) if not isinstance(side, OfPolicy)), None)
    shown = _version(settings, RECOMMEND, other if isinstance(other, date | str) else as_of)
    if shown is None:
        raise _missing(str(other or as_of or "the current version"), "a published version")

    def made(side: Side | None) -> tuple[Version, str]:
        if isinstance(side, OfPolicy):
            return day_under(settings, side.name, as_of or shown.as_of), str(chosen_policy(settings, side.name))
        return shown, f"what was published for {shown.as_of}"

    (before, was), (after, becomes) = made(base), made(new)
    return Compared({RECOMMEND: (before, after)}, (was, becomes), (f"Both are of {after.as_of}.",))


def _code(
    settings: Settings, base: Side | None, new: Side | None, capability: Capability | None, as_of: date | None
) -> Compared:
    from ml.shadow import day_by_code

    if isinstance(base, OfCode | OfPolicy) or not isinstance(new, OfCode):
        expected = "a published day or version as BASE, and code as NEW"
        raise ShadowRefused("code", expected=expected, found="another order", remedy="Run: shelduck diff DAY code")
    pairs, notes = {}, []
    for each in [capability] if capability else settings.capabilities_on:
        shown = _version(settings, each, base or as_of)
        if shown is None:
            continue
        pairs[each] = shown, day_by_code(settings, each, shown)
        notes.append(_told(each, *pairs[each]))
    if not pairs:
        raise _missing(str(base or as_of or "the current version"), "a published version")
    day = next(iter(pairs.values()))[0].as_of
    return Compared(
        pairs, (f"what was published for {day}", "the code of this checkout"), (*notes, _LIMITS), traces_count=False
    )


_LIMITS = (
    "The models are those that were effective on the day, and the landing files as they were loaded: what a change of "
    "training or of loading does is not told."
)


def _told(capability: Capability, shown: Version, made: Version) -> str:
    was, now = manifest_of(shown), manifest_of(made).code_revision
    if made == shown:
        return f"{capability.name}: code revision {now}, inputs and settings are those of version {shown.id}."
    same = "the same code revision" if was.code_revision == now else f"code revision {now}, was {was.code_revision}"
    inputs = "" if manifest_of(made).inputs == was.inputs else "; other landing files arrived since"
    settings = "" if manifest_of(made).settings == was.settings else "; other settings"
    return f"{capability.name}: {same}{inputs}{settings}."


def _version(settings: Settings, capability: Capability, wanted: Side | None) -> Version | None:
    if isinstance(wanted, str):
        found = version(settings, capability, wanted)
        return found if found in versions(settings, capability) else None
    with suppress(NotPublished):
        return published_version(settings, capability, wanted if isinstance(wanted, date) else None)
    return None


def _missing(subject: str, expected: str) -> NotPublished:
    return NotPublished(subject, expected=f"{expected} of a capability", found="fewer", remedy="Run: shelduck days")
