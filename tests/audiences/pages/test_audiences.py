"""The page Audiences: every number on it is one of the published tables; consent and withheld ones are told."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from ml.audiences.columns import Aud, Consent
from ml.audiences.pages.audiences import audiences_page
from ml.audiences.pages.look_up import examples
from ml.audiences.pages.published import PublishedAudiences
from ml.audiences.pages.shopper import shopper
from ml.documents import LookUp, Page, Section, shown
from ml.tables import Col
from testkit.audience_members import DEFINED, SMALL
from testkit.audience_shop import made_tables
from tests.audiences.pages.conftest import FIRST, SECOND, SHOPPERS

LARGEST = "high_value_at_risk"


@pytest.fixture(scope="module")
def page(published: PublishedAudiences) -> Page:
    return audiences_page(published)


def section(page: Page, name: str) -> Section:
    return next(each for each in page.sections if each.name == name)


def record(look_up: LookUp, audience: str) -> dict[str, Any]:
    ((found, body),) = look_up.records([audience])
    assert found == audience
    told: dict[str, Any] = json.loads(body)
    return told


def test_the_list_has_every_audience_the_largest_first_with_who_joined_and_left(
    page: Page, published: PublishedAudiences
) -> None:
    rows = section(page, "audiences").rows
    assert {shown(row[0]) for row in rows} == {names[0] for names in DEFINED.values()}
    first = published.audiences.row(0, named=True)
    assert [shown(cell) for cell in rows[0][:4]] == [
        first[Aud.name_en],
        f"{first[Aud.size]:,}",
        f"{first[Aud.share]:.1%}",
        f"+{first[Aud.joined_1d]} −{first[Aud.left_1d]}",
    ]
    assert rows[0][0].href == f"audiences.html#audience={first[Aud.audience_id]}"  # type: ignore[union-attr]
    assert [shown(cell) for cell in rows[-1][1:6]] == ["–"] * 2 + [shown(cell) for cell in rows[-1][3:6]]
    assert shown(rows[0][0], "zh") == first[Aud.name_zh]


def test_a_withheld_audience_has_its_reason_and_a_remedy_and_no_members(page: Page) -> None:
    withheld = section(page, "withheld")
    assert [shown(cell) for cell in withheld.rows[0]] == [DEFINED[SMALL][0], "fewer than 20 members", DEFINED[SMALL][3]]
    assert "shelduck audience preview" in shown(withheld.text) and "shelduck audience preview" in shown(
        withheld.text, "zh"
    )
    (look_up,) = section(page, "find").look_ups
    found = record(look_up, SMALL)
    assert found["examples"] is None and found["traits"] is None
    assert "fewer than 20 members" in found["about"]["value"]


@pytest.mark.parametrize(
    ("consent", "told"), [(Consent.ASSUMED, "nobody was asked"), (Consent.GRANTED, "have granted")]
)
def test_how_members_agreed_is_told_on_the_list_of_one_audience_and_of_a_shopper(
    published: PublishedAudiences, consent: Consent, told: str
) -> None:
    made = made_tables(SECOND, SHOPPERS[:50], consent)
    day = PublishedAudiences(published.settings, published.version)
    day.__dict__["audiences"] = made["audience"].sort(Aud.size, descending=True, nulls_last=True)
    page = audiences_page(day)
    assert told in shown(section(page, "audiences").text)
    (look_up,) = section(page, "find").look_ups
    assert told in shown(look_up.parts[0].text)
    assert record(look_up, LARGEST)["about"]["value"].count(consent.value) == 1


def test_one_audience_has_definition_traits_change_overlap_and_ten_examples(
    page: Page, published: PublishedAudiences
) -> None:
    (look_up,) = section(page, "find").look_ups
    found = record(look_up, LARGEST)
    row = published.audiences.row(by_predicate=pl.col(Aud.audience_id) == LARGEST, named=True)
    assert found["name"] == {"en": row[Aud.name_en], "zh": row[Aud.name_zh]}
    assert found["about"]["value"][:3] == [row[Aud.condition], row[Aud.kind], str(row[Aud.size])]
    assert found["change"]["days"] == [1, 7, 28]
    assert found["change"]["joined"] == [row[Aud.joined_1d], row[Aud.joined_7d], row[Aud.joined_28d]]
    assert found["change"]["size"][1] == row[Aud.size] - row[Aud.joined_7d] + row[Aud.left_7d]
    assert found["traits"][Aud.share_in] == [90.0, 45.0]
    assert {*found["overlap"][Aud.other_audience_id]} <= {*DEFINED} - {LARGEST, SMALL}
    members = published.members.filter(pl.col(Aud.is_member), pl.col(Aud.audience_id) == LARGEST)
    assert len({*found["examples"][Col.user_id]} & {*members[Col.user_id]}) == 10


def test_examples_are_members_of_the_highest_score_or_spread_over_all(published: PublishedAudiences) -> None:
    found = examples(published.members)
    assert set(found.group_by(Aud.audience_id).len()["len"]) == {10}
    assert found.join(published.members.filter(pl.col(Aud.is_member)), on=[Aud.audience_id, Col.user_id]).height == 50
    scored = published.members.filter(pl.col(Aud.audience_id) == "likely_baking", pl.col(Aud.is_member))
    best = scored[Col.score].sort(descending=True)[9]
    assert found.filter(pl.col(Aud.audience_id) == "likely_baking")[Col.score].min() == pytest.approx(best)
    of_condition = published.members.filter(pl.col(Aud.audience_id) == LARGEST, pl.col(Aud.is_member))[Col.user_id]
    shown_users = found.filter(pl.col(Aud.audience_id) == LARGEST)[Col.user_id]
    assert shown_users.max() > of_condition.sort()[len(of_condition) // 2]  # type: ignore[operator]


def test_sizes_over_time_are_those_that_each_day_published(page: Page, published: PublishedAudiences) -> None:
    sizes = section(page, "sizes")
    assert [shown(row[0]) for row in sizes.rows] == [str(FIRST), str(SECOND)]
    before = made_tables(FIRST, SHOPPERS)["audience"].filter(pl.col(Aud.audience_id) == LARGEST)[Aud.size].item()
    name = next(place for place, column in enumerate(sizes.columns) if shown(column) == DEFINED[LARGEST][0])
    assert [shown(row[name]) for row in sizes.rows] == [
        str(before),
        str(published.audiences.filter(pl.col(Aud.audience_id) == LARGEST)[Aud.size].item()),
    ]


def test_a_shopper_sees_segments_tags_and_audiences_with_reasons(published: PublishedAudiences) -> None:
    parts = shopper(published.settings, published.version)
    member = published.members.filter(pl.col(Aud.is_member)).row(0, named=True)
    ((_, body),) = parts.records([member[Col.user_id]])
    found = json.loads(body)
    assert [*found] == [part.key for part in parts.parts] == ["segments", "tags", "audiences"]
    place = found["audiences"][Aud.audience_id].index(member[Aud.audience_id])
    assert found["audiences"][Aud.reason_en][place] == member[Aud.reason_en]
    assert found["segments"][Aud.scheme] == ["behaviour", "rfm", "lifecycle"]
    assert None not in found["segments"]["now_zh"]
    assert {*parts.ids} == {*SHOPPERS}
    for part in parts.parts:
        keys = {str(field.key) for field in part.fields} | {shown(field.key, "zh") for field in part.fields}
        assert keys <= {*(found[part.key] or keys)}, part.key
