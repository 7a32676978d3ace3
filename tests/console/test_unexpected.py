"""A fault of the program: one line for the person, the traceback in a file."""

from __future__ import annotations

import stat
import tempfile
from pathlib import Path

import pytest

from ml.operations.runs import Interrupted
from ml.settings import Settings
from tests.typed import type_command


@pytest.fixture
def home(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    settings.landing_dir.mkdir(parents=True)
    monkeypatch.setenv("SHELDUCK_HOME", str(settings.home))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return settings


def _break(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr("ml.landing.folder.close_day", broken)


def test_a_fault_of_the_program_is_one_line_and_its_traceback_a_file_of_the_home(
    home: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _break(monkeypatch, KeyError("no such\x1b[31m key"))
    answer = type_command(capsys, "close", "2025-03-01")
    (kept,) = (home.home / "logs").glob("error-*.txt")
    assert answer.code == 1 and "UnexpectedError: shelduck: expected no fault" in answer.errors
    assert kept.name in answer.errors.replace("\n", "") and "shelduck doctor" in answer.errors.replace("\n", " ")
    assert "Traceback" not in answer.errors and "\x1b" not in answer.errors
    assert "Traceback" in kept.read_text() and "KeyError" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_where_the_home_does_not_exist_the_traceback_is_kept_elsewhere_and_no_home_is_made(
    tmp_path: Path, home: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHELDUCK_HOME", str(tmp_path / "none"))
    _break(monkeypatch, KeyError("x"))
    told = " ".join(type_command(capsys, "close", "2025-03-01").errors.split())
    assert "of the temporary folder" in told
    assert list(tmp_path.glob("error-*.txt")) and not (tmp_path / "none").exists()


KNOWN = (
    (PermissionError(13, "Permission denied", "/srv/landing/_closed"), 1, "AccessRefused: landing/_closed"),
    (OSError(28, "No space left on device"), 1, "DiskFull"),
    (Interrupted("x", expected="y", found="Ctrl-C", remedy="z"), 130, "Interrupted"),
)


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known[2])
def test_a_known_cause_is_told_and_leaves_no_file(
    home: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    known: tuple[BaseException, int, str],
) -> None:
    error, code, told = known
    _break(monkeypatch, error)
    answer = type_command(capsys, "close", "2025-03-01")
    assert answer.code == code and answer.errors.startswith(told)
    assert not (home.home / "logs").exists()
