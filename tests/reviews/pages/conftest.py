"""A published day of reviews, and its tables."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from ml.publish.readers import version_of_day
from ml.reviews.capability import REVIEWS
from ml.reviews.pages.published import PublishedReviews
from ml.settings import Settings
from testkit.review_days import published_reviews

DAY = date(2026, 3, 1)


def day_of(settings: Settings) -> PublishedReviews:
    """What was published of the day."""
    version = version_of_day(settings, REVIEWS, DAY)
    assert version is not None
    return PublishedReviews(settings, version)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[PublishedReviews, dict[str, pl.DataFrame]]:
    """The day and the tables that it was published from."""
    settings = Settings(home=tmp_path_factory.mktemp("reviews") / "var")
    tables = published_reviews(settings, DAY)
    return day_of(settings), tables
