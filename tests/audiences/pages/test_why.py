"""``shelduck why USER --audience NAME``: what is published of a shopper and an audience, nothing that is withheld."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from ml.audiences.columns import Aud, Consent
from ml.audiences.pages.published import PublishedAudiences
from ml.audiences.pages.why import Membership, membership
from ml.audiences.pages.why_sections import sections
from ml.cli import app
from ml.console.passports import as_json, membership_of
from ml.documents import shown
from ml.errors import NotPublished
from ml.settings import Settings
from ml.tables import Col
from ml.words import LANGUAGES, Language
from testkit.audience_members import DEFINED, SMALL
from testkit.audience_shop import made_tables, publish_audiences
from tests.audiences.pages.conftest import SECOND, SHOPPERS

ASKED = "likely_baking"


def cells(found: Membership, language: Language = "en") -> set[str]:
    """Every text of every table."""
    return {shown(cell, language) for section in sections(found) for row in section.rows for cell in row}


def published_of(published: PublishedAudiences, user: str, audience: str = ASKED) -> Membership:
    return membership(published.settings, published.version, user, audience)


def rows_of(published: PublishedAudiences, *, is_member: bool) -> list[dict[str, object]]:
    theirs = pl.col(Aud.audience_id) == ASKED
    return published.members.filter(theirs, pl.col(Aud.is_member) == is_member).to_dicts()


@pytest.mark.parametrize("is_member", [True, False])
def test_a_member_or_one_who_left_is_told_as_published(published: PublishedAudiences, is_member: bool) -> None:
    row = rows_of(published, is_member=is_member)[0]
    found = published_of(published, str(row[Col.user_id]))
    assert (found.is_member, found.score, found.member_28d) == (is_member, row[Col.score], row[Aud.member_28d])
    assert found.reason is not None and found.reason.zh == row[Aud.reason_zh]
    assert {each.scheme for each in found.segments} == {"behaviour", "rfm", "lifecycle"}
    for language in LANGUAGES:
        assert {str(row[f"reason_{language}"]), DEFINED[ASKED][3]} <= cells(found, language)


def test_whoever_was_no_member_within_four_weeks_is_told_so(published: PublishedAudiences) -> None:
    listed = {*published.members.filter(pl.col(Aud.audience_id) == ASKED)[Col.user_id]}
    found = published_of(published, next(user for user in SHOPPERS if user not in listed))
    assert found.is_member is False and found.reason is None
    assert any("does not fit" in cell for cell in cells(found))


def test_of_a_withheld_audience_only_the_reason_is_published_of(published: PublishedAudiences) -> None:
    found = published_of(published, SHOPPERS[0], SMALL)
    assert found.is_member is None and found.reason is None
    assert "fewer than 20 members" in cells(found) and not {"member", "score"} & cells(found)


def test_an_audience_is_found_by_either_name_and_unknown_ones_are_refused(published: PublishedAudiences) -> None:
    assert {published_of(published, SHOPPERS[0], name).audience_id for name in DEFINED[ASKED][:2]} == {ASKED}
    with pytest.raises(NotPublished, match="likely_baking") as refused:
        published_of(published, SHOPPERS[0], "nobody")
    assert "shelduck audience list" in str(refused.value)
    with pytest.raises(NotPublished, match="shopper of-another-shop"):
        published_of(published, "of-another-shop")


@pytest.mark.parametrize(
    ("said", "consent", "told"),
    [
        *((True, each, "granted") for each in Consent),
        *((False, each, "refused") for each in Consent),
        (None, Consent.GRANTED, "none is known of"),
        (None, Consent.ASSUMED, "assumed by the shop"),
    ],
)
def test_what_the_shopper_agreed_to_is_read_from_the_days_snapshot(
    tmp_path: Path, said: bool | None, consent: Consent, told: str
) -> None:
    settings = Settings(home=tmp_path / "var")
    folder = settings.slices_dir / "2025-03-02-x"
    folder.mkdir(parents=True)
    (folder / "slice.json").write_text(json.dumps({"as_of_date": "2025-03-02", "inputs_hash": "x"}))
    consents = {Col.user_id: ["u1", "u2"], Col.purpose: ["email_marketing"] * 2, Col.is_granted: [bool(said), not said]}
    pl.DataFrame(consents).head(0 if said is None else 2).write_parquet(folder / "dim_consent.parquet")
    publish_audiences(settings, SECOND, made_tables(SECOND, SHOPPERS[:40], consent), folder.name)
    found = membership_of(settings, "u1", ASKED, SECOND)
    assert found.is_granted is said
    assert any(cell.startswith(told) for cell in cells(found))
    assert json.loads(as_json(found, "zh"))["name"] == DEFINED[ASKED][1]


def test_an_item_and_an_audience_at_once_or_neither_is_refused() -> None:
    for arguments in (["why", "7"], ["why", "7", "milk", "--audience", "wine"]):
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 2 and "--audience" in result.output
