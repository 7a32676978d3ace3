"""The pages of copy and reviews in a real browser: whole, quiet and accessible; hostile texts run nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ml.pages.site.build import BuiltSite, build_site
from ml.settings import Settings
from testkit.copy_days import HOSTILE, publish_copy
from testkit.copy_shop import DAY
from testkit.review_days import published_reviews
from tests.pages.site.browser import EYES, MISSING, PATH
from tests.pages.site.test_browser import SERIOUS, Visit

pytestmark = pytest.mark.skipif(PATH is None, reason=MISSING)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    """A site with both pages."""
    home: Path = tmp_path_factory.mktemp("texts")
    settings = Settings(home=home / "var")
    publish_copy(settings)
    published_reviews(settings, DAY)
    return build_site(settings, DAY, home / "site")


@pytest.mark.parametrize("name", ["copy", "voice"])
def test_texts_of_shops_and_reviewers_are_whole_and_harmless(texts: BuiltSite, name: str) -> None:
    from playwright.sync_api import sync_playwright

    assert texts.troubles == ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PATH, args=["--no-sandbox"])
        for eyes, language in (("desktop, light", "en"), ("phone, dark", "zh")):
            context = browser.new_context(**EYES[eyes])
            context.add_init_script("window.alert = () => { window.attacked = true }")
            visit = Visit(context, texts, name, language)
            for each in visit.page.locator("details").all():
                each.evaluate("element => { element.open = true }")
            wide, room = visit.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert wide <= room, f"{wide} pixels of {room}"
            assert visit.complaints == [] and visit.page.evaluate("window.attacked") is None
            assert visit.page.locator("main img, main script:not([type='application/json'])").count() == 0
            if language == "en":  # the blocks in every theme: test_browser
                bad = [each["nodes"][0]["html"] for each in _violations(visit.page) if each["impact"] in SERIOUS]
                assert bad == []
            hostile = HOSTILE if name == "copy" else "<script>alert(1)</script>"
            assert hostile in visit.page.locator("main").inner_text()
            context.close()
        browser.close()


def _violations(page: Any) -> list[dict[str, Any]]:
    from axe_playwright_python.sync_playwright import Axe

    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return found
