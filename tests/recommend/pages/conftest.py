"""A shop whose shelves are known."""

from __future__ import annotations

import pytest

from ml.publish.readers import version_of_day
from ml.recommend.capability import RECOMMEND
from ml.recommend.pages.published_shelves import PublishedShelves
from ml.settings import Settings
from testkit.page_shop import SECOND, publish_page_shop


@pytest.fixture(scope="session")
def page_shop(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a data home with both days."""
    made = Settings(home=tmp_path_factory.mktemp("shelves") / "var")
    publish_page_shop(made)
    return made


@pytest.fixture
def day(page_shop: Settings) -> PublishedShelves:
    """The second day."""
    version = version_of_day(page_shop, RECOMMEND, SECOND)
    assert version is not None
    return PublishedShelves(page_shop, version)
