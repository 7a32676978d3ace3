"""Brings a data home of an earlier release into the form of this one, on first use."""

from __future__ import annotations

import shutil
from typing import Final

from ml.durable import point, sync
from ml.settings import Settings
from ml.warehouse.lock import file_lock

_FIRST: Final = "recommend"
"""The only capability there was before each got a folder of its own."""
_MOVED: Final = ("pin.json", "publications.jsonl", "days", "versions")
"""What moves into the folder of that capability; the versions last: while they lie here, there is something to do."""


def needs_upgrade(settings: Settings) -> bool:
    """Whether the home still has versions where releases with one capability kept them."""
    return (settings.published_dir / "versions").is_dir()


def upgrade_home(settings: Settings, holder: str = "shelduck upgrade") -> bool:
    """Move ``published/`` of an earlier release to ``published/recommend/``; False when there is nothing to do.

    ``published/current`` stays as a link, so that readers who know no other path go on. Drafts are removed: what
    they would have become is computed again by the next run of their days. A killed upgrade is finished by the next.

    Raises:
        WarehouseLocked: a publication by a process of the earlier release did not end in time.
    """
    if not needs_upgrade(settings):
        return False
    published = settings.published_dir
    with file_lock(published / "publication.lock", holder, settings.lock_timeout):
        target = settings.published_of(_FIRST)
        target.mkdir(parents=True, exist_ok=True)
        current = published / "current"
        if current.is_symlink() and not str(current.readlink()).startswith(f"{_FIRST}/"):
            point(target / "current", str(current.readlink()))
            point(current, f"{_FIRST}/current")
        _forget_drafts(settings)
        for name in _MOVED:
            if (published / name).exists():
                (published / name).replace(target / name)
        sync(target)
        sync(published)
    return True


def _forget_drafts(settings: Settings) -> None:
    """Those of the earlier release lie in ``drafts/`` itself, under their day's name."""
    for draft in settings.drafts_dir.glob("*") if settings.drafts_dir.is_dir() else ():
        if draft.name[:1].isdigit() or draft.name.startswith("."):
            shutil.rmtree(draft, ignore_errors=True)
