"""Thousands of generated, damaged and hostile conditions: parsed or refused with a place, and mean what they say."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from ml.audiences.columns import Aud, Scheme
from ml.audiences.conditions.condition import Condition
from ml.audiences.conditions.evidence import TableEvidence
from ml.audiences.conditions.parsing import parse
from ml.errors import ConditionRefused
from ml.tables import Col
from testkit.conditions import generated as kit
from testkit.conditions.hostile import any_texts

_ROWS = 40
_LAST_DAY = kit.FIRST_DAY + timedelta(days=5)


def _sample_and_all(sample: int, many: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "count", [sample, pytest.param(many, marks=pytest.mark.faults)], ids=["sample", "all"]
    )


@_sample_and_all(500, 10_000)
def test_any_text_is_a_condition_or_is_refused_with_its_place(count: int) -> None:
    answers = Counter(_answer(text) for text in any_texts(random.Random(13), count))
    assert sum(answers.values()) == count and min(answers["parsed"], answers["refused"]) > count / 10


@_sample_and_all(100, 2_500)
def test_a_condition_holds_of_whom_plain_python_says(count: int) -> None:
    chance = random.Random(13)
    shoppers, evidence = _shop(chance)
    held = [_agrees(kit.written(chance), shoppers, evidence) for _ in range(count)]
    assert len([each for each in held if 0 < each < _ROWS]) > count / 2


def _answer(text: str) -> str:
    """How a text is answered; fails where it is no answer."""
    try:
        condition = parse(text, kit.VOCABULARY)
    except ConditionRefused as refusal:
        assert 0 <= refusal.position <= len(text) and refusal.expected and refusal.found
        line, caret = refusal.pointed.split("\n")
        assert caret.strip() == "^" and line.startswith("  ") and len(str(refusal)) < 1_500
        return "refused"
    _same_again(condition)
    return "parsed"


def _same_again(condition: Condition) -> None:
    again = parse(condition.text, kit.VOCABULARY)
    assert again == condition and again.text == condition.text


def _agrees(generated: kit.Written, shoppers: list[dict[str, Any]], evidence: TableEvidence) -> int:
    """How many it holds for, which plain Python says as well."""
    condition = parse(generated.text, kit.VOCABULARY)
    _same_again(condition)
    frame = pl.DataFrame(
        {name: [row[name] for row in shoppers] for name in (Col.user_id, *kit.VOCABULARY.columns)},
        schema_overrides={kit.ORDERS: pl.Int64},
        strict=False,
    ).select(Col.user_id, *condition.columns)
    prepared = condition.prepared(frame, evidence)
    told = prepared.select(
        condition.expression(), condition.reason("en").alias("en"), condition.reason("zh").alias("zh")
    )
    assert told.null_count().sum_horizontal().item() == 0 and "" not in {*told["en"], *told["zh"]}
    expected = [generated.holds(row) for row in shoppers]
    assert told.to_series(0).to_list() == expected, generated.text
    return sum(expected)


def _shop(chance: random.Random) -> tuple[list[dict[str, Any]], TableEvidence]:
    """Shoppers with what calls ask for, and the same as tables."""
    shoppers = kit.rows(chance, _ROWS)
    items = [(f"i{number}", kit.CATEGORIES[number % 3]) for number in range(9)]
    tables: dict[str, list[tuple[Any, ...]]] = {"held": [], "shelf": [], "bought": [], "likely": []}
    for row in shoppers:
        user = row[Col.user_id]
        asked = [*(("tag", tag) for tag in kit.TAGS), ("stage", "at_risk"), ("consent", "email")]
        row["held"] = {each for each in asked if chance.random() < 0.4}
        tables["held"] += [(*each, user) for each in row["held"]]
        shelf = [(place, *chance.choice(items)) for place in range(1, 4)]
        row["shelf"] = [(category, place) for place, _, category in shelf]
        tables["shelf"] += [("for_you", user, place, item) for place, item, _ in shelf]
        days = [(kit.FIRST_DAY + timedelta(days=chance.randint(0, 5)), *chance.choice(items)) for _ in range(5)]
        row["bought"] = [(category, day) for day, _, category in days]
        tables["bought"] += [(user, item, day, 1) for day, item, _ in days]
        likely = [(chance.choice((0.1, 0.5, 1.0)), *item) for item in chance.sample(items, 3)]
        row["likely"] = [(category, probability) for probability, _, category in likely]
        tables["likely"] += [(user, item, probability) for probability, item, _ in likely]
    return shoppers, _evidence(tables, items)


def _evidence(tables: dict[str, list[tuple[Any, ...]]], items: list[tuple[str, str]]) -> TableEvidence:
    def lazy(rows: list[tuple[Any, ...]], *columns: str) -> pl.LazyFrame:
        return pl.LazyFrame(rows, schema=list(columns), orient="row")

    def held(name: str) -> list[tuple[Any, ...]]:
        return [row[1:] for row in tables["held"] if row[0] == name]

    return TableEvidence(
        _LAST_DAY,
        tags=lazy(held("tag"), Aud.tag_id, Col.user_id),
        segments=lazy(held("stage"), Aud.segment_id, Col.user_id).with_columns(
            pl.lit(Scheme.LIFECYCLE.value).alias(Aud.scheme)
        ),
        consents=lazy(held("consent"), Col.purpose, Col.user_id).with_columns(pl.lit(value=True).alias(Col.is_granted)),
        shelves=lazy(tables["shelf"], Col.placement, Col.user_id, Col.rank, Col.item_id),
        history=lazy(tables["bought"], Col.user_id, Col.item_id, Col.event_date, Col.purchases),
        probabilities=lazy(tables["likely"], Col.user_id, Col.item_id, Col.probability),
        items=lazy(items, Col.item_id, Col.item_category),
    )
