"""The site in a real browser, opened from a folder: it asks no network, complains about nothing, all can read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ml.pages.site.build import BuiltSite
from ml.words import LANGUAGES
from tests.pages.site.browser import EYES, MISSING, PATH, READERS

pytestmark = pytest.mark.skipif(PATH is None, reason=MISSING)
PAGES = ("index", "data", "checks", "lineage", "kinds")
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=PATH, args=["--no-sandbox"])
        yield found
        found.close()


class Visit:
    """A page that was opened, with what it asked for and complained about."""

    def __init__(self, context: Any, built: BuiltSite, name: str, language: str = "en") -> None:
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page = context.new_page()
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        folder = built.folder if language == LANGUAGES[0] else built.folder / language
        file, _, part = name.partition(".html")
        self.page.goto((folder / f"{file}.html").as_uri() + part)
        charts = self.page.locator(".chart").count()
        self.page.wait_for_function("n => document.querySelectorAll('.chart[data-drawn]').length === n", arg=charts)


@pytest.mark.parametrize(("eyes", "language"), READERS)
def test_every_page_is_quiet_whole_and_accessible(browser: Any, built: BuiltSite, eyes: str, language: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(**EYES[eyes])
    for name in PAGES:
        visit = Visit(context, built, name, language)
        assert visit.complaints == [], name
        assert len(visit.asked) > 3 and all(address.startswith("file://") for address in visit.asked), name
        wide, room = visit.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= room, f"{name} is {wide} pixels wide of {room}"
        for each in visit.page.locator("details").all():
            each.evaluate("element => { element.open = true }")
        found = Axe().run(visit.page).response["violations"]
        bad = [(each["id"], each["nodes"][0]["html"][:200]) for each in found if each["impact"] in SERIOUS]
        assert bad == [], name
        visit.page.close()
    context.close()


def test_every_chart_is_drawn_and_follows_the_theme(browser: Any, built: BuiltSite) -> None:
    context = browser.new_context(**EYES["desktop, light"])
    page = Visit(context, built, "kinds").page
    for place in page.locator(".chart").all():
        assert place.locator("svg path, svg rect").count() > 2 and place.locator("svg text").count() > 1
        box = place.locator("svg").first.bounding_box()
        assert box and box["width"] > 200
    colour = "element => getComputedStyle(element).fill"
    bar, before = page.locator(".chart svg path[aria-roledescription=bar]").first, set[str]()
    before.add(bar.evaluate(colour))
    page.get_by_role("button", name="Dark colours").click()
    assert bar.evaluate(colour) not in before
    context.close()


def test_the_chosen_theme_is_kept_and_the_language_changes_on_the_same_page(browser: Any, built: BuiltSite) -> None:
    context = browser.new_context(**EYES["desktop, light"])
    page = Visit(context, built, "data").page
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.get_by_role("button", name="Dark colours").click()
    dark = page.evaluate(paper)
    assert dark != light
    page.get_by_role("link", name="中文").click()
    page.wait_for_url("**/zh/data.html")
    assert page.evaluate(paper) == dark
    assert page.get_by_role("button", name="深色模式").get_attribute("aria-pressed") == "true"
    page.get_by_role("link", name="English").click()
    page.wait_for_url(lambda address: address.endswith("/data.html") and "/zh/" not in address)
    context.close()


def test_a_keyboard_skips_to_the_content_and_walks_the_navigation(browser: Any, built: BuiltSite) -> None:
    context = browser.new_context(**EYES["desktop, light"])
    page = Visit(context, built, "index").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Shift+Tab")
    for _ in range(20):
        if page.evaluate("document.activeElement.textContent") == "Data":
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/data.html")
    assert page.locator("nav [aria-current=page]").inner_text() == "Data"
    context.close()


def test_hostile_texts_run_nothing_and_destroy_no_layout(browser: Any, built: BuiltSite) -> None:
    context = browser.new_context(**EYES["phone, dark"])
    context.add_init_script("window.alert = () => { window.attacked = true }")
    visit = Visit(context, built, "kinds")
    assert visit.page.evaluate("window.attacked") is None and visit.complaints == []
    assert visit.page.locator("img").count() == 0
    assert "<img src=x onerror=alert(1)>" in visit.page.locator("main").inner_text()
    tallest = visit.page.evaluate("Math.max(...Array.from(document.querySelectorAll('tr'), row => row.offsetHeight))")
    assert tallest < 400, "a name of 10,000 characters is cut until it is asked for"
    context.close()
