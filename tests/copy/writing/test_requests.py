"""What a model writes is landed once, whatever the server does; what it does not write is told with its reason."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from ml.copy.columns import Copy
from ml.copy.request import Request
from ml.copy.validation.repair import repaired
from ml.copy.writing import landed, requests, run
from ml.copy.writing.budget import Purse
from ml.copy.writing.daily import server_of
from ml.copy.writing.landed import TABLE, places, text_id
from ml.copy.writing.prompt import messages, most_tokens, prompt_tokens
from ml.copy.writing.report import Written, provenance, write_report
from ml.copy.writing.requests import Wanted, write_requests
from ml.copy.writing.run import MOST_IN_VAIN, Means
from ml.landing.contract import CONTRACT
from ml.landing.load import land
from ml.model_budget import ModelBudget
from ml.settings import Settings
from ml.text.language_model import LanguageModel
from ml.warehouse.connection import connect
from testkit.copy_requests import request
from testkit.language_model import KEY, StandIn, running

DAY = date(2025, 3, 2)
ASKED = tuple(request(brief, "push", language) for brief in ("spring", "tea") for language in ("en", "zh"))  # type: ignore[arg-type]
TEXTS = len(ASKED) * 2
SAFE = {"en": "Alpine Coffee is here.", "zh": "高山咖啡豆到了。"}


@pytest.fixture(scope="module")
def server() -> Iterator[StandIn]:
    """One server for all tests; each sets its mode."""
    with running() as stand_in:
        yield stand_in


@pytest.fixture
def settings(tmp_path: Path, server: StandIn) -> Settings:
    """A home whose model is the stand-in, behaving well."""
    server.mode, server.delay, server.usage, server.variants = "true", 0, (400, 150), None
    server.asked.clear()
    return Settings(
        home=tmp_path / "var",
        llm_url=SecretStr(server.address),
        llm_model="tiny",
        llm_api_key=SecretStr(KEY),
    )


def _write(settings: Settings, asked: tuple[Request, ...] = ASKED, day: date = DAY, **more: Any) -> Written:
    """One run that finds the texts of the files up to its day, as a day's snapshot does."""
    known = {row[Copy.text_id] for row in _rows(settings, day)}
    server = server_of(settings)
    assert server is not None
    with LanguageModel(server) as model:
        means = Means(model, Purse(settings.llm_budget), **{"sleep": lambda _: None} | more)
        return write_requests(settings, Wanted(day, asked, known), means)


def _rows(settings: Settings, day: date = DAY) -> list[dict[str, Any]]:
    files = sorted((settings.landing_dir / TABLE).glob("dt=*/*.jsonl"))
    return [
        json.loads(line) for file in files if file.parent.name <= f"dt={day}" for line in file.read_text().splitlines()
    ]


def _published(settings: Settings, day: date = DAY) -> dict[str, str]:
    """By id, the text that a day would publish: the landed one where it validates, else a template's."""
    written = {row[Copy.text_id]: row[Copy.text] for row in reversed(_rows(settings, day))}
    chosen = {}
    for each in ASKED:
        for place, (arm, part) in places(each).items():
            sheet = each.sheet_of(part, arm)
            chosen[place] = repaired(written.get(place, ""), sheet, [SAFE[each.language]]).text or ""
    return chosen


def test_what_is_written_is_landed_as_rows_of_the_contract(settings: Settings) -> None:
    written = _write(settings)
    assert (written.landed, written.calls, written.reasons) == (TEXTS, len(ASKED), {})
    table = CONTRACT[TABLE]
    rows = _rows(settings)
    assert {name for row in rows for name in row} == {column.name for column in table.columns}
    assert {row[Copy.text] for row in rows} > {"Meet Alpine Coffee.", "来认识高山咖啡豆。"}
    (settings.landing_dir / "_closed").mkdir()
    (settings.landing_dir / "_closed" / str(DAY)).touch()
    report = land(settings, DAY)
    assert (report.rows_accepted, report.rows_quarantined) == (TEXTS, 0)
    with connect(settings) as connection:
        held = connection.execute("select text_id, text, arm, model from raw.copy_texts order by text_id").fetchall()
    assert held == sorted((row["text_id"], row["text"], row["arm"], "tiny") for row in rows)


def test_a_second_run_asks_nothing_and_lands_nothing(settings: Settings, server: StandIn) -> None:
    _write(settings)
    before, asked = _published(settings), len(server.asked)
    again = _write(settings)
    assert (again.wanted, again.landed, again.files, len(server.asked)) == (0, 0, (), asked)
    assert _published(settings) == before


def test_without_what_was_landed_a_model_that_writes_the_same_gives_the_same_file(settings: Settings) -> None:
    first = _write(settings)
    before = _published(settings)
    for file in (settings.landing_dir / TABLE).glob("dt=*/*"):
        file.unlink()
    again = _write(settings)
    assert again.files == first.files and again.landed == TEXTS
    assert _published(settings) == before


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
        ("declining", "the model declined to write"),
        ("endless", "an answer of more than 1,000,000 bytes"),
        ("refusing_all", "refused with status 400"),
        ("unauthorised", "refused with status 401: check SHELDUCK_LLM_API_KEY"),
    ],
)
def test_a_server_that_writes_nothing_leaves_the_day_to_templates(
    settings: Settings, server: StandIn, mode: str, reason: str
) -> None:
    server.mode, server.delay = mode, 2
    written = _write(settings.model_copy(update={"llm_timeout": 0.15}) if mode == "slow" else settings)
    assert (written.landed, written.files, _rows(settings)) == (0, (), [])
    assert sum(written.reasons.values()) == len(ASKED) and written.reasons[reason] >= 1
    assert written.reasons.keys() <= {
        reason,
        f"not asked: {reason}, {MOST_IN_VAIN} times in a row",
        f"not asked: {reason}",
    }
    assert len(server.asked) <= MOST_IN_VAIN * 3 + 3, "a server that answers nothing is left alone"
    assert set(_published(settings).values()) == set(SAFE.values())


def test_a_server_that_is_down_and_one_that_is_slow_leave_the_same_day(settings: Settings, server: StandIn) -> None:
    server.mode, server.delay = "slow", 2
    _write(settings.model_copy(update={"llm_timeout": 0.15}))
    slow = _published(settings)
    down = settings.model_copy(update={"llm_url": SecretStr("http://127.0.0.1:9/v1")})
    assert set(_write(down).reasons) == {
        "no connection to the server",
        "not asked: no connection to the server, 3 times in a row",
    }
    assert _published(down) == slow


@pytest.mark.parametrize(
    ("mode", "rule"),
    [("lying", "price"), ("rude", "banned"), ("obedient", "instruction"), ("over_length", "length")],
)
def test_what_is_landed_and_false_is_counted_and_not_published(
    settings: Settings, server: StandIn, mode: str, rule: str
) -> None:
    server.mode = mode
    written = _write(settings)
    assert written.landed == TEXTS and sum(written.refused.values()) == TEXTS
    assert written.refused[rule] > 0
    assert set(_published(settings).values()) == set(SAFE.values())


@pytest.mark.parametrize("mode", ["without_schema", "text_only"])
def test_a_server_without_json_schema_writes_as_well(settings: Settings, server: StandIn, mode: str) -> None:
    server.mode = mode
    assert _write(settings).landed == TEXTS
    assert not set(_published(settings).values()) & set(SAFE.values())


def test_a_variant_that_is_missing_is_told_and_asked_for_again(settings: Settings, server: StandIn) -> None:
    wanted = request(channel="push", arms=2)
    server.variants = 1
    first = _write(settings, (wanted,))
    assert (first.landed, first.reasons) == (1, {"the model left out texts": 1})
    server.variants = None
    again = _write(settings, (wanted,))
    assert (again.wanted, again.landed) == (1, 1)
    assert len({row[Copy.text_id] for row in _rows(settings)}) == len(_rows(settings)) == 2


def test_passing_failures_are_retried_with_growing_waits_and_no_others(settings: Settings, server: StandIn) -> None:
    waits: list[float] = []
    server.mode = "failing"
    _write(settings, ASKED[:1], sleep=waits.append)
    assert (waits, len(server.asked)) == ([1.0, 2.0], 3)
    server.mode = "busy"
    _write(settings, ASKED[:1], sleep=waits.append)
    assert waits[2:] == [7.0, 7.0], "as long as the server asks for"
    server.mode = "declining"
    _write(settings, ASKED[:1], sleep=waits.append)
    assert (len(waits), len(server.asked)) == (4, 7)


def test_a_budget_of_tokens_stops_the_run_before_it_is_passed(settings: Settings, server: StandIn) -> None:
    plenty = _write(settings.model_copy(update={"home": settings.home / "plenty"}))
    assert plenty.purse.prompt_tokens + plenty.purse.completion_tokens == len(ASKED) * 550
    server.asked.clear()
    longest = max(prompt_tokens(messages(each)) + most_tokens(each) for each in ASKED)
    limit = 2 * 550 + longest
    small = settings.model_copy(update={"llm_budget": ModelBudget(tokens=limit)})
    written = _write(small)
    spent = written.purse.prompt_tokens + written.purse.completion_tokens
    assert (len(server.asked), spent) == (3, 3 * 550) and spent <= limit
    assert written.reasons == {f"the run's budget of {limit:,} tokens is spent": 1}
    assert written.landed == 2 * len(server.asked), "what was paid for is landed"


def test_a_budget_of_money_stops_it_as_well(settings: Settings, server: StandIn) -> None:
    priced = ModelBudget(cost=Decimal("0.01"), prompt_price=Decimal("0.001"), completion_price=Decimal("0.01"))
    written = _write(settings.model_copy(update={"llm_budget": priced}))
    assert 0 < len(server.asked) < len(ASKED) and 0 < written.purse.cost <= Decimal("0.01")
    assert written.purse.cost == len(server.asked) * Decimal("0.0019")
    assert list(written.reasons) == ["the run's budget of 200,000 tokens or 0.01 USD is spent"]


def test_a_server_that_counts_no_tokens_is_counted_at_most(settings: Settings, server: StandIn) -> None:
    server.usage = None
    written = _write(settings, ASKED[:1])
    assert written.purse.prompt_tokens > 1000 and written.purse.completion_tokens == 500 + 2 * 178


def test_a_run_ends_before_its_task_would_be_ended(settings: Settings, server: StandIn) -> None:
    moments = iter(range(0, 100_000, 1_000))
    written = _write(settings, clock=lambda: float(next(moments)))
    assert len(server.asked) == 2 and written.reasons == {"not asked: the run had taken 40 minutes": 2}


def test_a_kill_between_the_answer_and_the_landing_loses_nothing_but_the_answer(
    settings: Settings, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise SystemExit(137)

    monkeypatch.setattr(requests, "LANDED_TOGETHER", 2)
    monkeypatch.setattr(landed, "write_text", killed)
    with pytest.raises(SystemExit):
        _write(settings)
    assert len(server.asked) == 2 and _rows(settings) == []
    monkeypatch.undo()
    assert _write(settings).landed == TEXTS
    undisturbed = settings.model_copy(update={"home": settings.home / "another"})
    _write(undisturbed)
    assert _published(settings) == _published(undisturbed)
    assert not set(_published(settings).values()) & set(SAFE.values())


def test_a_kill_halfway_keeps_what_was_landed(
    settings: Settings, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "LANDED_TOGETHER", 1)
    real, calls = run.ask, iter(range(9))

    def killed_at_the_third(*given: Any) -> Any:
        if next(calls) == 2:
            raise SystemExit(137)
        return real(*given)

    monkeypatch.setattr(run, "ask", killed_at_the_third)
    with pytest.raises(SystemExit):
        _write(settings)
    assert len(_rows(settings)) == 4
    monkeypatch.undo()
    again = _write(settings)
    assert (again.wanted, len(server.asked), len(_rows(settings))) == (2, 4, TEXTS)


def test_a_day_that_is_run_after_a_later_one_takes_its_texts(settings: Settings, server: StandIn) -> None:
    later = DAY + timedelta(days=3)
    _write(settings, day=later)
    before, asked = _published(settings, later), len(server.asked)
    server.mode = "lying"  # what it would write now is another text
    written = _write(settings)
    assert (written.taken_over, written.landed, len(server.asked)) == (len(ASKED), TEXTS, asked)
    assert _published(settings) == _published(settings, later) == before


def test_a_text_has_its_id_from_facts_arm_and_part() -> None:
    ids = {text_id(sheet, arm, part) for sheet in ("a", "b") for arm in (1, 2) for part in ("push", "sms")}  # type: ignore[arg-type]
    assert len(ids) == 8
    assert list(places(request(channel="ad", arms=2)).values()) == [
        (arm, part) for arm in (1, 2) for part in ("ad_headline", "ad_description")
    ]


def test_the_manifest_tells_why_templates_wrote(settings: Settings, server: StandIn) -> None:
    assert provenance(settings, DAY) == {"language_model": None}
    server.mode = "unauthorised"
    write_report(settings, _write(settings))
    told: Any = provenance(settings, DAY)["language_model"]
    assert told["reasons"] == {
        "not asked: refused with status 401: check SHELDUCK_LLM_API_KEY": 3,
        "refused with status 401: check SHELDUCK_LLM_API_KEY": 1,
    }
    assert told["without"][0] == {
        "brief_id": "spring",
        "language": "en",
        "channel": "push",
        "reason": "refused with status 401: check SHELDUCK_LLM_API_KEY",
    }
    assert (told["calls"], told["texts_landed"], told["model"]) == (1, 0, "tiny")


def test_the_key_is_in_no_file_no_log_and_no_environment_of_a_child(
    settings: Settings, server: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for mode in ("true", "failing", "unauthorised", "text_only", "no_completion"):
        server.mode = mode
        write_report(settings, _write(settings, (request(mode, "push"),)))
    assert server.keys[-1] == f"Bearer {KEY}", "it was used"
    files = [Path(folder) / name for folder, _, names in os.walk(settings.home) for name in names]
    assert len(files) >= 2
    assert [file for file in files if KEY.encode() in file.read_bytes()] == []
    assert KEY not in caplog.text + repr(settings) + str(settings.environment())
    assert server.address not in caplog.text + repr(settings) + str(settings.environment())
