"""The site of a shop with hostile names and ids, and a browser, for all tests that change neither."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ml.pages.site.build import BuiltSite, build_site
from ml.settings import Settings
from testkit.audience_shop import made_tables, publish_audiences
from testkit.page_shop import FIRST, IMAGE, REVERSED, SECOND, SHOPPERS, publish_page_shop
from tests.pages.site.browser import PATH


@pytest.fixture(scope="session")
def page_shop(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a data home with both days; texts of segments and audiences are hostile, too."""
    settings = Settings(home=tmp_path_factory.mktemp("pages") / "var")
    publish_page_shop(settings)
    for day in (FIRST, SECOND):
        made = made_tables(day, SHOPPERS, texts=f" {IMAGE} {REVERSED}")
        publish_audiences(settings, day, made, f"{day}-shop")
    return settings


@pytest.fixture(scope="session")
def page_site(page_shop: Settings, tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    """The site of the second day."""
    built = build_site(page_shop, SECOND, tmp_path_factory.mktemp("look-ups") / "site")
    assert built.troubles == ()
    return built


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=PATH, args=["--no-sandbox"])
        yield found
        found.close()
