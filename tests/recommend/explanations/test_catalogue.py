"""The catalogue of the reasons: complete in every language, and nothing in it that no reason says."""

from __future__ import annotations

import ast
import re
from string import Formatter

import polars as pl
import pytest

from ml.code.sources import read_python
from ml.recommend.explanations import reasons
from ml.recommend.explanations.catalogue import REASONS
from ml.recommend.explanations.reasons import Facts, explain
from ml.recommend.explanations.wording import wording_of
from ml.words import LANGUAGES, said
from tests.recommend.conftest import AS_OF, history_of

_SAYING = {"phrase", "say", "form"}
_CHINESE = re.compile("[\u4e00-\u9fff]")


def spoken() -> set[str]:
    """The codes that the code of the reasons says, read from its source."""
    found = set()
    for path, text in read_python().items():
        if path.startswith("ml/recommend/explanations/"):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    if name in _SAYING:
                        found.add(str(node.args[0].value))
    return found


def test_every_code_that_is_said_is_in_the_catalogue_and_every_code_in_it_is_said() -> None:
    assert len(REASONS) > 10
    assert spoken() == set(REASONS)


def test_the_codes_are_the_published_reason_codes() -> None:
    codes = {code.partition(".")[0] for code in REASONS} - {"label"}
    constants = (reasons.BOUGHT_BEFORE, reasons.SIMILAR_TO, reasons.POPULAR, reasons.NEW_IN_CATEGORY)
    assert codes == {*constants, reasons.BOUGHT_TOGETHER}


@pytest.mark.parametrize("code", REASONS)
def test_a_phrase_names_the_same_things_in_every_language(code: str) -> None:
    verbs = {None, "did", "liked", "together"}
    names = [{name for _, name, _, _ in Formatter().parse(said(REASONS[code], each))} - verbs for each in LANGUAGES]
    assert names[0] == names[1]
    assert _CHINESE.search(REASONS[code].zh) and not _CHINESE.search(REASONS[code].en)


def test_every_event_has_its_verbs_in_chinese() -> None:
    for event in ("purchase", "rate", "view_item", "select_item", "begin_checkout"):
        assert all(_CHINESE.search(word) for word in wording_of([event]).of("zh").values())


def test_chinese_reasons_say_what_the_english_ones_say() -> None:
    items = pl.DataFrame(
        {
            "item_id": ["tea", "jam", "bun", "pie", "egg"],
            "item_name": ["Tea", "Jam", "jam", "Pie", "Egg"],
            "item_category": ["Food", "Food", "Food", "Food", "Farm"],
        }
    )
    link = {"relation": "similar", "rank": 1, "score": 0.5, "support": 2, "confidence": 0.5, "lift": 2.0}
    similar = pl.DataFrame([{**link, "item_id": "bun", "related_item_id": "jam"}])
    history = history_of([("ann", "tea", 1, 1), ("ann", "tea", 11, 1), ("ann", "tea", 21, 1), ("ann", "jam", 400, 1)])
    shelves = pl.DataFrame({"placement": "p", "user_id": "ann", "item_id": items["item_id"], "candidate_source": "als"})
    facts = Facts(history.frame, items, similar, AS_OF, wording_of(["purchase"]), "zh")
    assert explain(shelves, facts)["reason_text"].to_list() == [
        "您购买过此商品 3 次，最近一次是3月30日，大约每 10 天一次",
        "您在2023年2月25日购买过此商品",
        "因为您购买过Jam（商品 jam；本商品是商品 bun）：2 位顾客两者都购买过",
        "您还没有购买过，来自Food，您在其中购买过 2 种商品",
        "对您来说是新的，来自Farm",
    ]
