"""The same day twice gives the same tables, and no server fails one, whatever it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import SecretStr

from ml.copy.columns import Copy, Writer
from ml.copy.daily import compute
from ml.copy.outputs import COPY_CHECK, COPY_RECIPIENT, COPY_VARIANT
from ml.copy.writing.asking import MOST_ATTEMPTS
from ml.copy.writing.daily import write_day
from ml.copy.writing.landed import TABLE
from ml.copy.writing.report import Written, provenance, report_path
from ml.copy.writing.run import MOST_IN_VAIN
from ml.day import Day
from ml.model_budget import ModelBudget
from testkit.copy_shop import DAY, copy_day
from testkit.language_model import KEY, StandIn

BRIEF = {
    "brief_id": "spring", "name": "Spring", "audience_id": "wine", "arms": 2, "link": "https://shop.example/spring",
    "percent_off": 20.0,
}  # fmt: skip
ITEMS = ({"brief_id": "spring", "item_id": "i0", "price": 9.6, "currency": "USD", "name_zh": "高山咖啡豆"},)
VARIANTS = 2 * 5 * 2
"""Languages, channels, arms."""
Tables = Mapping[str, pl.DataFrame]


@pytest.fixture(autouse=True)
def _untracked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.copy.writing.daily.track", lambda *_: None)


def _day(home: Path, server: StandIn | None, **more: Any) -> Day:
    """The day as it is known with the texts that were landed in ``home``."""
    files = sorted((home / "landing" / TABLE).glob(f"dt={DAY}/*.jsonl"))
    texts = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    day = copy_day(home, dim_copy_brief=[BRIEF], dim_copy_brief_item=ITEMS, copy_text=texts)
    asked = {"llm_url": SecretStr(server.address), "llm_api_key": SecretStr(KEY)} if server else {}
    return replace(day, settings=day.settings.model_copy(update=asked | more))


def _run(home: Path, server: StandIn | None, **more: Any) -> tuple[Written | None, Tables]:
    """As the DAG does: ask, land, and compute the day as it is known then."""
    written = write_day(_day(home, server, **more), sleep=lambda _: None)
    return written, compute(_day(home, server, **more)).tables


def _equal(one: Tables, other: Tables) -> bool:
    return one.keys() == other.keys() and all(one[name].equals(other[name]) for name in one)


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The day of a shop without a language model."""
    _, tables = _run(tmp_path_factory.mktemp("templates"), None)
    assert set(tables[COPY_VARIANT.name][Copy.writer]) == {Writer.TEMPLATE}
    return tables


def test_what_a_model_writes_truly_is_published(tmp_path: Path, server: StandIn) -> None:
    written, tables = _run(tmp_path, server)
    variants = tables[COPY_VARIANT.name]
    assert written is not None and written.calls == 10 and not written.reasons
    assert set(variants[Copy.writer]) == {Writer.LANGUAGE_MODEL} and tables[COPY_CHECK.name].is_empty()
    assert variants.select(Copy.language, Copy.channel, Copy.arm).unique().height == VARIANTS
    assert written.landed == variants.height and not written.refused


def test_the_same_day_twice_asks_once(tmp_path: Path, server: StandIn) -> None:
    _, first = _run(tmp_path, server)
    asked = len(server.asked)
    server.mode = "lying"  # what it would write today
    again, second = _run(tmp_path, server)
    assert again is not None and again.wanted == 0 and len(server.asked) == asked > 0
    assert _equal(first, second)


def test_a_retry_with_the_same_snapshot_asks_nothing_and_says_that_there_are_texts_to_build(
    tmp_path: Path, server: StandIn
) -> None:
    day = _day(tmp_path, server)
    first = write_day(day, sleep=lambda _: None)
    asked, files = len(server.asked), sorted((tmp_path / "landing" / TABLE).rglob("*.jsonl"))
    again = write_day(day, sleep=lambda _: None)
    assert first is not None and again is not None and first.landed > 0
    assert (again.wanted, again.calls, again.landed) == (0, 0, first.landed) and len(server.asked) == asked
    assert sorted((tmp_path / "landing" / TABLE).rglob("*.jsonl")) == files
    built = write_day(_day(tmp_path, server), sleep=lambda _: None)
    assert built is not None and built.landed == 0, "the snapshot has them now"


def test_without_what_was_landed_a_model_that_writes_the_same_gives_the_same_day(
    tmp_path: Path, server: StandIn
) -> None:
    _, first = _run(tmp_path / "one", server)
    _, second = _run(tmp_path / "another", server)
    assert len(server.asked) == 20 and _equal(first, second)


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("slow", "time-out after 0.15 s"),
        ("failing", "refused with status 500"),
        ("busy", "refused with status 429"),
        ("broken", "an answer that is not the JSON that was asked for"),
        ("other_schema", "an answer that is not the JSON that was asked for"),
        ("prose", "an answer that is not the JSON that was asked for"),
        ("no_completion", "an answer that is no chat completion"),
        ("endless", "an answer of more than 1,000,000 bytes"),
        ("declining", "the model declined to write"),
        ("refusing_all", "refused with status 400"),
        ("unauthorised", "refused with status 401: check SHELDUCK_LLM_API_KEY"),
        ("down", "no connection to the server"),
    ],
)
def test_a_server_in_trouble_leaves_the_day_of_templates_and_its_reason(
    tmp_path: Path, server: StandIn, templates: Tables, mode: str, reason: str
) -> None:
    server.mode, server.delay = "true" if mode == "down" else mode, 1
    told_where = {"llm_url": SecretStr("http://127.0.0.1:9/v1")} if mode == "down" else {}
    written, tables = _run(tmp_path, server, **({"llm_timeout": 0.15} if mode == "slow" else told_where))
    assert written is not None and written.calls > 0 and _equal(tables, templates)
    assert written.calls <= MOST_IN_VAIN * MOST_ATTEMPTS, "a server that answers nothing is left alone"
    told: Any = provenance(_day(tmp_path, server).settings, DAY)["language_model"]
    assert sum(told["reasons"].values()) == len(told["without"]) == 10
    assert told["reasons"].keys() <= {
        *(reason, f"not asked: {reason}", f"not asked: {reason}, {MOST_IN_VAIN} times in a row")
    }


def test_a_spent_budget_leaves_the_rest_to_templates(tmp_path: Path, server: StandIn, templates: Tables) -> None:
    budget = ModelBudget(tokens=6_500)
    written, tables = _run(tmp_path, server, llm_budget=budget)
    assert written is not None and 0 < len(server.asked) < 10
    assert list(written.reasons) == ["the run's budget of 6,500 tokens is spent"]
    writers = tables[COPY_VARIANT.name].group_by(Copy.language, Copy.channel).agg(pl.col(Copy.writer).unique())
    assert sorted(writers[Copy.writer].list.join(" ").value_counts()["count"]) == sorted(
        [len(server.asked), 10 - len(server.asked)]
    )
    _, later = _run(tmp_path, server)
    assert set(later[COPY_VARIANT.name][Copy.writer]) == {Writer.LANGUAGE_MODEL}, "the next run writes the rest"


@pytest.mark.parametrize(
    ("mode", "rule"),
    [("lying", "price"), ("rude", "banned"), ("obedient", "instruction"), ("over_length", "length")],
)
def test_what_is_false_is_told_and_replaced_by_templates(
    tmp_path: Path, server: StandIn, templates: Tables, mode: str, rule: str
) -> None:
    server.mode = mode
    written, tables = _run(tmp_path, server)
    checks = tables[COPY_CHECK.name]
    assert written is not None and written.landed and set(checks[Copy.writer]) == {Writer.LANGUAGE_MODEL}
    assert rule in set(checks[Copy.rule])
    variants, plain = tables[COPY_VARIANT.name], templates[COPY_VARIANT.name]
    refused = variants.filter(pl.col(Copy.writer) == Writer.TEMPLATE)
    assert written.refused and sum(written.refused.values()) == refused.height
    assert set(refused[Copy.text]) <= set(plain[Copy.text])
    assert all(each.startswith("language model's text refused: ") for each in refused[Copy.reason])
    assert _equal(tables, _run(tmp_path, server)[1])


def test_without_an_address_nobody_is_asked_and_an_old_report_goes(tmp_path: Path, server: StandIn) -> None:
    _run(tmp_path, server)
    assert report_path(_day(tmp_path, None).settings, DAY).exists()
    asked = len(server.asked)
    written, tables = _run(tmp_path, None)
    assert written is None and len(server.asked) == asked
    assert provenance(_day(tmp_path, None).settings, DAY) == {"language_model": None}
    assert set(tables[COPY_VARIANT.name][Copy.writer]) == {Writer.LANGUAGE_MODEL}, "what was landed counts"


def test_no_shopper_is_in_any_question(tmp_path: Path, server: StandIn) -> None:
    day = _day(tmp_path, server)
    write_day(day)
    shoppers = set(day.table("history")["user_id"]) | set(day.published("audiences", "audience_member")["user_id"])
    told = json.dumps(server.asked, ensure_ascii=False)
    assert len(server.asked) == 10 and len(shoppers) > 20
    assert [each for each in shoppers if each in told] == []
    assert "wine" not in told, "not even whom it is written for"
    assert COPY_RECIPIENT.name not in told
