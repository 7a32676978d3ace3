"""The page Copy shows what the tables say: briefs, texts as they are read, facts, refusals in place, decisions."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from ml.copy.capability import COPY
from ml.copy.columns import Copy, Status
from ml.copy.outputs import COPY_BRIEF, COPY_CHECK, COPY_FACT, COPY_RECIPIENT, COPY_VARIANT
from ml.copy.pages.page import pages
from ml.copy.pages.published import PublishedCopy
from ml.copy.pages.texts import shown_runs
from ml.copy.request import PARTS
from ml.copy.slots import FALL_BACKS, SLOTS
from ml.documents import Link, Page, Section, shown
from ml.messages import Preview
from ml.publish.readers import read_table, version_of_day
from ml.settings import Settings
from ml.tables import Table
from ml.words import LANGUAGES, said
from testkit.copy_days import EDITED, HOSTILE, LIE, REASON, SPRING, publish_copy
from testkit.copy_shop import DAY


@pytest.fixture(scope="module")
def page(published: PublishedCopy) -> Page:
    (made,) = pages(published.settings, published.version)
    return made


def table(published: PublishedCopy, of: Table, brief: str | None = None) -> pl.DataFrame:
    found = read_table(published.settings, COPY, of.name, published.version.id)
    return found if brief is None else found.filter(pl.col(Copy.brief_id) == brief)


def section(page: Page, heading: str) -> Section:
    return next(each for each in page.sections if said(each.heading) == heading)


def previews(page: Page, heading: str = "Spring wine") -> list[Preview]:
    return [each for group in section(page, heading).previews for each in group.previews]


def text_of(preview: Preview) -> str:
    return "".join(run.text for part in preview.parts for run in part)


def test_every_brief_is_listed_with_the_counts_of_the_tables(page: Page, published: PublishedCopy) -> None:
    listed = section(page, "Briefs of the day")
    rows = {shown(row[0]): row for row in listed.rows}
    briefs = table(published, COPY_BRIEF)
    assert len(rows) == len(briefs) > 10
    for brief in briefs.iter_rows(named=True):
        name, _, audience, _, variants, waiting, approved, findings, shoppers = map(
            shown, rows[brief[Copy.name] or brief[Copy.brief_id]]
        )
        theirs = table(published, COPY_VARIANT, brief[Copy.brief_id])
        key = [Copy.language, Copy.channel, Copy.arm]
        proposed = theirs.filter(pl.col(Copy.status) == Status.PROPOSED).select(key).n_unique()
        assert (name, audience) == (brief[Copy.name] or brief[Copy.brief_id], brief[Copy.audience_id] or "everybody")
        assert [variants, waiting] == [str(brief[Copy.variants]), str(proposed)]
        assert [approved, findings] == [
            str(brief[Copy.approved]),
            str(len(table(published, COPY_CHECK, brief[Copy.brief_id]))),
        ]
        assert shoppers == ("–" if brief[Copy.recipients] is None else str(brief[Copy.recipients]))


def test_every_variant_of_a_brief_is_read_whole_beside_its_other_language(page: Page, published: PublishedCopy) -> None:
    rows = table(published, COPY_VARIANT, SPRING)
    expected = {}
    for key, parts in rows.group_by(Copy.channel, Copy.arm, Copy.language):
        of_part = dict(parts.select(Copy.part, Copy.text).iter_rows())
        expected[key] = "".join(
            run.text
            for part in PARTS[key[0]]
            for run in shown_runs(of_part[part], key[2])  # type: ignore[index, arg-type]
        )
    shown_here = previews(page)
    assert sorted(map(text_of, shown_here)) == sorted(expected.values()) and len(expected) == 30
    assert [each.language for each in shown_here] == [*LANGUAGES] * 15
    assert not any("{" in text_of(each) for each in shown_here)


def test_slots_hold_what_everybody_gets_and_are_marked() -> None:
    text = "We start with {first_product}, {nobody}; you are {loyalty}."
    runs = shown_runs(text, "zh")
    assert [run.text for run in runs if run.look == "slot"] == [FALL_BACKS[name].zh for name in (SLOTS[0], SLOTS[2])]
    assert "{nobody}" in "".join(run.text for run in runs if not run.look)


def test_status_writer_reason_and_readers_stand_at_the_variant(page: Page, published: PublishedCopy) -> None:
    by_heading = {(said(each.heading), each.form): each for each in previews(page)}
    approved, rejected = by_heading["Variant 1, English", "email"], by_heading["Variant 2, English", "sms"]
    edited, fallen = by_heading["Variant 1, English", "push"], by_heading["Variant 3, English", "email"]
    got = table(published, COPY_RECIPIENT, SPRING).filter(pl.col(Copy.arm) == 1, pl.col(Copy.language) == "en")
    assert [said(each.text) for each in approved.labels] == ["approved", "template"]
    assert {"decided by ann", f"{len(got)} shoppers get this variant"} <= {*map(said, approved.notes)}
    assert len(got) > 5 and [each.tone for each in rejected.labels] == ["bad", "quiet"]
    assert text_of(edited) == EDITED and said(edited.labels[1].text) == "person"
    assert any("language model's text refused: price" in said(note) for note in fallen.notes)
    assert approved.sender == "Corner Shop"


def test_every_fact_stands_with_its_source(page: Page, published: PublishedCopy) -> None:
    facts = section(page, "Facts: Spring wine")
    expected = table(published, COPY_FACT, SPRING).select(Copy.value, Copy.source).rows()
    assert [(shown(row[1]), shown(row[4])) for row in facts.rows] == expected and len(expected) > 30


def test_what_was_refused_is_marked_in_the_text_where_it_stands(page: Page, published: PublishedCopy) -> None:
    refused = section(page, "Refused texts: Spring wine")
    by_text = {text_of(each): each for each in refused.previews[0].previews}
    lie = by_text[LIE]
    assert [run.text for run in lie.parts[0] if run.look == "refused"] == ["$1", "today"]
    assert said(lie.notes[0]).startswith("price: “$1”; the facts allow: 7.49 USD")
    assert "Tea for $3" in by_text, "an edit that was refused"
    assert [shown(row[5]) for row in refused.rows] and len(refused.rows) == len(table(published, COPY_CHECK, SPRING))


def test_decisions_are_told_the_newest_first_with_their_reasons(page: Page) -> None:
    rows = [[*map(shown, row)] for row in section(page, "Decisions: Spring wine").rows]
    assert [row[2] for row in rows] == ["edited", "edited", "rejected", "approved"]
    assert rows[2][1:5] == ["ann", "rejected", "SMS 2, English", REASON]
    assert rows[1][6] == EDITED


def test_without_the_days_snapshot_findings_stay_and_texts_and_decisions_are_said_to_be_gone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "var")
    publish_copy(settings)
    shutil.rmtree(settings.slices_dir)
    version = version_of_day(settings, COPY, DAY)
    assert version is not None
    (made,) = pages(settings, version)
    assert "not kept" in said(section(made, "Decisions: Spring wine").text)
    assert section(made, "Refused texts: Spring wine").rows and not section(made, "Refused texts: Spring wine").previews


def test_briefs_that_are_not_shown_whole_are_found_by_their_id(page: Page, published: PublishedCopy) -> None:
    (look_up,) = section(page, "One brief").look_ups
    link = next(row[0] for row in section(page, "Briefs of the day").rows if shown(row[0]) == "tea_7")
    assert isinstance(link, Link) and link.href == "copy.html#brief=tea_7"
    ((found, body),) = look_up.records(["tea_7"])
    texts = table(published, COPY_VARIANT, "tea_7")[Copy.text].to_list()
    assert found == "tea_7" and json.loads(body)["texts"][Copy.text] == texts and texts


def test_why_nothing_was_written_is_said_and_no_brief_is_an_empty_page(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "var")
    publish_copy(settings, [{"brief_id": "few", "name": "For a few", "audience_id": "few"}])
    version = version_of_day(settings, COPY, DAY)
    assert version is not None
    (made,) = pages(settings, version)
    told = {said(figure.label): shown(figure.value) for figure in section(made, "For a few").figures}
    assert "few" in told["Withheld"]
    empty = Settings(home=tmp_path / "empty")
    publish_copy(empty, [])
    version = version_of_day(empty, COPY, DAY)
    assert version is not None
    (made,) = pages(empty, version)
    assert [each.name for each in made.sections] == ["none"] and "copy_briefs" in said(made.sections[0].text)


def test_a_hostile_name_is_a_heading_like_any_other(page: Page) -> None:
    assert section(page, HOSTILE + "x" * 80).figures
