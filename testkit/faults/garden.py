"""The garden shop in a data home of its own, and its days as plain function calls instead of Airflow tasks."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

from ml.capability import Capability
from ml.publish.readers import manifest, version_of_day
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from ml.warehouse.slices import read_slice
from testkit.shop import DAYS, TIMEZONE, write_shop


def garden(home: Path, days: int = DAYS, **files: Any) -> tuple[Settings, list[date]]:
    """Settings of a new home with ``days`` closed days, and those days; ``files`` go to ``write_shop``."""
    settings = Settings(home=home, timezone=TIMEZONE, evaluation_days=14, k=6, lock_timeout=60.0)
    return settings, write_shop(settings.landing_dir, days, **files)


def run_day(settings: Settings, day: date) -> None:
    """Land, build, compute and publish every capability. Rules serve, no model is trained."""
    from ml.publish.versions import publish

    for capability in settings.capabilities_on:
        publish(settings, capability, draft_of(settings, day, capability), provenance={})


def draft_of(settings: Settings, day: date, capability: Capability = RECOMMEND) -> Path:
    """Land, build, compute: a capability's draft of a day."""
    from ml.day import compute_day
    from ml.landing.load import land
    from ml.warehouse.build import build

    land(settings, day)
    (made,) = build(settings, [day], capability=capability)
    return compute_day(settings, capability, made.folder)


def content(settings: Settings, day: date) -> dict[str, str]:
    """What a published day comes to: content hashes, and the bytes of every file of the slices it was made from."""
    came_to: dict[str, str] = {}
    for capability in settings.capabilities_on:
        found = version_of_day(settings, capability, day)
        if found is None:
            return {}
        told = manifest(settings, capability, found.id)
        files: dict[str, str] = read_slice(settings.home / told.slice).record["files"]
        came_to |= {f"content of {capability.name}": told.content_hash, **files}
    return came_to


def outcome_of(settings: Settings, day: date) -> dict[str, str]:
    """Run a day; what it came to."""
    run_day(settings, day)
    return content(settings, day)


def copied(settings: Settings, home: Path) -> Settings:
    """The same shop in a copy of its data home."""
    shutil.copytree(settings.home, home, symlinks=True)
    return settings.model_copy(update={"home": home})


def correct(settings: Settings, day: date) -> None:
    """The shop sends a day's file anew, without its last line."""
    path = next((settings.landing_dir / "interactions" / f"dt={day}").iterdir())
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
