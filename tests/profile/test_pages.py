"""The page Profiles, of a shop whose answer is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ml.documents import Page, Section, shown
from ml.profile.capability import PROFILE
from ml.profile.columns import Profile
from ml.profile.pages.page import pages
from ml.profile.pages.shopper import shopper
from ml.publish.readers import version_of_day
from ml.settings import Settings
from testkit.page_shop import FIRST, IMAGE, SECOND, SHOPPERS, publish_page_shop, values_of


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = Settings(home=Path(tmp_path_factory.mktemp("profiles")) / "var")
    publish_page_shop(made)
    return made


def page_of(settings: Settings, day: object) -> Page:
    version = version_of_day(settings, PROFILE, day)  # type: ignore[arg-type]
    assert version is not None
    (page,) = pages(settings, version)
    return page


def section(page: Page, name: str) -> Section:
    return next(each for each in page.sections if each.name == name)


def test_stages_add_up_to_all_shoppers_in_the_order_of_life(settings: Settings) -> None:
    stages = section(page_of(settings, SECOND), "stages")
    assert [shown(row[0]) for row in stages.rows] == ["Prospect", "New", "Active", "At risk", "Lapsed"]
    assert sum(int(shown(row[1])) for row in stages.rows) == len(SHOPPERS)
    assert shown(stages.rows[0][0], "zh") == "潜在顾客"
    assert [shown(figure.value) for figure in stages.figures][:2] == [f"{len(SHOPPERS):,}", "20%"]


def test_recency_and_frequency_are_counted_in_fifths(settings: Settings) -> None:
    table = section(page_of(settings, SECOND), "recency-frequency")
    counts = {shown(row[0]): [int(shown(cell)) for cell in row[1:]] for row in table.rows}
    pairs = [(1 + number % 5, 1 + number % 4) for number in range(len(SHOPPERS))]
    assert counts["3"] == [pairs.count((3, often)) for often in range(1, 6)]
    assert sum(map(sum, counts.values())) == len(SHOPPERS)
    assert [*counts] == [*"54321"]


def test_days_are_compared_from_the_second_on(settings: Settings) -> None:
    days = section(page_of(settings, SECOND), "stages-by-day")
    assert [shown(row[0]) for row in days.rows] == [str(FIRST), str(SECOND)]
    assert all(each.name != "stages-by-day" for each in page_of(settings, FIRST).sections)


def test_every_chart_can_be_drawn_in_both_languages_and_has_a_table(settings: Settings) -> None:
    drawn = [each for each in page_of(settings, SECOND).sections if each.charts]
    assert len(drawn) >= 5
    for each in drawn:
        assert each.rows, each.name
        for chart in each.charts:
            english, chinese = (json.dumps(chart.spec(language)) for language in ("en", "zh"))
            assert english != chinese
            assert values_of(chart.spec("en"))


def test_a_histogram_counts_every_shopper_once(settings: Settings) -> None:
    measures = section(page_of(settings, SECOND), "measures")
    first = measures.charts[0].spec("en")
    assert sum(each["count"] for each in values_of(first)) == len(SHOPPERS)
    assert {shown(row[1]) for row in measures.rows} == {f"{len(SHOPPERS):,}"}


def test_a_shopper_is_found_with_what_is_known_and_nothing_else(settings: Settings) -> None:
    version = version_of_day(settings, PROFILE, SECOND)
    assert version is not None
    parts = shopper(settings, version)
    assert {*parts.ids} == {*SHOPPERS}
    ((found, body),) = parts.records([SHOPPERS[0]])
    record = json.loads(body)
    assert found == SHOPPERS[0]
    told = {what: value for part in record.values() for what, value in zip(part["what"], part["value"], strict=True)}
    assert told[Profile.lifecycle_stage] == "prospect"
    assert told[Profile.top_category_1] == f"{IMAGE} 0"
    assert told[Profile.preferred_weekday] == "day 1"
