"""The overview: what is not published is called missing only where the shop lands files for it."""

from __future__ import annotations

import pytest

from ml.documents import Mark, Page, Section
from ml.pages.site import overview
from ml.pages.site.facts import Facts
from ml.profile.capability import PROFILE
from ml.publish.readers import version_of_day
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from ml.words import Words
from tests.pages.site.shop import DAY


@pytest.fixture
def shop_without_reviews(own_shop: Settings) -> Settings:
    """Its landing files are gone since it was published, so what is published is stale."""
    return own_shop.model_copy(update={"capabilities": ("recommend", "profile", "reviews", "predictions")})


def _page(settings: Settings) -> Page:
    versions = {each: found for each in (RECOMMEND, PROFILE) if (found := version_of_day(settings, each, DAY))}
    return overview.page(Facts(settings, DAY, versions), ())


def _section(page: Page, name: str) -> Section:
    return next(section for section in page.sections if section.name == name)


def _statuses(page: Page) -> dict[str, str]:
    return {str(row[0]): str(row[2].text) for row in _section(page, "published").rows if isinstance(row[2], Mark)}


def test_a_capability_for_which_the_shop_lands_no_files_is_said_to_have_none_and_spoils_no_day(
    shop_without_reviews: Settings,
) -> None:
    page = _page(shop_without_reviews)
    assert _statuses(page) == {
        "recommend": "stale",
        "profile": "stale",
        "predictions": "no files",
        "reviews": "no files",
    }
    text = _section(page, "published").text
    assert isinstance(text, Words)
    assert "the shop landed no files for predictions, reviews, so there is nothing to publish." in text.en
    assert "predictions、reviews" in text.zh
    assert str(_section(page, "glance").figures[0].value) == "stale"


def test_one_whose_files_were_landed_stays_missing(shop_without_reviews: Settings) -> None:
    file = shop_without_reviews.landing_dir / "interactions" / f"dt={DAY}" / "rows.csv"
    file.parent.mkdir(parents=True)
    file.write_text("a\n")
    page = _page(shop_without_reviews)
    statuses = _statuses(page)
    assert (statuses["predictions"], statuses["reviews"]) == ("missing", "no files")
    assert "no files for reviews, so" in str(_section(page, "published").text)
    assert str(_section(page, "glance").figures[0].value) == "missing"


def test_where_everything_has_files_nothing_is_said_of_any(own_shop: Settings) -> None:
    page = _page(own_shop.model_copy(update={"capabilities": ("recommend", "profile")}))
    assert "no files" not in str(_section(page, "published").text)
