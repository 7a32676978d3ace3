"""One small shop, published once for all tests of questions."""

from __future__ import annotations

import pytest

from ml.assistant.questions.catalogue import Catalogue, catalogue_of
from ml.assistant.questions.published import published
from ml.settings import Settings
from testkit.asked_shop import publish_asked_shop


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(home=tmp_path_factory.mktemp("asked") / "var")
    publish_asked_shop(settings)
    return settings


@pytest.fixture(scope="package")
def catalogue(shop: Settings) -> Catalogue:
    tables = published(shop, None)
    with tables.database(shop, tables.tables) as database:
        return catalogue_of(database, tables.tables)
