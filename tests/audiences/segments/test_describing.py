"""Descriptions of segments: every sentence is checked against the shoppers by other means than those that wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl
import pytest

from ml.audiences.columns import Scheme
from ml.audiences.outputs import SEGMENT, SEGMENT_FEATURE, SEGMENT_MEMBER
from ml.audiences.segments import rfm, stages
from ml.audiences.segments.behaviour import NOTHING
from ml.audiences.segments.columns import Known
from ml.audiences.segments.daily import segments_of
from ml.audiences.segments.features import DESCRIBED, Form
from ml.tables import Col
from tests.audiences.segments.crowd import crowd, model_of

SHOPPERS = crowd()
MADE = segments_of({0: SHOPPERS}, model_of(SHOPPERS)).tables
MEMBERS = MADE[SEGMENT_MEMBER.name].join(SHOPPERS, on=Col.user_id)
_MEDIAN = re.compile(r"(.+)(?:: median |：中位数 )(.+?)(?: \(everybody: |，全体为 )(.+?)\)?")
_SHARE = re.compile(r"(\d+) %(?: have |的人)(.+?)(?:, |，全体为 )(\d+) %(?: of everybody)?")
_RULE = {
    stages.RULES[stages.NEW]: pl.col(Known.days_since_first_purchase) < 28,
    stages.RULES[stages.AT_RISK]: (pl.col(Known.overdue_ratio) > 2) & (pl.col(Known.days_since_last_purchase) >= 14),
    stages.RULES[stages.LAPSED]: (pl.col(Known.overdue_ratio) > 4) & (pl.col(Known.days_since_last_purchase) >= 28),
    stages.RULES[stages.ACTIVE]: (pl.col(Known.purchase_days_365d) > 0)
    & (pl.col(Known.days_since_first_purchase) >= 28)
    & ~((pl.col(Known.overdue_ratio) > 2) & (pl.col(Known.days_since_last_purchase) >= 14)),
    NOTHING: pl.col(Known.purchase_days_365d) == 0,
}


def sentences(language: str) -> Iterator[tuple[pl.DataFrame, str]]:
    """Every sentence of every description, with the members of its segment."""
    for row in MADE[SEGMENT.name].iter_rows(named=True):
        members = MEMBERS.filter(pl.col("scheme") == row["scheme"], pl.col("segment_id") == row["segment_id"])
        pattern = r".+?\.(?= |$)" if language == "en" else r".+?。"
        found = [each.strip() for each in re.findall(pattern, row[f"description_{language}"])]
        assert "".join(found).replace(" ", "") == row[f"description_{language}"].replace(" ", "")
        assert found or row["scheme"] == Scheme.BEHAVIOUR
        yield from ((members, sentence) for sentence in found)


def verified(members: pl.DataFrame, sentence: str, language: str) -> str:
    """The kind of claim that a sentence makes, once it is found to be true; empty where it is not understood."""
    text = sentence.rstrip(".。")
    if told := _SHARE.fullmatch(text):
        own, what, base = told.groups()
        (feature,) = (each for each in DESCRIBED if each.have and getattr(each.have, language) == what)
        for said, frame in ((own, members), (base, SHOPPERS)):
            have = sum(1 for value in frame[feature.column].to_list() if value)
            assert abs(int(said) - 100 * have / len(frame)) <= 0.5
        return "share"
    if told := _MEDIAN.fullmatch(text):
        label, own, base = told.groups()
        (feature,) = (each for each in DESCRIBED if getattr(each.label, language) == label)
        for said, frame in ((own, members), (base, SHOPPERS)):
            values = sorted(value for value in frame[feature.column].to_list() if value is not None)
            middle = (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
            number = float(said.replace(",", "").removesuffix(" %")) / (100 if feature.form is Form.SHARE else 1)
            assert abs(number - middle) <= 0.5 * (
                0.01 if feature.form is Form.SHARE else 1 if middle >= 100 else 0.0101
            )
        return "median"
    for words, rule in _RULE.items():
        if sentence == getattr(words, language):
            assert members.filter(rule).height == members.height
            return "rule"
    for each in rfm.CLASSES:
        if sentence == getattr(each.rule, language):
            recency, total = re.split("[;；]", sentence)
            sums = [int(number) for number in re.findall(r"\d+", total)]
            scores = (pl.col(Known.frequency_score) + pl.col(Known.monetary_score)).is_between(sums[0], sums[-1])
            said = pl.col(Known.recency_score).is_in([int(number) for number in re.findall(r"\d+", recency)])
            assert members.filter(said & scores).height == members.height
            return "rule"
    return ""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_sentence_of_a_description_is_true_of_the_shoppers(language: str) -> None:
    kinds = [verified(members, sentence, language) for members, sentence in sentences(language)]
    assert "" not in kinds and len(kinds) > 40
    assert {
        kind: kinds.count(kind) >= least for kind, least in (("rule", 17), ("median", 20), ("share", 2))
    } == dict.fromkeys(("rule", "median", "share"), True)


def test_both_languages_tell_the_same_figures() -> None:
    for row in MADE[SEGMENT.name].iter_rows(named=True):
        english, chinese = (re.findall(r"\d[\d,.]*\b", row[f"description_{each}"]) for each in ("en", "zh"))
        assert sorted(english) == sorted(chinese), row["segment_id"]


def test_effects_are_those_of_scaled_features_and_the_clearest_comes_first() -> None:
    rows = MADE[SEGMENT_FEATURE.name].filter(pl.col("scheme") == Scheme.BEHAVIOUR)
    first = dict(rows.filter(pl.col("rank") == 1).select("segment_id", "feature").iter_rows())
    assert first["s4"] == Known.redemptions_365d and first["s2"] == Known.price_index
    index = rows.filter(pl.col("feature") == Known.price_index, pl.col("segment_id") == "s2").row(0, named=True)
    known = SHOPPERS[Known.price_index].drop_nulls()
    own = MEMBERS.filter(pl.col("segment_id") == "s2")[Known.price_index]
    assert index["value"] == round(own.median(), 4) and index["base_value"] == round(known.median(), 4)
    assert abs(index["effect"] - (own.mean() - known.mean()) / known.std()) < 0.05
    magnitude = rows["effect"].abs()
    assert (magnitude.diff().fill_null(0) <= 1e-12).filter(rows["rank"] > 1).all()


def test_a_feature_that_nobody_or_everybody_alike_has_is_not_told_of() -> None:
    assert Known.clicks_365d not in MADE[SEGMENT_FEATURE.name]["feature"].to_list()
    one = SHOPPERS.head(1)
    alone = segments_of({0: one}, None).tables
    assert alone[SEGMENT_FEATURE.name].is_empty() and alone[SEGMENT_MEMBER.name]["segment_id"].len() == 2
