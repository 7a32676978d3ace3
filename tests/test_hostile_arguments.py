"""No argument of any command ends in a traceback, in silence or in advice that has nothing to do with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import typer
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from ml.settings import Settings
from tests.typed import HOSTILE, Answer, harmless_home, leaves, parameters, shared_out, type_command, words_with

PARAMETERS = list(parameters())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return harmless_home(tmp_path / "var", monkeypatch)


def test_the_parameters_are_those_of_all_commands() -> None:
    without = {"capabilities", "upgrade", "rebuild", "doctor", "tidy", "docs", "down"}
    assert {name for name, _ in PARAMETERS} == set(leaves()) - without
    assert len(PARAMETERS) > 20


@pytest.mark.parametrize(
    ("named", "values"), shared_out({f"{named[0]}-{named[1].name}": named for named in PARAMETERS}, HOSTILE)
)
def test_a_hostile_value_of_a_parameter_is_answered(
    home: Settings,
    named: tuple[str, typer.core.TyperOption],
    values: Sequence[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    faults = {}
    for value in values:
        answer = type_command(capsys, *words_with(*named, value))
        if fault := answer.fault():
            faults[value] = fault
    assert faults == {}
    assert not list((home.home / "logs").glob("error-*"))


@pytest.mark.faults
@tried(max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck))
@given(named=st.sampled_from(PARAMETERS), value=st.text(max_size=60))
def test_no_text_at_all_breaks_a_command(
    home: Settings, capsys: pytest.CaptureFixture[str], named: tuple[str, typer.core.TyperOption], value: str
) -> None:
    assert type_command(capsys, *words_with(*named, value)).fault() is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("rollback yesterday --why x", "expected a day such as 2017-12-02, or a version id"),
        ("rollback 2025-13-45 --why x", "expected a day such as 2017-12-02, or a version id"),
        ("rollback ../../x --why x", "expected a day such as 2017-12-02, or a version id"),
        ("run --as-of 2025-03-30 --until 2025-03-29", "--until 2025-03-29 lies before --as-of 2025-03-30"),
        ("close 1969-12-31", "expected a day from 1970-01-01 to 2199-12-31"),
        ("up --airflow-port 70000", "less than or equal to 65535"),
    ],
)
def test_a_wrong_argument_is_told_with_what_would_be_right(
    home: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: str, told: str
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    answer = type_command(capsys, *words.split())
    assert answer.code == 2 and told in " ".join(answer.errors.split())


@pytest.mark.parametrize(
    "answer",
    [
        Answer(1, "", "Traceback (most recent call last)"),
        Answer(1, "", "WarehouseBroken: x. Run: shelduck rebuild"),
        Answer(1, "", ""),
        Answer(3, "", "x"),
        Answer(0, "\x1b[31m", ""),
    ],
)
def test_a_bad_answer_would_be_found(answer: Answer) -> None:
    assert answer.fault()
