"""The look-ups and the pages of the capabilities in a real browser, opened from a folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from ml.escape import visible
from ml.pages.look_ups.files import shard, words
from ml.pages.site.build import BuiltSite
from testkit.page_shop import FIRST, IMAGE, LONG, MILK, NAMES, REVERSED, SECOND, SHOPPERS
from tests.hostile import NAMES as BAD_NAMES
from tests.pages.site.browser import EYES, MISSING, PATH, READERS
from tests.pages.site.test_browser import SERIOUS, Visit

pytestmark = pytest.mark.skipif(PATH is None, reason=MISSING)
OWN_PAGES = ("shelves", "models", "profiles", "changes")
MEANT = "high_value_at_risk"


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    made = browser.new_context(**EYES["desktop, light"])
    made.add_init_script("window.alert = () => { window.attacked = true }")
    yield made
    made.close()


def ask(page: Any, label: str, text: str) -> None:
    """Type a text into a field and press the button beside it."""
    form = page.get_by_role("search", name=label)
    form.get_by_role("searchbox").fill(text)
    form.get_by_role("button", name="Find").click()


def heading(page: Any, text: str) -> Any:
    """The heading of what was found, once it is there."""
    found = page.locator(".found h3", has_text=text)
    found.wait_for(timeout=10_000)
    return found


def test_a_shopper_a_row_its_command_a_product_and_back(context: Any, page_site: BuiltSite) -> None:
    visit = Visit(context, page_site, "shelves")
    page = visit.page
    ask(page, "Find a shopper", SHOPPERS[0])
    heading(page, f"Shopper {SHOPPERS[0]}")
    assert page.get_by_role("status").inner_text() == f"Found: Shopper {SHOPPERS[0]}"
    assert page.locator(".found h4").all_inner_texts() == ["For you", "Discover", "Buy again", "Recent purchases"]
    shelf = page.get_by_role("region", name="For you")
    assert shelf.locator("tbody tr:visible").count() == len(NAMES)
    more = shelf.get_by_role("button", name="More about rank 1")
    more.click()
    assert more.get_attribute("aria-expanded") == "true"
    told = shelf.locator("tr.below").first.inner_text()
    assert f"shelduck why {SHOPPERS[0]} nameless --as-of {SECOND} --placement for_you" in " ".join(told.split())
    assert f"rule {IMAGE}" in told and "Taste of similar shoppers" in told and "Fluid Milk, 1 GA" in told
    page.locator(".found details.behind summary").first.click()
    assert "0123456789ab" in page.locator(".found details.behind").first.inner_text()
    shelf.get_by_role("link", name=NAMES[MILK]).first.click()
    heading(page, NAMES[MILK])
    received = page.get_by_role("region", name="Who gets it")
    assert "125" in received.inner_text()
    assert page.get_by_role("region", name="Similar").locator("tbody tr").count() == 6
    page.go_back()
    heading(page, f"Shopper {SHOPPERS[0]}")
    page.go_back()
    page.wait_for_function("!document.querySelector('.found').firstChild")
    assert visit.complaints == []


def test_from_the_diff_to_a_shelf_and_back(context: Any, page_site: BuiltSite) -> None:
    page = Visit(context, page_site, "changes").page
    assert f"shelduck diff {FIRST} {SECOND}" in page.locator(".lead").inner_text()
    link = page.locator("#examples tbody a").first
    shopper = link.inner_text()
    link.click()
    page.wait_for_url("**/shelves.html#shopper=*")
    heading(page, f"Shopper {shopper}")
    page.go_back()
    page.wait_for_url("**/changes.html")
    page.locator("#examples").wait_for()


def test_from_an_audience_to_a_member_and_back_to_another_of_the_members_audiences(
    context: Any, page_site: BuiltSite
) -> None:
    visit = Visit(context, page_site, "audiences")
    page = visit.page
    page.locator("#audiences").get_by_role("link", name="High value, at risk").click()
    heading(page, "High value, at risk")
    assert "nobody was asked" in page.locator(".found").inner_text()
    examples = page.get_by_role("region", name="Ten examples")
    assert examples.locator("tbody tr").count() == 10
    shopper = examples.get_by_role("link").first.inner_text()
    examples.get_by_role("link").first.click()
    heading(page, f"Shopper {shopper}")
    sections = page.locator(".found h4").all_inner_texts()
    assert sections[:3] == ["Segments", "Tags", "Audiences"]
    assert sections[-3:] == ["Purchases by month", "Last days with a purchase", "Shelves"]
    months = page.get_by_role("region", name="Purchases by month")
    widths = months.locator(".lengths span").evaluate_all("bars => bars.map(bar => bar.offsetWidth)")
    assert len(widths) == 12 and max(widths) > 50 and min(widths) == 0
    audiences = page.get_by_role("region", name="Audiences")
    assert IMAGE in audiences.inner_text() and visible(REVERSED) in audiences.inner_text()
    audiences.get_by_role("link", name=MEANT).click()
    heading(page, "High value, at risk")
    assert page.evaluate("window.attacked") is None and visit.complaints == []


@pytest.mark.parametrize("shopper", SHOPPERS[1:6])
def test_whatever_an_id_is_its_shelf_is_found(context: Any, page_site: BuiltSite, shopper: str) -> None:
    visit = Visit(context, page_site, "shelves")
    ask(visit.page, "Find a shopper", shopper)
    heading(visit.page, visible(shopper))
    assert visit.page.evaluate("window.attacked") is None and visit.complaints == []
    assert visit.page.locator("main img").count() == 0


def test_hostile_names_are_text_hidden_letters_are_seen_and_no_row_grows(context: Any, page_site: BuiltSite) -> None:
    visit = Visit(context, page_site, f"shelves.html#product={quote(IMAGE)}")
    page = visit.page
    heading(page, f"Tea {IMAGE}")
    page.goto(page.url.partition("#")[0] + f"#shopper={SHOPPERS[1]}")
    heading(page, SHOPPERS[1])
    text = page.locator(".found").inner_text()
    assert visible(REVERSED) in text and REVERSED not in text
    assert LONG not in text and LONG[:150] in text
    page.get_by_role("region", name="For you").get_by_role("button").first.click()
    command = page.locator(".found code").first.inner_text()
    assert command == f"shelduck why --as-of {SECOND} --placement for_you -- {SHOPPERS[1]} {MILK}"
    rows = page.evaluate("Array.from(document.querySelectorAll('.found tr'), row => row.offsetHeight)")
    assert max(rows) < 400
    assert page.evaluate("window.attacked") is None and visit.complaints == []


def test_products_are_found_by_words_in_any_script_and_a_missing_one_is_said(
    context: Any, page_site: BuiltSite
) -> None:
    page = Visit(context, page_site, "shelves").page
    for text, names in (
        ("milk", {NAMES[MILK], NAMES["milk-2"], NAMES["constructor"]}),
        ("MILK fluid", {NAMES[MILK]}),
        ("牛奶", {NAMES["zh"]}),
    ):
        ask(page, "Find a product", text)
        for name in names:  # of this question, not of the one before
            page.locator(".matches a", has_text=name).first.wait_for()
        assert {each.partition("\n")[0] for each in page.locator(".matches a").all_inner_texts()} == names
    for text in ("toString", "no such thing"):
        ask(page, "Find a product", text)
        page.get_by_text("No such product").wait_for()
        assert page.locator(".found > *").count() == 0


def test_a_profile_is_found_by_keyboard_alone(context: Any, page_site: BuiltSite) -> None:
    page = Visit(context, page_site, "shopper").page
    page.get_by_role("searchbox").focus()
    page.keyboard.type(SHOPPERS[0])
    page.keyboard.press("Enter")
    heading(page, f"Shopper {SHOPPERS[0]}")
    assert "Prospect" in page.get_by_role("region", name="Where the shopper stands").inner_text()
    assert page.evaluate("document.activeElement.type") == "search"


def _visited(eyes: str, language: str) -> Iterator[str]:
    """What a reader opens; pages with much to check are opened by two who differ in size and theme."""
    yield from (*OWN_PAGES, f"shelves.html#shopper={SHOPPERS[0]}")
    if (eyes, language) in (READERS[0], READERS[-1]):
        yield from ("segments", f"audiences.html#audience={MEANT}", f"shopper.html#customer={SHOPPERS[0]}")


@pytest.mark.parametrize(("eyes", "language"), READERS)
def test_every_page_is_quiet_whole_and_accessible(browser: Any, page_site: BuiltSite, eyes: str, language: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(**EYES[eyes])
    for name in _visited(eyes, language):
        visit = Visit(context, page_site, name, language)
        if "#" in name:
            visit.page.locator(".found h3").wait_for(timeout=10_000)
        if name.startswith("shelves.html#"):
            visit.page.locator(".found .more").first.click()
        for each in visit.page.locator("details").all():
            each.evaluate("element => { element.open = true }")
        assert visit.complaints == [], name
        assert all(address.startswith(("file://", "blob:")) for address in visit.asked), name
        wide, room = visit.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= room, f"{name} is {wide} pixels wide of {room}"
        found = Axe().run(visit.page).response["violations"]
        bad = [(each["id"], each["nodes"][0]["html"][:200]) for each in found if each["impact"] in SERIOUS]
        assert bad == [], name
        visit.page.close()
    context.close()


def test_the_script_has_the_shards_words_and_escapes_of_the_code_that_writes(
    context: Any, page_site: BuiltSite
) -> None:
    page = Visit(context, page_site, "shelves").page
    texts = [*BAD_NAMES, *SHOPPERS, *NAMES.values(), "ＡＢＣ ½ ß İ snake_case ŉ"]
    told = page.evaluate("texts => texts.map(each => window.shelduck.records.visible(each))", texts)
    assert told == [visible(each) for each in texts]
    told = page.evaluate("texts => texts.map(each => window.shelduck.records.shard(each, 1024))", texts)
    assert told == [shard(each, 1024) for each in texts]
    told = page.evaluate("texts => texts.map(each => window.shelduck.records.words(each))", texts)
    assert told == [words(each) for each in texts]
    letters = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x30000), *range(0xE0000, 0xE0100)]))
    assert page.evaluate("text => window.shelduck.records.visible(text)", letters) == visible(letters)
