"""The page Changes: what differs from the day that was published before."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.documents import Page, Section, shown
from ml.pages.site.changes import page
from ml.pages.site.facts import Facts
from ml.publish.readers import version_of_day
from ml.settings import Settings
from testkit.page_shop import FIRST, MILK, SECOND, SHOPPERS, publish_page_shop, values_of


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = Settings(home=Path(tmp_path_factory.mktemp("changes")) / "var")
    publish_page_shop(made)
    return made


def page_of(settings: Settings, day: object) -> Page:
    found = {each: version_of_day(settings, each, day) for each in settings.capabilities_on}  # type: ignore[arg-type]
    return page(Facts(settings, day, {each: version for each, version in found.items() if version}))  # type: ignore[arg-type]


def section(settings: Settings, name: str) -> Section:
    return next(each for each in page_of(settings, SECOND).sections if each.name == name)


def test_shelves_come_first_and_counts_of_rows_last(settings: Settings) -> None:
    names = [each.name for each in page_of(settings, SECOND).sections]
    assert names[:4] == ["changed", "expected", "expected-groups", "exposure-item_id"]
    last = names.index("tables-recommend")
    assert {"examples", "groups", "figures"} <= {*names[:last]}
    assert "tables-profile" in names[last:]


def test_figures_say_how_many_shelves_begin_with_another_item(settings: Settings) -> None:
    changed = section(settings, "changed")
    told = {shown(figure.label): shown(figure.value) for figure in changed.figures}
    share = len(SHOPPERS[::2]) / len(SHOPPERS)
    assert told == {"for_you": f"{share:.1%}", "discover": "0.0%", "buy_again": "0.0%"}
    assert {shown(figure.label, "zh") for figure in changed.figures} == {"为你推荐", "发现新品", "再次购买"}


def test_exposure_that_is_won_and_lost_is_drawn_as_the_table_has_it(settings: Settings) -> None:
    exposure = section(settings, "exposure-item_id")
    table = {shown(row[0]): float(shown(row[-1])) for row in exposure.rows}
    assert table[MILK] < 0 < table["nameless"]
    drawn = [round(each["value"], 2) for each in values_of(exposure.charts[0].spec("zh"))]
    assert drawn == list(table.values())


def test_examples_lead_to_the_shelf(settings: Settings) -> None:
    rows = section(settings, "examples").rows
    assert len(rows) == 20
    for row in rows:
        assert getattr(row[0], "href", "").startswith("shelves.html#shopper=")


def test_every_row_is_as_wide_as_its_columns(settings: Settings) -> None:
    tables = [each for each in page_of(settings, SECOND).sections if each.rows]
    assert len(tables) > 8
    for each in tables:
        assert {len(row) for row in each.rows} == {len(each.columns)}, each.name
        assert each.numeric <= {*each.columns}, each.name


def test_without_an_earlier_day_the_page_says_so(settings: Settings) -> None:
    (only,) = page_of(settings, FIRST).sections
    assert "No earlier day" in shown(only.text) and "没有" in shown(only.text, "zh")
