"""Customers' questions are answered in the words of a passage, or declined; never wrongly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from ml.assistant.context.products import about_products
from ml.assistant.context.statements import documents
from ml.assistant.passages import passages_of
from ml.assistant.retrieval.answering import answered
from ml.assistant.retrieval.index import Index, language_asked
from testkit.assistant_shop import day_of_shop

SHOP: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("questions.yaml").read_text(encoding="utf-8"))
LEAST_ANSWERED = 32


@pytest.fixture(scope="module")
def indexes() -> dict[str, Index]:
    items = pl.DataFrame(SHOP["items"]).with_columns(
        pl.lit(None, pl.String).alias("item_category3"), pl.col("price").cast(pl.Float64)
    )
    shop_documents = pl.DataFrame(SHOP["documents"]).with_columns(pl.lit(value=True).alias("is_enabled"))
    made = passages_of(shop_documents, documents("product", about_products(day_of_shop(), items)), items)
    return {language: Index.of(made, language) for language in ("en", "zh")}


def _judged(indexes: dict[str, Index], asked: dict[str, str]) -> str:
    given = answered(indexes[language_asked(asked["ask"])], asked["ask"])
    if given.declined:
        return "declined"
    source = given.source.split()[1]
    is_right = "says" in asked and asked["says"] in given.text and source == asked["source"]
    return "right" if is_right else f"wrong: {asked['ask']} -> {given.text}"


def test_of_the_frozen_questions_none_is_answered_wrongly_and_most_are_answered(indexes: dict[str, Index]) -> None:
    verdicts = [_judged(indexes, asked) for asked in SHOP["questions"]]
    assert not [verdict for verdict in verdicts if verdict.startswith("wrong")]
    assert verdicts.count("right") >= LEAST_ANSWERED
    assert {verdict for asked, verdict in zip(SHOP["questions"], verdicts, strict=True) if "says" not in asked} == {
        "declined"
    }


def test_an_answer_is_cited_with_its_link(indexes: dict[str, Index]) -> None:
    given = answered(indexes["en"], "Do you deliver abroad?", "v1")
    assert given.source == "shop_documents delivery en" and given.link == "https://shop.example/delivery"
    assert given.title == "Delivery" and given.version == "v1"


def test_without_sentence_vectors_the_same_questions_are_answered(
    indexes: dict[str, Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_vectors = [_judged(indexes, asked) for asked in SHOP["questions"]]
    monkeypatch.setattr("ml.assistant.retrieval.index.is_installed", lambda: False)
    without = [_judged(indexes, asked) for asked in SHOP["questions"]]
    assert without.count("right") >= LEAST_ANSWERED and not [each for each in without if each.startswith("wrong")]
    assert with_vectors.count("right") >= without.count("right")


@pytest.mark.parametrize("question", ["", "???", "deliver " * 100])
def test_what_is_no_question_is_declined(indexes: dict[str, Index], question: str) -> None:
    assert answered(indexes["en"], question).declined


@pytest.mark.parametrize(
    "question",
    [
        "Which goods can I not return within 30 days unopened?",
        "Can I return unopened goods within more than 30 days?",
        "On which days do you never deliver?",
        "What is not the price of Rioja Reserva?",
        "未开封的商品超过 30 天可以退货吗？",
    ],
)
def test_a_word_that_turns_the_question_must_stand_in_the_passage(indexes: dict[str, Index], question: str) -> None:
    assert answered(indexes[language_asked(question)], question).declined
