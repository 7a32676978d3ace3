"""One published shop, and one site of it, for all tests that change neither."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ml.pages.site.build import BuiltSite, build_site
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from tests.pages.site.shop import DAY, pages_of, publish_shop

EVERY_KIND = "tests.pages.site.every_kind:pages"


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a data home with two published days."""
    settings = Settings(home=tmp_path_factory.mktemp("site") / "var")
    publish_shop(settings)
    return settings


@pytest.fixture(scope="session")
def built(shop: Settings, tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    """The site of the newer day, with a page of every kind of block."""
    with pages_of(RECOMMEND, EVERY_KIND):
        return build_site(shop, DAY, tmp_path_factory.mktemp("public") / "site")


@pytest.fixture
def own_shop(shop: Settings, tmp_path: Path) -> Settings:
    """A copy of the shop that a test may change."""
    shutil.copytree(shop.home, tmp_path / "own", symlinks=True)
    return Settings(home=tmp_path / "own")
