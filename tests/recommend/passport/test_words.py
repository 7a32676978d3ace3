"""The words of passports: complete in every language, and nothing in them that nobody says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import get_args

from ml.code.sources import read_python
from ml.recommend.core.explanation import BASE, PURCHASE, Unit
from ml.recommend.models.buy_it_when_due import _NAMED
from ml.recommend.passport.words import GROUPS, SOURCES, STEPS, TERMS, UNITS, Step, group_of, term_words
from ml.recommend.two_stage.candidates import SOURCES as GENERATORS
from ml.recommend.two_stage.day_features import feature_names
from ml.recommend.two_stage.features import SCORES
from ml.warehouse.feature_columns import column_words, ranker_columns
from ml.words import Words

CHINESE = re.compile("[\u4e00-\u9fff]")
FILLED = re.compile(r"\{[^}]*\}")
PACKAGE = "ml/recommend/passport/"
SAME = {"SHA-256"}


def calls(name: str, folder: str = "ml/recommend/") -> Iterator[ast.Call]:
    for path, text in read_python().items():
        if path.startswith(folder):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                    yield node


def is_whole(words: Words) -> bool:
    return bool(words.en.strip() and CHINESE.search(words.zh) and not CHINESE.search(words.en))


def test_every_code_has_words_in_both_languages() -> None:
    for catalogue in (STEPS, SOURCES, GROUPS, UNITS, TERMS, column_words()):
        assert len(catalogue) > 4
        assert [code for code, words in catalogue.items() if not is_whole(words)] == []


def test_steps_and_units_are_those_that_there_are() -> None:
    assert set(STEPS) == set(get_args(Step)) and set(UNITS) == set(get_args(Unit))
    said = " ".join(text for path, text in read_python().items() if path.startswith(PACKAGE) and "words.py" not in path)
    assert [step for step in STEPS if f'"{step}"' not in said] == []
    recommenders = " ".join(text for path, text in read_python().items() if path.startswith("ml/recommend/"))
    used = {unit for unit in UNITS if recommenders.count(f'"{unit}"') > 2 or unit == "log_odds"}
    assert used == set(UNITS)


def test_every_generator_and_every_feature_of_a_ranker_has_words() -> None:
    assert set(SOURCES) == set(GENERATORS)
    columns = {table.removeprefix("feat_"): names for table, names in ranker_columns().items()}
    features = [*SCORES, *feature_names(columns)]
    assert len(features) > 50
    assert [name for name in features if term_words(name) is None or group_of(name) in ("other", "factors")] == []


def test_every_term_of_a_recommender_has_words_and_no_word_is_left_over() -> None:
    named = {str(call.args[0].value) for call in calls("Term") if isinstance(call.args[0], ast.Constant)}
    said = {*named, *_NAMED, BASE, *SCORES}
    assert [name for name in said - {PURCHASE} if term_words(name) is None] == []
    assert set(TERMS) <= said and len(named) > 3


def test_texts_fill_in_the_same_in_both_languages() -> None:
    written = [[ast.unparse(each) for each in call.args] for call in calls("Words", PACKAGE)]
    assert len(written) > 60
    for en, zh in written:
        assert sorted(FILLED.findall(en)) == sorted(FILLED.findall(zh)) or "words." in en or "unit." in en, (en, zh)
        assert "words." in zh or "unit." in zh or CHINESE.search(zh), zh
