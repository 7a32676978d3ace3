"""The questions of ``docs/how-to/explore.md``: each is answered on a published shop, as computed without SQL."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ml.capabilities import capabilities
from ml.cli import main
from ml.publish.readers import read_table
from ml.settings import Settings
from tests.console.explored_shop import ANSWERS, Row, Tables, published_shop
from tests.slow import takes_long

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "explore.md").read_text(encoding="utf-8")
SECTIONS = re.split(r"^## ", PAGE, flags=re.M)[1:]
QUESTIONS = [re.findall(r"```sql\n(.*?)```", section, re.S) for section in SECTIONS]
SHOWN = [re.findall(r"```text\n(.*?)```", section, re.S) for section in SECTIONS]


@pytest.fixture(scope="module")
@takes_long
def shop(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return published_shop(tmp_path_factory.mktemp("explored") / "var")


@pytest.fixture(scope="module")
def tables(shop: Settings) -> Tables:
    return {name: read_table(shop, each, name).to_dicts() for each in capabilities() for name in each.tables}


def answered(
    shop: Settings, query: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> list[Row]:
    """What ``shelduck sql`` says."""
    for name, value in shop.environment().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        main(["sql", query, "--format", "json"])
    printed = capsys.readouterr()
    assert ended.value.code == 0, printed.err
    found: list[Row] = json.loads(printed.out)
    return found


def test_there_are_ten_questions_each_with_one_query_and_its_answer() -> None:
    assert len(SECTIONS) == len(ANSWERS) == 10
    assert all(section.splitlines()[0].endswith("?") for section in SECTIONS)
    assert {len(found) for found in QUESTIONS} == {len(shown) for shown in SHOWN} == {1}


@pytest.mark.parametrize("number", range(len(ANSWERS)), ids=lambda number: ANSWERS[number].__name__)
def test_a_question_is_answered_as_without_sql(
    shop: Settings,
    tables: Tables,
    number: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (query,), (shown,) = QUESTIONS[number], SHOWN[number]
    found, expected = answered(shop, query, monkeypatch, capsys), ANSWERS[number](tables)

    assert found, "an answer without rows proves nothing"
    assert len(found) == len(expected)
    for row, right in zip(found, expected, strict=True):
        assert list(row) == list(right) == shown.splitlines()[0].split()
        wrong = {name: (value, right[name]) for name, value in row.items() if not _same(value, right[name])}
        assert wrong == {}


def _same(value: Any, right: Any) -> bool:
    """Whether SQL gave the right value, or one of several right ones; a sum of floats may differ in its last bits."""
    if isinstance(right, set):
        return value in right
    return bool(value == pytest.approx(right, rel=1e-9)) if isinstance(right, float) else bool(value == right)
