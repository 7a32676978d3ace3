"""A ledger of an earlier version is read where it lies and moved to its model, whatever interrupts that."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from ml.errors import JournalBroken
from ml.recommend.model import MODEL
from ml.registry import ledger_file
from ml.registry.client import registry_lock
from ml.registry.ledger import (
    Decision,
    Promotion,
    policy_effective,
    promote,
    promoted_contents,
    promotions,
    rebuild_ledger,
    recorded,
)
from ml.registry.ledger_file import ledger_path
from ml.registry.versions import CHAMPION, by_alias
from ml.settings import Settings
from tests.registries import TRAINED

DECIDED = Decision("test", "because", None)


def _line(row: int, version: int) -> str:
    """As earlier versions wrote it."""
    day = TRAINED[version].isoformat()
    told = {"at": "2026-11-22T10:31:24+00:00", "content_hash": f"hash {version}", "effective_from": day, "row": row}
    return json.dumps(told | {"trained_as_of": day, "version": version, "who": "train_recommenders", "why": "x"}) + "\n"


def _single(settings: Settings) -> Path:
    return settings.registry_dir / "promotions.jsonl"


@pytest.fixture
def earlier(settings: Settings) -> Settings:
    """The home of an earlier version with versions 3 and 1 promoted."""
    _single(settings).write_text(_line(0, 3) + _line(1, 1))
    return settings


@pytest.fixture
def twice(earlier: Settings) -> Settings:
    """After the move an earlier version ran again and promoted version 2; meanwhile version 1 stood in both files."""
    ledger_path(earlier, MODEL).parent.mkdir()
    ledger_path(earlier, MODEL).write_text(_line(0, 3) + _line(1, 1))
    _single(earlier).write_text(_line(1, 1) + _line(2, 2))
    return earlier


def _numbers(rows: list[Promotion]) -> list[int]:
    return [row.version for row in rows]


def test_who_holds_no_lock_reads_it_where_it_lies_and_moves_nothing(earlier: Settings) -> None:
    before = _single(earlier).read_bytes()
    assert _numbers(recorded(earlier, MODEL)) == [3, 1]
    assert promoted_contents(earlier, MODEL) == {"hash 1", "hash 3"}
    with registry_lock(earlier, "a training"), ThreadPoolExecutor(1) as another:
        assert _numbers(another.submit(promotions, earlier, MODEL).result(60)) == [3, 1]
    assert _single(earlier).read_bytes() == before and not ledger_path(earlier, MODEL).exists()


def test_the_first_use_moves_it_byte_by_byte(earlier: Settings) -> None:
    before = _single(earlier).read_bytes()
    row = policy_effective(earlier, MODEL, TRAINED[1])
    assert row is not None and row.version == 1
    assert ledger_path(earlier, MODEL).read_bytes() == before and not _single(earlier).exists()
    assert _numbers(promotions(earlier, MODEL)) == [3, 1]


def test_a_promotion_continues_it(earlier: Settings) -> None:
    assert promote(earlier, MODEL, 2, DECIDED).row == 2
    assert _numbers(promotions(earlier, MODEL)) == [3, 1, 2] and not _single(earlier).exists()
    champion = by_alias(earlier, MODEL, CHAMPION)
    assert champion is not None and champion.version == 2


def test_it_is_none_of_another_models(earlier: Settings) -> None:
    assert promotions(earlier, "echo") == [] == recorded(earlier, "echo")
    assert promoted_contents(earlier, "echo") == set()
    assert _single(earlier).exists()


def test_rows_that_an_earlier_version_wrote_after_the_move_count_too(twice: Settings) -> None:
    assert _numbers(recorded(twice, MODEL)) == [3, 1, 2]
    assert _numbers(promotions(twice, MODEL)) == [3, 1, 2]
    assert not _single(twice).exists()
    assert len(ledger_path(twice, MODEL).read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("home", "owner", "step"),
    [
        ("earlier", Path, "mkdir"),
        ("earlier", Path, "replace"),
        ("earlier", ledger_file, "sync"),
        ("twice", ledger_file, "write_text"),
        ("twice", Path, "unlink"),
        ("twice", ledger_file, "sync"),
    ],
)
def test_a_move_killed_at_any_step_loses_no_row(
    home: str, owner: object, step: str, request: pytest.FixtureRequest
) -> None:
    settings: Settings = request.getfixturevalue(home)
    wanted = recorded(settings, MODEL)
    assert len(wanted) >= 2

    def move_and_die() -> None:
        setattr(owner, step, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        ledger_file.move_single_file(settings, MODEL)

    assert _end(move_and_die) == -signal.SIGKILL
    assert recorded(settings, MODEL) == wanted
    assert promotions(settings, MODEL) == wanted and not _single(settings).exists()
    assert recorded(settings, MODEL) == wanted


@pytest.mark.parametrize("home", ["earlier", "twice"])
@pytest.mark.parametrize("moment", [0, 1])
def test_a_reader_whom_the_move_overtakes_reads_every_row(
    home: str, moment: int, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it reads the old file, and between the two files."""
    settings: Settings = request.getfixturevalue(home)
    wanted, reads, read = recorded(settings, MODEL), [], ledger_file.read_lines

    def overtaken(path: Path) -> list[dict[str, object]]:
        reads.append(path)
        if len(reads) == moment + 1:
            with monkeypatch.context() as calm:
                calm.setattr(ledger_file, "read_lines", read)
                ledger_file.move_single_file(settings, MODEL)
        return read(path)

    monkeypatch.setattr(ledger_file, "read_lines", overtaken)
    assert recorded(settings, MODEL) == wanted and len(reads) == 2
    assert not _single(settings).exists()


def test_a_damaged_one_is_named_and_a_rebuild_replaces_it(settings: Settings) -> None:
    for version in (3, 1):
        promote(settings, MODEL, version, DECIDED)
    wanted = promotions(settings, MODEL)
    ledger_path(settings, MODEL).rename(_single(settings))
    _single(settings).write_text(_single(settings).read_text().replace('{"at"', "{at", 1))
    with pytest.raises(JournalBroken, match=r"promotions.jsonl line 1: expected a JSON object"):
        recorded(settings, MODEL)
    assert rebuild_ledger(settings, MODEL) == wanted == promotions(settings, MODEL)
    assert not _single(settings).exists()


def test_a_home_that_lost_both_files_is_read_from_mlflow(settings: Settings) -> None:
    promote(settings, MODEL, 1, DECIDED)
    ledger_path(settings, MODEL).rename(_single(settings))
    wanted = promotions(settings, MODEL)
    ledger_path(settings, MODEL).unlink()
    assert promotions(settings, MODEL) == wanted and wanted[0].effective_from == date(2017, 12, 2)


def _end(work: Callable[[], object]) -> int:
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
