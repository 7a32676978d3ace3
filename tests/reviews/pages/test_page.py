"""The page *Voice of customer* says what the tables say, and says so where they say little."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from ml.documents import Page, Section, shown
from ml.publish.readers import version_of_day
from ml.reviews.capability import REVIEWS
from ml.reviews.columns import OVERALL, Rev, Sentiment
from ml.reviews.pages.page import pages
from ml.reviews.pages.products import telling_quotes
from ml.reviews.pages.published import PublishedReviews
from ml.reviews.shipped_aspects import NAMES
from ml.settings import Settings
from ml.tables import Col
from ml.words import LANGUAGES, said
from testkit.review_days import HOSTILE, ITEMS, MADE_UP, published_reviews, review_rows
from tests.reviews.pages.conftest import DAY, day_of

Made = tuple[PublishedReviews, dict[str, pl.DataFrame]]
WEEK = date(2026, 2, 23)


@pytest.fixture(scope="module")
def page(made: Made) -> Page:
    (found,) = pages(made[0].settings, made[0].version)
    return found


def section(page: Page, name: str) -> Section:
    return next(each for each in page.sections if each.name == name)


def cells(page: Page, name: str) -> list[list[str]]:
    return [[*map(shown, row)] for row in section(page, name).rows]


def counted(labels: pl.DataFrame) -> pl.DataFrame:
    return labels.filter(~pl.col(Rev.is_spam), ~pl.col(Rev.is_duplicate))


def test_the_week_is_counted_without_spam_and_duplicates(page: Page, made: Made) -> None:
    labels = made[1]["review_label"]
    week = counted(labels).filter(pl.col(Rev.week) == WEEK)
    counts = [str(week.filter(pl.col(Rev.sentiment) == each.value).height) for each in Sentiment]
    figures = {said(each.label): each for each in section(page, "now").figures}
    assert shown(figures["Reviews"].value) == str(len(week)) and len(week) > 20
    assert shown(figures["Not counted"].value) == str(len(labels) - len(counted(labels))) != "0"
    assert cells(page, "now")[0][:3] == [str(WEEK), *counts]
    assert "95% interval" in said(figures["Negative"].note)
    assert shown(figures["Not from the shop"].value) == MADE_UP, "whose dates are made up is said at the top"


def test_topics_with_most_complaints_of_the_week_come_first(page: Page, made: Made) -> None:
    week = made[1]["review_topic"].filter(pl.col(Rev.week) == WEEK).sort(Rev.negative, descending=True)
    columns = (Rev.name_en, Rev.reviews, Rev.negative, Rev.positive)
    rows = cells(page, "complaints")
    assert [row[:4] for row in rows] == [[*map(str, row)] for row in week.select(columns).iter_rows()]
    labels = made[1]["review_label"]
    negative = {*labels.filter(pl.col(Rev.sentiment) == Sentiment.NEGATIVE)[Rev.review_id]}
    quoted = [[*zip(*row, strict=True)] for row in week.select(Rev.quotes, Rev.quoted_review_ids).iter_rows()]
    expected = [next((text for text, review in them if review in negative), "–") for them in quoted]
    assert [row[6] for row in rows] == expected and int(rows[0][2]) > 3
    assert {row[6] == "–" for row in rows} == {True, False}, "praise is no example of a complaint"


def test_topics_over_time_have_each_weeks_reviews_from_the_first_review_on(page: Page, made: Made) -> None:
    topics = made[1]["review_topic"]
    weeks = sorted(counted(made[1]["review_label"])[Rev.week].unique())
    over = section(page, "topics")
    names = [said(column) for column in over.columns[1:]]
    assert [row[0] for row in cells(page, "topics")] == [str(each) for each in reversed(weeks)]
    for row in cells(page, "topics"):
        of_week = topics.filter(pl.col(Rev.week) == date.fromisoformat(row[0]))
        sizes = dict(of_week.select(Rev.name_en, Rev.reviews).iter_rows())
        assert row[1:] == [str(sizes[name]) for name in names]
    assert len(names) == 3 and json.dumps(over.charts[0].spec("en")) != json.dumps(over.charts[0].spec("zh"))


def test_the_worst_products_are_those_that_are_surely_bad(page: Page, made: Made) -> None:
    recent = made[1]["item_opinion"].filter(pl.col(Rev.aspect_id) == OVERALL, pl.col(Rev.week) > date(2026, 2, 1))
    sums = recent.group_by(Col.item_id).agg(pl.col(Rev.reviews, Rev.negative).sum())
    told = {name: (str(reviews), str(negative)) for name, reviews, negative in sums.iter_rows()}
    rows = cells(page, "worst")
    lows = [int(row[5].split("%")[0]) for row in rows]
    assert lows == sorted(lows, reverse=True) and len(rows) == len(ITEMS)
    assert {row[0]: (row[2], row[3]) for row in rows} == {ITEMS[item][0]: found for item, found in told.items()}
    assert rows[0][6].startswith("Quality")


def test_only_changes_beyond_chance_are_told_with_their_direction(page: Page, made: Made) -> None:
    week = made[1]["item_opinion"].filter(pl.col(Rev.week) == WEEK)
    sure = week.filter((pl.col(Rev.trend_high) < 0) | (pl.col(Rev.trend_low) > 0))
    rows = cells(page, "changed")
    assert len(rows) == len(sure) > 0
    assert rows[0][:3] == ["Kettle", "Overall", "worse"] and int(rows[0][3]) < -50


def test_three_quotes_are_of_negative_reviews_of_three_products_as_published(made: Made) -> None:
    quotes = [*telling_quotes(made[0])]
    opinions, labels = made[1]["item_opinion"], made[1]["review_label"]
    negative = {*labels.filter(pl.col(Rev.sentiment) == Sentiment.NEGATIVE)[Rev.review_id]}
    aspects = {*NAMES}
    by_text = {
        text: review
        for texts, reviews in opinions.select(Rev.quotes, Rev.quoted_review_ids).iter_rows()
        for text, review in zip(texts, reviews, strict=True)
    }
    assert len({said(each.about) for each in quotes}) == len(quotes) == 3
    assert all(by_text[each.text] in negative for each in quotes)
    complained = dict(labels.select(Rev.review_id, Rev.aspects_negative).iter_rows())
    for each in quotes:
        assert said(each.by).partition(",")[0].lower() in aspects & {*complained[by_text[each.text]]}
    not_bought = dict(labels.select(Rev.review_id, Rev.is_not_bought).iter_rows())
    assert [len(each.labels) == 2 for each in quotes] == [not_bought[by_text[each.text]] for each in quotes]


def test_aspects_have_shares_with_intervals_only_where_enough_reviews_say_something(page: Page, made: Made) -> None:
    recent = made[1]["item_opinion"].filter(pl.col(Rev.aspect_id) != OVERALL, pl.col(Rev.week) > date(2026, 2, 1))
    by = recent.group_by(Col.item_category, Rev.aspect_id).agg(pl.col(Rev.positive, Rev.negative).sum())
    expected = sorted((row[0] or "no category", str(row[2]), str(row[3])) for row in by.iter_rows())
    rows = cells(page, "categories")
    assert sorted((row[0], row[3], row[4]) for row in rows) == expected and len(rows) > 8
    for row in rows:
        assert (row[7] == "–") == (int(row[3]) + int(row[4]) < 5)
    assert any(row[7] == "–" for row in rows) and any(row[6] == "100%" for row in rows)
    for name in ("aspects", "categories"):
        for language in LANGUAGES:
            assert "datasets" in json.dumps(section(page, name).charts[0].spec(language))


def test_languages_flags_and_sources_are_counted(page: Page, made: Made) -> None:
    labels = made[1]["review_label"]
    by_language = dict(labels.group_by(Col.language).len().iter_rows())
    rows = {row[0]: row for row in cells(page, "languages")}
    assert {row[0]: int(row[1]) for row in rows.values()} == {
        "English": by_language["en"],
        "Chinese": by_language["zh"],
    }
    abstained = labels.filter(pl.col(Col.language) == "en")[Rev.is_abstained].sum()
    assert int(rows["English"][5]) == abstained > 0
    flags = {row[0]: int(row[1]) for row in cells(page, "flags")}
    assert flags["duplicate of an earlier review"] == labels[Rev.is_duplicate].sum() > 0
    assert flags["not known to have bought it"] == labels[Rev.is_not_bought].sum() > 0
    assert flags["spam: many by one person on a day"] == (labels[Rev.spam_reason] == "bulk").sum() > 0
    landed = review_rows(DAY, 260)["review_source"].null_count()
    assert dict(cells(page, "sources")) == {"the shop itself": str(landed), MADE_UP: str(260 - landed)}
    assert "made up" in said(section(page, "sources").text)


def test_a_week_that_began_today_is_no_span_of_days(tmp_path: Path, page: Page) -> None:
    assert said(section(page, "now").text) == f"From {WEEK} to {DAY}."
    settings, monday = Settings(home=tmp_path / "monday"), DAY + timedelta(days=1)
    published_reviews(settings, monday)
    version = version_of_day(settings, REVIEWS, monday)
    assert version is not None
    (of_monday,) = pages(settings, version)
    assert said(section(of_monday, "now").text).startswith(f"{monday}, the first day of the week.")


def test_few_reviews_are_said_to_be_few_and_none_is_no_error(tmp_path: Path) -> None:
    few, none = Settings(home=tmp_path / "few"), Settings(home=tmp_path / "none")
    for settings, count in ((few, 3), (none, 0)):
        published_reviews(settings, DAY, count)
    (page,) = pages(few, day_of(few).version)
    assert "So few" in said(section(page, "now").text) and not section(page, "worst").rows
    assert "No product has 5" in said(section(page, "worst").text)
    assert shown(section(page, "now").figures[1].value) == "–"
    (page,) = pages(none, day_of(none).version)
    assert [each.name for each in page.sections] == ["none"]


def test_without_topics_the_page_names_the_command_that_trains(made: Made) -> None:
    day = PublishedReviews(made[0].settings, made[0].version)
    from ml.reviews.pages.topics import topic_sections

    day.__dict__["topics"] = day.topics.clear()
    (told,) = topic_sections(day)
    assert "shelduck train --as-of 2026-02-28 --capability reviews" in said(told.text)


def test_without_the_days_snapshot_products_are_named_by_id(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "var")
    published_reviews(settings, DAY)
    shutil.rmtree(settings.slices_dir)
    (page,) = pages(settings, day_of(settings).version)
    assert {row[0] for row in cells(page, "worst")} == {*ITEMS}
    assert "sources" not in {each.name for each in page.sections}


def test_hostile_words_stay_text(page: Page) -> None:
    assert any(HOSTILE in cell for row in cells(page, "worst") for cell in row)
