"""The two judgements of a file: without the conditions of refused forms, and with them where a value is in doubt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ml.landing.judging import Judge
from ml.settings import Settings
from ml.warehouse.connection import connect
from tests.landing.conftest import Shop, event

_LISTED = (
    "select columns(* exclude (_file)) from raw.interactions order by _row",
    "select row_number, column_name, value_class, reason, remedy, key from raw.quarantine order by all",
    "select rows_read, rows_accepted, rows_quarantined, rows_hash, filled from raw.landing_partition",
)
_GOOD = [event("e1"), event("e2", quantity=""), event("e3", quantity="2.5")]
_BROKEN = [event("e4", event_type="bought"), event("", quantity="3")]
_DOUBTED = {
    "an id that is a word": event("e5", user_id="NULL"),
    "a date without a time": event("e5", ts="2025-03-03"),
    "a number in words": event("e5", quantity="seven"),
    "two faults": event("e5", user_id="NULL", event_type="bought"),
}


@pytest.mark.parametrize("line", _DOUBTED.values(), ids=_DOUBTED)
def test_a_bad_row_among_good_ones_gets_what_the_whole_judgement_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    judgements = _watched(monkeypatch)
    found = _landed(tmp_path / "found", [*_GOOD, line, *_BROKEN])
    assert judgements == [False, True]
    _always_whole(monkeypatch)
    assert found == _landed(tmp_path / "expected", [*_GOOD, line, *_BROKEN])
    assert len(found[0]) == len(_GOOD) and {row[0] for row in found[1]} == {5, 6, 7}


def test_a_file_without_doubt_is_judged_once_as_the_whole_judgement_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judgements = _watched(monkeypatch)
    found = _landed(tmp_path / "found", [*_GOOD, *_BROKEN])
    assert judgements == [False]
    _always_whole(monkeypatch)
    assert found == _landed(tmp_path / "expected", [*_GOOD, *_BROKEN])
    assert len(found[0]) == len(_GOOD) and len(found[1]) == len(_BROKEN)


def _landed(home: Path, lines: list[str]) -> list[list[tuple[Any, ...]]]:
    shop = Shop(Settings(home=home))
    shop.events(*lines)
    shop.land()
    with connect(shop.settings, read_only=True) as connection:
        return [connection.execute(query).fetchall() for query in _LISTED]


def _watched(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each judgement that follows was a whole one."""
    asked: list[bool] = []
    query = Judge.query

    def watched(judge: Judge, *values: Any, in_doubt: bool = True) -> str:
        asked.append(in_doubt)
        return query(judge, *values, in_doubt=in_doubt)

    monkeypatch.setattr(Judge, "query", watched)
    return asked


def _always_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    query = Judge.query

    def whole(judge: Judge, *values: Any, **_: bool) -> str:
        return query(judge, *values)

    monkeypatch.setattr(Judge, "query", whole)
