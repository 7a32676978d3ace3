"""What a model writes is landed once, whatever the server does; what it does not write is told with its reason."""

from __future__ import annotations

import errno
import logging
import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ml.copy import landing_rows
from ml.copy.columns import Copy
from ml.copy.writing import requests, run
from ml.copy.writing.landed import TABLE, land_texts, places, remembered, rows_of, text_id, written_on
from ml.copy.writing.report import provenance, write_report
from ml.errors import DiskFull
from ml.landing.contract import CONTRACT
from ml.landing.load import land
from ml.settings import Settings
from ml.text.validation.repair import repaired
from ml.warehouse.connection import connect
from testkit.copy_requests import ASKED, DAY, TEXTS, ask_and_land, landed_rows, request
from testkit.language_model import KEY, StandIn

SAFE = {"en": "Alpine Coffee is here.", "zh": "高山咖啡豆到了。"}


def _published(settings: Settings, day: date = DAY) -> dict[str, str]:
    """By id, the text that a day would publish: the landed one where it validates, else a template's."""
    written = {row[Copy.text_id]: row[Copy.text] for row in reversed(landed_rows(settings, day))}
    chosen = {}
    for each in ASKED:
        for place, (arm, part) in places(each).items():
            sheet = each.sheet_of(part, arm)
            chosen[place] = repaired(written.get(place, ""), sheet, [SAFE[each.language]]).text or ""
    return chosen


def test_what_is_written_is_landed_as_rows_of_the_contract(settings: Settings) -> None:
    written = ask_and_land(settings)
    assert (written.landed, written.calls, written.reasons) == (TEXTS, len(ASKED), {})
    table = CONTRACT[TABLE]
    rows = landed_rows(settings)
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
    ask_and_land(settings)
    before, asked = _published(settings), len(server.asked)
    again = ask_and_land(settings)
    assert (again.wanted, again.landed, again.files, len(server.asked)) == (0, 0, (), asked)
    assert _published(settings) == before


def test_without_what_was_landed_a_model_that_writes_the_same_gives_the_same_file(settings: Settings) -> None:
    first = ask_and_land(settings)
    before = _published(settings)
    for file in (settings.landing_dir / TABLE).glob("dt=*/*"):
        file.unlink()
    again = ask_and_land(settings)
    assert again.files == first.files and again.landed == TEXTS
    assert _published(settings) == before


@pytest.mark.parametrize("mode", ["without_schema", "text_only"])
def test_a_server_without_json_schema_writes_as_well(settings: Settings, server: StandIn, mode: str) -> None:
    server.mode = mode
    assert ask_and_land(settings).landed == TEXTS
    assert not set(_published(settings).values()) & set(SAFE.values())


def test_a_variant_that_is_missing_is_told_and_asked_for_again(settings: Settings, server: StandIn) -> None:
    wanted = request(channel="push", arms=2)
    server.variants = 1
    first = ask_and_land(settings, (wanted,))
    assert (first.landed, first.reasons) == (1, {"the model left out texts": 1})
    server.variants = None
    again = ask_and_land(settings, (wanted,))
    assert (again.wanted, again.landed) == (1, 1)
    assert len({row[Copy.text_id] for row in landed_rows(settings)}) == len(landed_rows(settings)) == 2


def test_a_kill_between_the_answer_and_the_landing_loses_nothing_but_the_answer(
    settings: Settings, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise SystemExit(137)

    monkeypatch.setattr(requests, "LANDED_TOGETHER", 2)
    monkeypatch.setattr(landing_rows, "write_text", killed)
    with pytest.raises(SystemExit):
        ask_and_land(settings)
    assert len(server.asked) == 2 and landed_rows(settings) == []
    monkeypatch.undo()
    assert ask_and_land(settings).landed == TEXTS
    undisturbed = settings.model_copy(update={"home": settings.home / "another"})
    ask_and_land(undisturbed)
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
        ask_and_land(settings)
    assert len(landed_rows(settings)) == 4
    monkeypatch.undo()
    again = ask_and_land(settings)
    assert (again.wanted, len(server.asked), len(landed_rows(settings))) == (2, 4, TEXTS)


def test_a_day_that_is_run_after_a_later_one_takes_its_texts(settings: Settings, server: StandIn) -> None:
    later = DAY + timedelta(days=3)
    ask_and_land(settings, day=later)
    before, asked = _published(settings, later), len(server.asked)
    server.mode = "lying"  # what it would write now is another text
    written = ask_and_land(settings)
    assert (written.taken_over, written.landed, len(server.asked)) == (len(ASKED), TEXTS, asked)
    assert _published(settings) == _published(settings, later) == before


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\x0b"])
def test_what_unicode_takes_for_the_end_of_a_line_ends_no_row(settings: Settings, end: str) -> None:
    (row,) = rows_of(request(channel="push", arms=1), {(1, "push"): f"Alpine{end}Coffee"}, "tiny")
    land_texts(settings, DAY, [row])
    assert written_on(settings, DAY) == {row[Copy.text_id]}
    assert remembered(settings, DAY - timedelta(days=1)) == {row[Copy.text_id]: row}
    file, _ = landing_rows.land_rows(settings, landing_rows.DECISIONS, DAY, [{"text": f"a{end}b"}])
    assert landing_rows.landed_rows(settings, landing_rows.DECISIONS, DAY) == [{"text": f"a{end}b"}]
    assert file.name.startswith(landing_rows.DECIDED)


@pytest.mark.parametrize("prefix", [landing_rows.DECIDED, landing_rows.WRITTEN])
def test_a_full_disk_is_called_so_and_lands_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(landing_rows, "write_text", full)
    with pytest.raises(DiskFull, match="landing copy_texts of"):
        landing_rows.land_rows(settings, TABLE, DAY, [{"text": "a"}], prefix)


def test_a_text_has_its_id_from_facts_arm_and_part() -> None:
    ids = {text_id(sheet, arm, part) for sheet in ("a", "b") for arm in (1, 2) for part in ("push", "sms")}  # type: ignore[arg-type]
    assert len(ids) == 8
    assert list(places(request(channel="ad", arms=2)).values()) == [
        (arm, part) for arm in (1, 2) for part in ("ad_headline", "ad_description")
    ]


def test_the_manifest_tells_why_templates_wrote(settings: Settings, server: StandIn) -> None:
    assert provenance(settings, DAY) == {"language_model": None}
    server.mode = "unauthorised"
    write_report(settings, ask_and_land(settings))
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
        write_report(settings, ask_and_land(settings, (request(mode, "push"),)))
    assert server.keys[-1] == f"Bearer {KEY}", "it was used"
    files = [Path(folder) / name for folder, _, names in os.walk(settings.home) for name in names]
    assert len(files) >= 2
    assert [file for file in files if KEY.encode() in file.read_bytes()] == []
    assert KEY not in caplog.text + repr(settings) + str(settings.environment())
    assert server.address not in caplog.text + repr(settings) + str(settings.environment())
