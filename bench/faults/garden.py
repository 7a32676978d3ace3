"""The garden shop in a data home of its own, and its days as plain function calls instead of Airflow tasks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ml.publish.readers import manifest, version_of_day
from ml.settings import Settings
from tests.shop import DAYS, TIMEZONE, write_shop


def garden(home: Path, days: int = DAYS) -> tuple[Settings, list[date]]:
    """Settings of a new home with ``days`` closed days of landing files, and those days."""
    settings = Settings(home=home, timezone=TIMEZONE, evaluation_days=14, k=6, lock_timeout=60.0)
    return settings, write_shop(settings.landing_dir, days)


def run_day(settings: Settings, day: date) -> str:
    """Land, build, recommend, publish; returns the version's content hash. Rules serve, no model is trained."""
    from ml.publish.versions import publish

    return publish(settings, draft_of(settings, day), provenance={}).content_hash


def draft_of(settings: Settings, day: date) -> Path:
    """Land, build, recommend: the draft of a day."""
    from ml.landing.load import land
    from ml.recommend.daily import recommend_day
    from ml.warehouse.build import build

    land(settings, day)
    (made,) = build(settings, [day])
    return recommend_day(settings, made.folder)


def content(settings: Settings, day: date) -> str | None:
    """The content hash that readers of ``day`` get; None when it is not published."""
    found = version_of_day(settings, day)
    return manifest(settings, found.id).content_hash if found else None
