"""How long exports stay in the data home: they may hold contact data, so not long. The log of them stays."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ml.audiences.export.audit import OWN_FILES
from ml.durable import TEMPORARY
from ml.settings import Settings

_A_DAY: Final = 86_400


def old_exports(settings: Settings, now: float | None = None) -> Iterable[Path]:
    """Files older than ``kept_export_days``, and what a killed export left, once it is a day old."""
    now = time.time() if now is None else now
    for path in sorted(settings.exports_dir.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue  # each file counts by its own age
        days = 1 if path.name.startswith(TEMPORARY) else settings.kept_export_days
        if path.name not in OWN_FILES and path.lstat().st_mtime < now - days * _A_DAY:
            yield path
