"""The page Segments: every number on it is one of the published tables."""

from __future__ import annotations

import json
from collections import Counter

import polars as pl
import pytest

from ml.audiences.columns import Aud, Scheme
from ml.audiences.conditions.names import column_words
from ml.audiences.outputs import SEGMENT, SEGMENT_MEMBER, SEGMENT_TRANSITION
from ml.audiences.pages import segments as of_segments
from ml.audiences.pages.published import PublishedAudiences
from ml.audiences.pages.segments import segments_page
from ml.documents import Page, Section, shown
from testkit.audience_shop import BEHAVIOURS
from testkit.page_shop import values_of


@pytest.fixture(scope="module")
def page(published: PublishedAudiences) -> Page:
    return segments_page(published)


def section(page: Page, name: str) -> Section:
    return next(each for each in page.sections if each.name == name)


def test_cards_and_table_have_every_segment_with_its_size_the_largest_first(
    page: Page, published: PublishedAudiences
) -> None:
    behaviour = section(page, Scheme.BEHAVIOUR)
    members = published.table(SEGMENT_MEMBER).filter(pl.col(Aud.scheme) == Scheme.BEHAVIOUR)
    sizes = sorted(Counter(members[Aud.segment_id]).values(), reverse=True)
    assert len(behaviour.figures) == len(BEHAVIOURS)
    assert [int(shown(row[2]).replace(",", "")) for row in behaviour.rows] == sizes
    assert [shown(figure.label).split(" · ")[0] for figure in behaviour.figures] == [*"123456"]
    assert all(
        f"{size:,} shoppers. They buy" in shown(f.note) for size, f in zip(sizes, behaviour.figures, strict=True)
    )
    assert "位顾客。购买频率" in shown(behaviour.figures[0].note, "zh")


def test_the_map_has_a_sample_that_is_the_same_each_time(
    page: Page, published: PublishedAudiences, monkeypatch: pytest.MonkeyPatch
) -> None:
    (chart,) = section(page, Scheme.BEHAVIOUR).charts
    assert len(next(iter(sorted(chart.spec("en")["datasets"].values(), key=len, reverse=True)))) == 600
    monkeypatch.setattr(of_segments, "_POINTS", 100)
    specs = [json.dumps(section(segments_page(published), Scheme.BEHAVIOUR).charts[0].spec("zh")) for _ in range(2)]
    assert specs[0] == specs[1]
    places = sorted((len(rows) for rows in json.loads(specs[0])["datasets"].values()), reverse=True)
    assert places == [100, len(BEHAVIOURS)]


def test_a_matrix_counts_every_shopper_whose_segment_then_is_known(page: Page, published: PublishedAudiences) -> None:
    members = published.table(SEGMENT_MEMBER).filter(pl.col(Aud.scheme) == Scheme.BEHAVIOUR)
    for chart, then in zip(section(page, "behaviour-moves").charts, (Aud.segment_7d, Aud.segment_28d), strict=True):
        counted = {(cell["row"], cell["column"]): cell["value"] for cell in values_of(chart.spec("en"))}
        names = {segment: name.en for segment, name in published.names(Scheme.BEHAVIOUR).items()}
        pairs = members.drop_nulls(then).select(then, Aud.segment_id).iter_rows()
        assert counted == Counter((names[before], names[now]) for before, now in pairs)
        assert sum(counted.values()) == members[then].count()


def test_moves_name_the_feature_that_moved_most_of_those_shoppers(page: Page, published: PublishedAudiences) -> None:
    table = published.table(SEGMENT_TRANSITION).filter(
        pl.col(Aud.days_before) == 28, pl.col(Aud.scheme) == Scheme.BEHAVIOUR
    )
    first = section(page, "moves").rows[0]
    by_pair = Counter(table.select(Aud.from_segment, Aud.to_segment).iter_rows())
    (pair, shoppers), names = by_pair.most_common(1)[0], published.names(Scheme.BEHAVIOUR)
    assert [shown(cell) for cell in first[1:4]] == [names[pair[0]].en, names[pair[1]].en, f"{shoppers:,}"]
    moved_by = Counter(
        table.filter(pl.col(Aud.from_segment) == pair[0], pl.col(Aud.to_segment) == pair[1])[Aud.moved_by]
    )
    assert shown(first[4]) == moved_by.most_common(1)[0][0].replace("_365d", " in 365 days").replace("_", " ")
    assert shown(first[4], "zh") != shown(first[4])


def test_the_model_that_decided_and_segments_that_are_gone_are_told(published: PublishedAudiences) -> None:
    day = PublishedAudiences(published.settings, published.version)
    told = {"model_version": 7, "why": "4 segments", "vanished": {"b9": ["b1", "b8"]}}
    day.__dict__["manifest"] = published.manifest.model_copy(update={"policy": told})
    name = published.names(Scheme.BEHAVIOUR)["b1"]
    text = section(segments_page(day), Scheme.BEHAVIOUR).text
    assert "Version 7 of the model decided: 4 segments." in shown(text)
    assert f"Segment b9 of the model before is gone; most of it is in {name.en}, b8." in shown(text)
    assert f"其大部分顾客现属于{name.zh}、b8。" in shown(text, "zh")
    split = next(row for row in section(segments_page(day), Scheme.BEHAVIOUR).rows if shown(row[6]) == "split")
    assert shown(split[7]) == "b3"


def test_effects_below_everybodys_mean_have_the_other_colour(page: Page) -> None:
    cells = values_of(section(page, "features").charts[0].spec("en"))
    assert {cell["side"] for cell in cells if cell["value"] < 0} == {"below"}
    assert {cell["side"] for cell in cells if cell["value"] > 0} == {"above"}
    assert all(cell["depth"] == abs(cell["value"]) for cell in cells)


def test_cohorts_show_each_later_month_with_its_interval(page: Page) -> None:
    cohorts = section(page, "cohorts")
    assert len(cohorts.rows) == sum(range(8))
    oldest = [shown(cell) for cell in cohorts.rows[0]]
    assert oldest == ["2024-08", "1", "100", "62", "62.0%", "54.0%–70.0%"]


def test_without_a_model_the_page_names_the_command_that_trains_one(published: PublishedAudiences) -> None:
    untrained = PublishedAudiences(published.settings, published.version)
    without = published.table(SEGMENT).filter(pl.col(Aud.scheme) != Scheme.BEHAVIOUR)
    untrained.__dict__["segments"] = without
    page = segments_page(untrained)
    assert "shelduck train --as-of 2025-03-01 --capability audiences" in shown(page.sections[0].text)
    assert {each.name for each in page.sections} >= {Scheme.RFM, Scheme.LIFECYCLE, "cohorts"}


def test_every_chart_can_be_drawn_in_both_languages_and_has_a_table(page: Page) -> None:
    drawn = [each for each in page.sections if each.charts]
    assert len(drawn) >= 7
    for each in drawn:
        assert each.rows, each.name
        for chart in each.charts:
            english, chinese = (json.dumps(chart.spec(language)) for language in ("en", "zh"))
            assert english != chinese and "datasets" in english


def test_the_chart_of_features_has_the_most_telling_ones_and_the_table_all(
    page: Page, published: PublishedAudiences, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_segments, "_FEATURES", 2)
    few = section(segments_page(published), "features")
    effects = published.features.filter(pl.col(Aud.scheme) == Scheme.BEHAVIOUR).group_by(Aud.feature)
    best = effects.agg(pl.col(Aud.effect).abs().max()).sort(Aud.effect, Aud.feature, descending=[True, False])
    shown_rows = dict.fromkeys(cell["row"] for cell in values_of(few.charts[0].spec("en")))
    assert [*shown_rows] == [column_words(name).en for name in best[Aud.feature].head(2)]
    assert few.rows == section(page, "features").rows and len(few.rows) > len(shown_rows)
