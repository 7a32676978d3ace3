"""How long stays what people were shown of marketing texts: questions with their answers, campaigns' steps, plans."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

from ml.cleanup import Cleanup, remove
from ml.copy.approval.questions import FOLDER, PATIENCE
from ml.settings import Settings

WHAT: Final = "questions and plans of marketing texts"
_AT_LEAST: Final = PATIENCE + timedelta(days=1)
"""A question's folder is read when it is answered."""


def prune_copy_reports(settings: Settings, *, dry_run: bool = False) -> Cleanup:
    """Remove what lies in folders of the reports of ``copy`` and was not written for ``kept_report_days``.

    They are of a brief or a campaign, not of a day, so their own age counts; the files of days, which lie beside these
    folders, go with the other reports. Decisions are rows of the landing files and stay.
    """
    kept = max(timedelta(days=settings.kept_report_days), _AT_LEAST)
    oldest = time.time() - kept.total_seconds()
    found = sorted((settings.reports_dir / FOLDER).glob("*/*"))
    return remove(WHAT, [path for path in found if path.lstat().st_mtime < oldest], dry_run=dry_run)
