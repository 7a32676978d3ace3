"""One version of each capability, resolved once, and the files of its tables: what a query is answered over."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

from ml.capability import Capability
from ml.errors import NotPublished
from ml.publish.readers import published_version
from ml.publish.store import Version
from ml.settings import Settings

Chosen = Mapping[Capability, Version]


def chosen_versions(settings: Settings, as_of: date | None = None) -> Chosen:
    """By capability, its current version or its version of a day, resolved once; those without one are left out.

    Raises:
        NotPublished: no capability has one.
    """
    chosen: dict[Capability, Version] = {}
    for each in settings.capabilities_on:
        with suppress(NotPublished):
            chosen[each] = published_version(settings, each, as_of)
    if not chosen:
        raise NotPublished(
            f"tables as of {as_of}" if as_of else "published tables",
            expected="a version of a capability",
            found="none",
            remedy=f"Run: shelduck run --as-of {as_of or 'YYYY-MM-DD'}",
        )
    return chosen


def files_of(chosen: Chosen) -> dict[tuple[str, str], Path]:
    """By capability and table, the files that are there: a version may be older than a table, or keep it no longer."""
    return {
        (capability.name, name): path
        for capability, version in chosen.items()
        for name in capability.tables
        if (path := version.folder / f"{name}.parquet").exists()
    }
