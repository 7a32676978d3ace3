"""A sample of the measure of ``bench.validator``: correct texts pass, texts with a planted falsehood do not."""

from __future__ import annotations

from collections import Counter

from ml.text.validation.check import Validator
from ml.text.validation.verdict import Finding
from testkit.marketing_texts.correct import Sample, correct_texts
from testkit.marketing_texts.english_copy import SENTENCES
from testkit.marketing_texts.falsehoods import KINDS, false_texts, rules_against
from testkit.marketing_texts.sheets import CATALOGUE

EACH = 8
"""Texts per kind of sentence and of falsehood."""


def _findings(sample: Sample) -> tuple[Finding, ...]:
    return Validator(sample.sheet, CATALOGUE).validate(sample.text).findings


def test_no_correct_text_is_refused_in_either_language_and_whatever_the_form() -> None:
    samples = list(correct_texts(EACH * 2 * len(SENTENCES), seed=14))
    refused = {sample.text: found for sample in samples if (found := _findings(sample))}
    assert refused == {}
    assert Counter(sample.sheet.language for sample in samples) == {"en": len(samples) / 2, "zh": len(samples) / 2}
    assert {sample.kind for sample in samples} == set(SENTENCES)
    assert len({sample.text for sample in samples}) > 0.99 * len(samples)


def test_every_kind_of_falsehood_is_found_where_it_stands_and_by_the_rule_that_is_meant_for_it() -> None:
    samples = list(false_texts(EACH * len(KINDS), seed=15))
    missed = [(sample.kind, sample.text) for sample in samples if not _is_found(sample)]
    assert missed == []
    assert Counter(sample.kind for sample in samples) == dict.fromkeys(KINDS, EACH)


def test_what_is_true_beside_a_falsehood_is_not_found() -> None:
    samples = list(false_texts(4 * len(KINDS), seed=16))
    assert len(samples) > 200
    for sample in samples:
        start = sample.text.index(sample.wrong)
        assert all(
            finding.rule == "length" or (finding.start < start + len(sample.wrong) and finding.end > start)
            for finding in _findings(sample)
        ), (sample.text, _findings(sample))


def _is_found(sample: Sample) -> bool:
    start = sample.text.index(sample.wrong)
    rules = rules_against(sample.kind)
    return any(
        finding.rule in rules and finding.start < start + len(sample.wrong) and finding.end > start
        for finding in _findings(sample)
    )
