"""``write(settings, slice_folder)``: asks a language model for what a day's briefs lack, and lands what it wrote.

Not part of ``compute``: an answer is not a function of the day. It becomes one by being landed, before the day is
computed; a day that is run again finds the rows and asks for nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from ml.capabilities import named
from ml.copy.capability import COPY, COPY_TEXT
from ml.copy.sheets.daily import requests_of
from ml.copy.writing.budget import Purse
from ml.copy.writing.landed import known_texts, written_on
from ml.copy.writing.report import Written, report_path, write_report
from ml.copy.writing.requests import Wanted, write_requests
from ml.copy.writing.run import Means
from ml.copy.writing.tracking import track
from ml.day import Day, day_of
from ml.settings import Settings
from ml.text.language_model import LanguageModel, Server

_log = logging.getLogger(__name__)


def write(settings: Settings, slice_folder: Path) -> Written | None:
    """Ask for the texts that the briefs of a day lack as of the day; None without ``SHELDUCK_LLM_URL``.

    Whatever the server does, or does not, is told in the result and in the day's report; templates write the rest.

    Raises:
        StaleFeatures: the folder holds no complete snapshot.
        NotPublished: an upstream capability has not published the day.
        DiskFull: texts that are landed by then are kept.
    """
    return write_day(day_of(settings, named(COPY.name), slice_folder))


def write_day(day: Day, sleep: Callable[[float], None] = time.sleep) -> Written | None:
    """``write`` for a day that was read.

    Args:
        sleep: waits so many seconds before a server is asked again.
    """
    settings = day.settings
    server = server_of(settings)
    if server is None:
        report_path(settings, day.as_of).unlink(missing_ok=True)  # of a run that had one
        return None
    requested, known = requests_of(day), known_texts(day.table(COPY_TEXT))
    pending = frozenset(written_on(settings, day.as_of) - known)
    wanted = Wanted(day.as_of, requested.requests, known | pending, pending, requested.catalogue)
    with LanguageModel(server) as model:
        means = Means(model, Purse(settings.llm_budget), sleep)
        written = write_requests(settings, wanted, means)
    write_report(settings, written)
    if written.calls:
        track(settings, written)
    _log.info("language model: %s", written.told())
    return written


def server_of(settings: Settings) -> Server | None:
    """The server that the settings name; None where they name none."""
    if settings.llm_url is None:
        return None
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else ""
    return Server(settings.llm_url.get_secret_value(), settings.llm_model, key, settings.llm_timeout)
