"""Two published days of hand-made segments and audiences."""

from __future__ import annotations

from datetime import date

import pytest

from ml.audiences.capability import AUDIENCES
from ml.audiences.pages.published import PublishedAudiences
from ml.publish.readers import version_of_day
from ml.settings import Settings
from testkit.audience_shop import made_tables, publish_audiences

FIRST, SECOND = date(2025, 3, 1), date(2025, 3, 2)
SHOPPERS = [f"u{number}" for number in range(600)]


@pytest.fixture(scope="session")
def audience_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a data home with both days."""
    settings = Settings(home=tmp_path_factory.mktemp("audiences") / "var")
    for day in (FIRST, SECOND):
        publish_audiences(settings, day, made_tables(day, SHOPPERS), "none")
    return settings


@pytest.fixture(scope="session")
def published(audience_home: Settings) -> PublishedAudiences:
    """The second day."""
    version = version_of_day(audience_home, AUDIENCES, SECOND)
    assert version is not None
    return PublishedAudiences(audience_home, version)
