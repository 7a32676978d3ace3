"""The page Shelves: figures, shares, what the look-ups find."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ml.documents import LookUp, Page, Section, shown
from ml.publish.store import version
from ml.recommend.capability import RECOMMEND
from ml.recommend.pages.published_shelves import PublishedShelves
from ml.recommend.pages.shelves import shelves_page
from ml.settings import Settings
from testkit.page_shop import IMAGE, MILK, NAMES, POLICY_ID, RUN, SHOPPERS, values_of


@pytest.fixture
def page(day: PublishedShelves) -> Page:
    return shelves_page(day)


def section(page: Page, name: str) -> Section:
    return next(each for each in page.sections if each.name == name)


def look_up(page: Page, name: str) -> LookUp:
    return next(each for each in section(page, "find").look_ups if each.name == name)


def record(of: LookUp, found: str) -> dict[str, Any]:
    """By part, its rows; numbers of names are the names' ids."""
    ((name, body),) = of.records([found])
    assert name == found
    parts: dict[str, Any] = json.loads(body)
    to = {field.key for part in of.parts for field in part.fields if field.to}
    return {part: _rows(cells, to, of.names.ids) for part, cells in parts.items() if isinstance(cells, dict)}


def _rows(cells: dict[str, list[Any]], to: set[str], ids: Sequence[str]) -> list[dict[str, Any]]:
    def told(key: str, value: Any) -> Any:
        if isinstance(value, list):
            return [told(key, each) for each in value]
        return ids[value] if key in to and isinstance(value, int) else value

    return [
        {key: told(key, value) for key, value in zip(cells, row, strict=True)}
        for row in zip(*cells.values(), strict=True)
    ]


def test_figures_count_shelves_products_and_their_shares(page: Page) -> None:
    published = section(page, "published")
    told = {shown(figure.label): shown(figure.value) for figure in published.figures}
    assert told["Shelves"] == f"{3 * len(SHOPPERS):,}"
    assert told["Products shown"] == "100.0%"
    assert told["Share of the most popular"] == "100.0%", "there are fewer than ten products"
    assert told["Bought before"] == "0.0%"
    assert [shown(row[0]) for row in published.rows] == ["For you", "Discover", "Buy again"], "in the shop's order"
    assert {tuple(map(shown, row[2:])) for row in published.rows} == {(str(len(SHOPPERS)), "8.0", "8")}


def test_each_chart_has_a_table_and_shares_never_exceed_the_whole(page: Page) -> None:
    drawn = [each for each in page.sections if each.charts]
    assert len(drawn) == 3
    for each in drawn:
        assert each.rows
        for chart in each.charts:
            values = values_of(chart.spec("zh"))
            names = {value["name"] for value in values}
            assert names == {"为你推荐", "发现新品", "再次购买"}
            for name in names:
                assert 0.99 < sum(value["value"] for value in values if value["name"] == name) <= 1


def test_a_shopper_has_every_shelf_with_reasons_evidence_and_purchases(page: Page) -> None:
    shoppers = look_up(page, "shopper")
    assert {*shoppers.ids} == {*SHOPPERS}
    found = record(shoppers, SHOPPERS[0])
    assert [*found] == ["for_you", "discover", "buy_again", "purchases"]
    first = found["for_you"][0]
    assert (first["rank"], first["item_id"]) == (1, "nameless"), "as published on the second day"
    assert found["discover"][0]["item_id"] == MILK
    assert IMAGE in first["reason_text"]
    assert first["evidence_item_ids"] == [MILK]
    assert (first["rank_before_rules"], first["rules_applied"]) == (2, [f"rule {IMAGE}"])
    assert first["propensity"] is None, "certain"
    assert [(row["event_date"], row["item_id"]) for row in found["purchases"]] == [
        ("2025-03-01", MILK),
        ("2025-02-28", "zh"),
    ]


def test_a_shelf_says_where_its_rows_come_from(page: Page) -> None:
    (shelf,) = (part for part in look_up(page, "shopper").parts if part.key == "for_you")
    facts = {shown(label): shown(cell) for label, cell in shelf.facts}
    assert facts["Policy"] == POLICY_ID
    assert facts["Run"] == RUN
    assert facts["Snapshot"].startswith("slices/")
    assert facts["Recommender"] == "Buy it again"
    assert facts["Model"] == "rules, no model"


def test_a_product_has_who_gets_it_and_what_is_like_it(page: Page) -> None:
    products = look_up(page, "product")
    assert {*products.ids} == {*NAMES}
    found = record(products, MILK)
    received = {row["placement"]: row for row in found["received"]}
    turned = len(SHOPPERS[::2])
    assert received["discover"]["shelves"] == received["discover"]["first"] == len(SHOPPERS)
    assert received["for_you"]["first"] == len(SHOPPERS) - turned
    assert len(received["for_you"]["who"]) == 5 and {*received["for_you"]["who"]} <= {*SHOPPERS[1::2]}
    assert [row["related_item_id"] for row in found["similar"]] == [each for each in NAMES if each != MILK][:6]
    assert found["about"][0]["item_category"] == "kind 0"
    body = json.loads(dict(products.records([MILK]))[MILK])
    assert products.names.ids[body["name"]] == MILK
    assert json.loads(dict(products.records(["zh"]))["zh"])["similar"] is None


def test_without_its_snapshot_a_day_still_has_its_shelves(
    page_shop: Settings, day: PublishedShelves, tmp_path: Path
) -> None:
    shutil.copytree(page_shop.home, tmp_path / "own", symlinks=True)
    own = Settings(home=tmp_path / "own")
    shutil.rmtree(own.slices_dir)
    page = shelves_page(PublishedShelves(own, version(own, RECOMMEND, day.version.id)))
    found = record(look_up(page, "shopper"), SHOPPERS[0])
    assert len(found["for_you"]) == len(NAMES)
    assert "Products shown" not in {shown(figure.label) for figure in section(page, "published").figures}
