"""RFM classes: every combination of scores has exactly one."""

from __future__ import annotations

import re
from itertools import product

import polars as pl

from ml.audiences.segments.behaviour import NO_PURCHASE
from ml.audiences.segments.columns import Known
from ml.audiences.segments.rfm import CLASSES, IDS, NAMES, RULES, SCORES, classes_of

TRIPLES = list(product(range(1, 6), repeat=3))
ALL = pl.DataFrame(TRIPLES, schema=dict.fromkeys(SCORES, pl.Int32), orient="row")


def test_every_combination_of_scores_is_in_exactly_one_class() -> None:
    assert len(TRIPLES) == 125
    for recency, frequency, monetary in TRIPLES:
        habit = (frequency + monetary + 1) // 2
        fits = [
            each.segment_id
            for each in CLASSES
            if each.recency[0] <= recency <= each.recency[1] and each.habit[0] <= habit <= each.habit[1]
        ]
        assert len(fits) == 1, (recency, frequency, monetary, fits)
    assert set(classes_of(ALL)) == {each.segment_id for each in CLASSES}, "no class is empty"


def test_the_sentence_of_a_class_says_who_is_in_it() -> None:
    classed = ALL.with_columns(classes_of(ALL).alias("class"))
    for each in CLASSES:
        members = classed.filter(pl.col("class") == each.segment_id)
        recency, total = each.rule.en.split(";")
        sums = [int(number) for number in re.findall(r"\d+", total)]
        said = classed.filter(
            pl.col(Known.recency_score).is_in([int(number) for number in re.findall(r"\d", recency)]),
            (pl.col(Known.frequency_score) + pl.col(Known.monetary_score)).is_between(sums[0], sums[-1]),
        )
        assert len(members) > 0 and members.equals(said), each.segment_id
        assert re.findall(r"\d+", each.rule.zh) == re.findall(r"\d+", each.rule.en)


def test_better_scores_never_lead_from_the_best_class_nor_worse_ones_from_the_worst() -> None:
    classed = dict(zip(TRIPLES, classes_of(ALL), strict=True))
    assert classed[5, 5, 5] == "champions" and classed[1, 1, 1] == "lost" and classed[1, 5, 5] == "cant_lose"
    assert {classed[5, frequency, 5] for frequency in (4, 5)} == {"champions"}


def test_who_has_no_scores_bought_nothing() -> None:
    nobody = pl.DataFrame({name: [None] for name in SCORES}, schema=dict.fromkeys(SCORES, pl.Int32))
    assert classes_of(nobody).to_list() == [NO_PURCHASE]


def test_every_class_has_a_name_and_a_rule_in_both_languages_and_no_name_twice() -> None:
    assert set(IDS) == set(NAMES) == set(RULES) and len(IDS) == 12
    for words in (NAMES, RULES):
        assert len({each.en for each in words.values()}) == len({each.zh for each in words.values()}) == 12
