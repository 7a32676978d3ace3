"""Exports leave the data home after some days; the log of them never does."""

from __future__ import annotations

import os
import time
from datetime import date

from ml.audiences.export.audit import LOG, exports
from ml.audiences.export.export import Request, export_audience
from ml.operations.tidy import tidy
from ml.settings import Settings
from tests.audiences.export.conftest import WINE


def _aged(settings: Settings, pattern: str, days: float) -> None:
    for path in settings.exports_dir.glob(pattern):
        os.utime(path, (time.time() - days * 86_400,) * 2)


def test_tidying_removes_old_exports_and_leftovers_and_keeps_young_ones_and_the_log(
    settings: Settings, day: date
) -> None:
    young, old = (export_audience(settings, Request(WINE, layout)).entry.file for layout in ("braze", "csv"))
    (settings.exports_dir / ".tmp-x.csv-1").write_text("half a file")
    weekly = settings.exports_dir / "weekly"
    weekly.mkdir()
    for name in ("old.csv", "braze.csv"):
        (weekly / name).write_text("of a folder of the shop's own")
    _aged(settings, "**/*", settings.kept_export_days + 0.1)
    _aged(settings, "**/*braze*", settings.kept_export_days - 0.1)
    for dry_run in (True, False):
        freed = {each.what: each.count for each in tidy(settings, "tidy_published", dry_run=dry_run, holder="a test")}
        assert freed["exports of audiences"] == 3
    assert (settings.home / young).exists() and not (settings.home / old).exists()
    assert (settings.exports_dir / LOG).exists() and len(exports(settings)) == 2
    assert not list(settings.exports_dir.glob(".tmp-*"))
    assert [path.name for path in weekly.iterdir()] == ["braze.csv"], "each file by its own age"
