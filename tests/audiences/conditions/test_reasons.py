"""The reason of a membership names the terms that decide, with the shopper's values, in both languages."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from ml.audiences.columns import Aud
from ml.audiences.conditions.evidence import TableEvidence
from ml.audiences.conditions.parsing import parse
from ml.errors import NotPublished
from ml.tables import Col
from ml.words import Language
from testkit.conditions.generated import CHANNEL, CHURN, LOYAL, ORDERS, SINCE, SPEND, VOCABULARY

_DAY = date(2025, 3, 1)
_SHOPPERS = pl.DataFrame(
    {
        Col.user_id: ["s1", "s2", "s3"],
        CHURN: [0.62, 0.91234, None],
        SPEND: [1234.567, 0.0, float("nan")],
        ORDERS: [3, 0, None],
        CHANNEL: ["web", "store", None],
        SINCE: [_DAY, _DAY, None],
        LOYAL: [True, False, None],
    }
)
_EVIDENCE = TableEvidence(
    _DAY,
    tags=pl.LazyFrame({Aud.tag_id: ["wine", "wine"], Col.user_id: ["s1", "s3"]}),
    probabilities=pl.LazyFrame({Col.user_id: ["s1", "s1"], Col.item_id: ["i1", "i2"], Col.probability: [0.5, 0.2]}),
    items=pl.LazyFrame({Col.item_id: ["i1", "i2"], Col.item_category: ["WINE", "WINE"]}),
)


def _reasons(text: str, language: Language = "en") -> list[str]:
    condition = parse(text, VOCABULARY)
    return condition.prepared(_SHOPPERS, _EVIDENCE).select(condition.reason(language)).to_series().to_list()


def _held(text: str) -> list[bool]:
    condition = parse(text, VOCABULARY)
    return condition.prepared(_SHOPPERS, _EVIDENCE).select(condition.expression()).to_series().to_list()


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        (
            "churn_probability between 40 % and 80 %",
            [
                "churn_probability 0.62 (between 0.4 and 0.8)",
                "churn_probability 0.912 (not between 0.4 and 0.8)",
                "churn_probability unknown (not between 0.4 and 0.8)",
            ],
        ),
        ("spend > 100", ["spend 1234.57 (above 100)", "spend 0 (not above 100)", "spend unknown (not above 100)"]),
        (
            "tag('wine') and orders = 3",
            ["tag wine; orders 3", "no tag wine; orders 0 (not equal to 3)", "orders unknown (not equal to 3)"],
        ),
        ("tag('wine') or orders = 3", ["tag wine; orders 3", "no tag wine; orders 0 (not equal to 3)", "tag wine"]),
        (
            "not (is_loyal or channel in ('web', 'x'))",
            [
                "is_loyal yes; channel web (one of web, x)",
                "is_loyal no (not equal to yes); channel store (not one of web, x)",
                "is_loyal unknown (not equal to yes); channel unknown (not one of web, x)",
            ],
        ),
        ("since is null", ["since 2025-03-01", "since 2025-03-01", "since unknown"]),
        (
            "likely_to_buy(category = 'WINE') >= .6",
            ["probability to buy WINE 0.6 (at least 0.6)", *["probability to buy WINE 0 (not at least 0.6)"] * 2],
        ),
    ],
)
def test_a_reason_names_the_terms_that_decide_with_the_values(text: str, reasons: list[str]) -> None:
    assert _reasons(text) == reasons


def test_reasons_are_told_in_chinese_too() -> None:
    assert _reasons("tag('wine') and not churn_probability > .7 or spend <= 0", "zh") == [
        "标签“wine”；churn_probability 0.62（并非高于 0.7）",
        "spend 0（不高于 0）",
        "标签“wine”；churn_probability 未知（并非高于 0.7）",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "spend > 0",
        "spend <= 0",
        "orders != 3",
        "channel not in ('x')",
        "since not between '2020-01-01' and '2020-01-02'",
    ],
)
def test_a_comparison_with_what_is_unknown_is_false_and_its_opposite_is_true(text: str) -> None:
    assert _held(text)[2] is False and _held(f"not ({text})")[2] is True
    assert _held(f"{text} or not ({text})") == [True] * 3


def test_at_least_one_purchase_is_one_minus_the_chance_of_none() -> None:
    assert _held("likely_to_buy(category = 'WINE') = .6") == [True, False, False]
    assert _held("likely_to_buy(id = 'i2') = .2") == [True, False, False]


def test_what_no_table_answers_is_refused() -> None:
    with pytest.raises(NotPublished, match="bought\\(days = 7\\)"):
        _held("bought(days = 7) > 0")
