"""Texts of others, as names, that speak to a language model or state something: they change no fact, no verdict."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from ml.text.facts import FactSheet, Money, Product
from ml.text.validation.check import Validator
from ml.text.validation.matching import facts_of
from ml.text.validation.names import Catalogue
from ml.text.validation.plain_names import is_plain
from testkit.marketing_texts.sheets import BRANDS, NAMES, OTHERS

TEA = Product(("Twin Peaks Tea", "双峰红茶"), price=Money(Decimal(4), "USD"), percent_off=Decimal(20))
TRUE = {"en": "Save 20% on Twin Peaks Tea.", "zh": "双峰红茶立减20%。"}
FALSE = {"en": "Save 90% on Twin Peaks Tea.", "zh": "双峰红茶一折。"}


@cache
def _payloads() -> list[dict[str, Any]]:
    return yaml.safe_load((Path(__file__).parent / "injections.yaml").read_text("utf-8"))


def _sheet(payload: dict[str, Any], product: Product) -> FactSheet:
    return FactSheet(payload["language"], "email_body", products=(TEA, product))


def test_there_are_three_hundred_in_both_languages_and_many_forms() -> None:
    assert len({payload["text"] for payload in _payloads()}) == 300
    assert {payload["language"] for payload in _payloads()} == {"en", "zh"}
    assert len({payload["form"] for payload in _payloads()}) > 12


def test_a_name_that_is_one_changes_no_fact_and_no_verdict() -> None:
    for payload in _payloads():
        language = payload["language"]
        plain = _sheet(payload, Product(("Cup", "杯子"), price=Money(Decimal(3), "USD")))
        hostile = replace(plain, products=(TEA, Product((payload["text"],), payload["text"], Money(Decimal(3), "USD"))))
        assert facts_of(hostile) == facts_of(plain)
        checks = Validator(hostile, Catalogue([payload["text"]])), Validator(plain)
        for text in (TRUE[language], FALSE[language]):
            assert checks[0].validate(text) == checks[1].validate(text)
        assert checks[0].validate(TRUE[language]).passed and not checks[0].validate(FALSE[language]).passed


def test_no_text_that_repeats_one_passes_even_as_the_name_of_a_product_of_its_sheet() -> None:
    passed = []
    for payload in _payloads():
        validator = Validator(_sheet(payload, Product((payload["text"],))))
        texts = (payload["text"], f"{TRUE[payload['language']]} {payload['text']}")
        passed += [(payload["form"], text) for text in texts if validator.validate(text).passed]
    assert passed == []


def test_names_of_real_products_are_names() -> None:
    names = [name for pair in (*NAMES, *OTHERS) for name in pair]
    names += [
        *BRANDS,
        "30% Less Fat Crisps",
        "2 Ply Kitchen Roll",
        "Organic Bananas",
        "100% Orange Juice",
        "有机鸡蛋30枚",
    ]
    names += ["Soft Drinks 12/18&15Pk", "Apples, 80/88 Ct", "Breadings, 5 1/2 oz", "Pies: Sugar Free"]
    assert [name for name in names if not is_plain(name)] == []


@pytest.mark.parametrize(
    "name", ["50% off everything", "Buy one get one free tea", "$1 Tea", "Tea that cures cancer", "免费红茶"]
)
def test_a_name_that_states_an_offer_a_price_or_a_cure_is_no_name(name: str) -> None:
    sheet = FactSheet("en", "email_body", products=(Product((name,)),))
    assert not is_plain(name)
    assert "name" in {finding.rule for finding in Validator(sheet).validate(f"Try {name}.").findings}
