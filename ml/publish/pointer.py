"""Which version readers get: a link per day, the pin, and ``current``.

``days/<as_of>`` names the version of a day that was published last. ``current`` is a function of the
rest: the pinned version, else the newest day's. So it never moves to an older day by itself, and
whoever holds the publication lock can settle it after any crash.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ml.capability import Capability
from ml.durable import point, sync, write_text
from ml.errors import NotPublished
from ml.publish.databases import keep_only, provide
from ml.publish.store import Version, sealed_files, version
from ml.settings import Settings


class Pin(BaseModel):
    """A decision of a person that readers get ``version`` until it is released."""

    model_config = ConfigDict(frozen=True)
    version: str
    who: str
    why: str


def current(settings: Settings, capability: Capability) -> Version | None:
    """The version that readers get now."""
    return _followed(settings, capability, settings.published_of(capability.name) / "current")


def of_day(settings: Settings, capability: Capability, as_of: date) -> Version | None:
    """The version of a day that was published last."""
    return _followed(settings, capability, _days(settings, capability) / as_of.isoformat())


def newest(settings: Settings, capability: Capability) -> Version | None:
    """The version of the newest published day."""
    links = sorted(_days(settings, capability).glob("[0-9]*"), reverse=True)
    return next((found for link in links if (found := _followed(settings, capability, link))), None)


def pinned(settings: Settings, capability: Capability) -> Pin | None:
    """The pin, when there is one.

    Raises:
        NotPublished: its file is damaged.
    """
    try:
        return Pin.model_validate_json(_pin(settings, capability).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as damaged:
        remedy = "Delete that file, then run: shelduck release --why TEXT"
        raise NotPublished(
            "published/pin.json", expected="the pin as rollback wrote it", found="something else", remedy=remedy
        ) from damaged


def point_day(settings: Settings, capability: Capability, target: Version) -> bool:
    """Let the day's link name ``target``; returns whether it named another version."""
    return point(_days(settings, capability) / target.as_of.isoformat(), f"../versions/{target.id}")


def moved_at(settings: Settings, capability: Capability, as_of: date) -> float:
    """When the day's link was set last, in seconds since 1970; 0 when there is none."""
    try:
        return (_days(settings, capability) / as_of.isoformat()).lstat().st_mtime
    except FileNotFoundError:
        return 0.0


def drop_day(settings: Settings, capability: Capability, gone: Version) -> None:
    """Remove the day's link if it names ``gone``; the caller holds the publication lock."""
    if of_day(settings, capability, gone.as_of) == gone:
        (_days(settings, capability) / gone.as_of.isoformat()).unlink()
        sync(_days(settings, capability))


def pin(settings: Settings, capability: Capability, decision: Pin) -> None:
    """Keep readers on one version; ``settle`` makes it so."""
    write_text(_pin(settings, capability), decision.model_dump_json(indent=2) + "\n")


def unpin(settings: Settings, capability: Capability) -> None:
    """Forget the pin; ``settle`` makes it so."""
    _pin(settings, capability).unlink(missing_ok=True)
    sync(settings.published_of(capability.name))


def settle(settings: Settings, capability: Capability) -> Version | None:
    """Move ``current`` to where it belongs, which then has a database; the caller holds the publication lock.

    Raises:
        NotPublished: the pinned version is gone, or a table cannot be read of a version without a database.
    """
    decision = pinned(settings, capability)
    target = version(settings, capability, decision.version) if decision else newest(settings, capability)
    if target is None:
        return None
    if not target.folder.is_dir():
        raise NotPublished(
            f"pinned version {target.id}",
            expected=f"in published/{capability.name}/versions",
            found="no such folder",
            remedy=_RELEASE,
        )
    published, before = settings.published_of(capability.name), current(settings, capability)
    provide(settings, target.folder, sealed_files(target))
    if before != target:  # whoever has just followed the link still finds the database of the version before
        keep_only(published, {target.id, before.id} if before else {target.id})
    point(published / "current", f"versions/{target.id}")
    return target


_RELEASE = "Publish that day again, or run: shelduck release --why TEXT"


def _days(settings: Settings, capability: Capability) -> Path:
    return settings.published_of(capability.name) / "days"


def _pin(settings: Settings, capability: Capability) -> Path:
    return settings.published_of(capability.name) / "pin.json"


def _followed(settings: Settings, capability: Capability, link: Path) -> Version | None:
    try:
        found = version(settings, capability, link.readlink().name)
    except (OSError, ValueError):
        return None
    return found if found.folder.is_dir() else None
