"""No value of any setting ends in a traceback, in wrong advice or on the terminal when it may be a secret."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from ml.settings import Settings
from tests.typed import HOSTILE, Answer, harmless_home, shared_out, type_command

MORE = ("4 gigs", "file:///s3cret", "http://s3cret@", "rate", "1", "31", "1GB", "Mars/Base", '{"ease": "s3cret"}')
VALUES = tuple(value for value in (*HOSTILE, *MORE) if value and "\0" not in value)
"""Variables can be neither empty, which means unset, nor hold a NUL."""
SECRETS = ("mlflow_tracking_uri", "airflow_database_uri", "webhook_url", "llm_url", "llm_api_key")
COMMANDS = (("days",), ("env",), ("check", "landing"))


@pytest.fixture
def landing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, a folder to check and nothing that takes long."""
    monkeypatch.chdir(tmp_path)
    harmless_home(tmp_path / "var", monkeypatch)
    (tmp_path / "landing").mkdir()
    return tmp_path / "landing"


def _fault(answer: Answer, name: str, value: str) -> str | None:
    if name in SECRETS and "s3cret" in value and "s3cret" in answer.errors:
        return "the value is shown"
    if answer.code == 1 and "SettingRefused" in answer.errors and f"SHELDUCK_{name.upper()}" not in answer.errors:
        return f"another setting is blamed: {answer.errors}"
    return answer.fault() if answer.errors or not answer.output else None


@pytest.mark.slow
@pytest.mark.parametrize(("name", "values"), shared_out({name: name for name in Settings.model_fields}, VALUES))
def test_a_hostile_value_of_a_setting_is_answered(
    landing: Path,
    name: str,
    values: Sequence[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    faults, refused = {}, 0
    for value in values:
        monkeypatch.setenv(f"SHELDUCK_{name.upper()}", value)
        for words in COMMANDS:
            answer = type_command(capsys, *words)
            refused += "SettingRefused" in answer.errors
            if fault := _fault(answer, name, value):
                faults[value, words[0]] = fault
            if "SettingRefused" in answer.errors:
                break
    assert faults == {}
    assert refused > len(values) // 8 or name in ("home", "landing")


@pytest.mark.faults
@tried(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    name=st.sampled_from(list(Settings.model_fields)),
    value=st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=40),
)
def test_no_text_at_all_breaks_a_setting(
    landing: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    with monkeypatch.context() as patched:
        patched.setenv(f"SHELDUCK_{name.upper()}", value)
        for words in COMMANDS:
            assert _fault(type_command(capsys, *words), name, value) is None
