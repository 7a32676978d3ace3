"""The data home's memory: settings that decide what a day is do not depend on somebody's shell."""

from __future__ import annotations

import multiprocessing
import tomllib
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from typer.testing import CliRunner

from ml import settings_sources
from ml.cli import app
from ml.errors import SettingsBroken, SettingsDiffer
from ml.home import enter, home_file, remember, render
from ml.landing.folder import close_day
from ml.landing.load import land
from ml.settings import AskedSettings, Settings
from ml.settings_sources import FILE, remembered_fields
from testkit.shop import write_shop

DECIDING = {"timezone", "closing_hour", "capabilities", "purchase_events", "recipes", "parameters", "objectives"} | {
    *("liked_from", "placements", "k", "seed", "evaluation_days", "origins", "history_days", "id_words", "language"),
    *("max_file_bytes", "max_file_rows", "max_quarantined_rows", "promotion", "churn", "consent", "minimum_audience"),
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that was made for Los Angeles."""
    monkeypatch.setenv("SHELDUCK_HOME", str(tmp_path / "a home"))
    enter(Settings(timezone="America/Los_Angeles", closing_hour=5))
    return tmp_path / "a home"


def _init(*words: str) -> str:
    answer = CliRunner().invoke(app, ["init", *words], catch_exceptions=False)
    assert answer.exit_code == 0
    return answer.output


def test_the_settings_that_decide_a_day_are_remembered() -> None:
    assert set(remembered_fields(Settings)) == DECIDING


def test_a_run_without_the_variables_of_the_first_one_lands_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELDUCK_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("SHELDUCK_TIMEZONE", "Asia/Tokyo")
    last = write_shop(tmp_path / "var" / "landing", days=2, zone=ZoneInfo("Asia/Tokyo"))[-1]
    first = land(Settings(), last)
    monkeypatch.delenv("SHELDUCK_TIMEZONE")
    again = land(Settings(), last)
    assert first.rows_accepted > 0 and first.rows_quarantined == 0
    assert (again.partitions, again.kept) == ((), len(first.partitions)), "nothing is judged again"


@pytest.mark.parametrize("first", ["init", "close", "land"])
def test_the_first_writer_writes_down_what_is_effective(first: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "var", timezone="Asia/Tokyo", k=7, parameters={"ease": {"penalty": 5.5}})
    day = write_shop(settings.landing_dir, days=1)[0]
    {"init": enter, "close": lambda made: close_day(made, day), "land": lambda made: land(made, day)}[first](settings)
    assert Settings(home=settings.home) == settings
    text = home_file(settings).read_text()
    kept = tomllib.loads(text)
    assert set(kept) == DECIDING and kept["timezone"] == "Asia/Tokyo" and kept["closing_hour"] == "none"
    lines = text.splitlines()
    assert all(lines[lines.index(line) - 1].startswith("# SHELDUCK_") for line in lines if line.split(" =")[0] in kept)


def test_commands_that_read_write_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELDUCK_HOME", str(tmp_path / "var"))
    (tmp_path / "var" / "landing").mkdir(parents=True)
    assert CliRunner().invoke(app, ["days"]).exit_code == 0
    assert not (tmp_path / "var" / FILE).exists()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("TIMEZONE", "Europe/Berlin", "expected America/Los_Angeles, as .* found Europe/Berlin in the environment"),
        ("CLOSING_HOUR", "6", "expected 5, as .* found 6"),
        ("PURCHASE_EVENTS", '["rate"]', r'expected \["purchase"\], as .* found \["rate"\]'),
        ("PARAMETERS", '{"ease": {"penalty": 1}}', r'expected \{\}, as .* found \{"ease"'),
    ],
)
def test_an_environment_that_differs_is_refused_with_both_values(
    name: str, value: str, told: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"SHELDUCK_{name}", value)
    with pytest.raises(SettingsDiffer, match=f"SHELDUCK_{name}: {told}.*shelduck init --change"):
        Settings()


def test_an_environment_that_says_the_same_in_other_words_is_accepted(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"CLOSING_HOUR": "05", "PURCHASE_EVENTS": '[ "purchase" ]', "K": "20", "SEED": ""}.items():
        monkeypatch.setenv(f"SHELDUCK_{name}", value)
    assert (Settings().closing_hour, Settings().timezone) == (5, "America/Los_Angeles")


def test_a_value_that_is_none_is_refused_as_such_and_not_as_another(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELDUCK_TIMEZONE", "Mars/Base")
    with pytest.raises(ValidationError, match="expected an IANA name"):
        Settings()


def test_the_project_s_env_file_is_read_from_anywhere_and_the_environment_goes_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHELDUCK_HOME")
    file = tmp_path / "project" / ".env"
    file.parent.mkdir()
    file.write_text("SHELDUCK_HOME=./shop\nSHELDUCK_K=7\nSHELDUCK_SEED='3' # ours\nPOSTGRES_PASSWORD=secret\n")
    monkeypatch.setenv("SHELDUCK_ENV_FILE", str(file))
    monkeypatch.setenv("SHELDUCK_K", "8")
    monkeypatch.chdir("/")
    assert (Settings().home, Settings().k, Settings().seed) == (file.parent / "shop", 8, 3)
    enter(Settings(k=8, seed=4))
    with pytest.raises(SettingsDiffer, match=r"SHELDUCK_SEED: expected 4, .* found 3 in \.env"):
        Settings()


def test_an_env_file_in_the_current_folder_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder, value in (("project", 9), ("elsewhere", 7)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / ".env").write_text(f"SHELDUCK_K={value}\n")
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setattr(settings_sources, "_PROJECT", tmp_path / "project")
    monkeypatch.delenv("SHELDUCK_ENV_FILE")
    assert Settings().k == 9


def test_a_home_is_changed_on_purpose(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELDUCK_CLOSING_HOUR", "7")
    told = _init("--change", "--timezone", "Europe/Berlin")
    assert "SHELDUCK_TIMEZONE: America/Los_Angeles is now Europe/Berlin" in told
    assert "SHELDUCK_CLOSING_HOUR: 5 is now 7" in told
    assert (Settings().timezone, Settings().closing_hour) == ("Europe/Berlin", 7)
    assert "nothing changed" in _init("--change")


def test_init_refuses_another_value_without_being_told_to_change(home: Path) -> None:
    with pytest.raises(SettingsDiffer, match="found Europe/Berlin in the options"):
        _init("--timezone", "Europe/Berlin")
    assert "is there already" in _init("--timezone", "America/Los_Angeles")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("timezone = Europe/Berlin", r"shelduck\.toml: expected TOML; found .*line 1"),
        ('timezon = "UTC"', r"shelduck\.toml: timezon: expected one of timezone, .*found another key"),
        ('timezone = "Mars/Base"', r"shelduck\.toml: timezone: .*found 'Mars/Base'"),
        ("closing_hour = 24", r"shelduck\.toml: closing_hour: .*less than or equal to 23"),
        ('purchase_events = "purchase"', r"shelduck\.toml: purchase_events: "),
        ("threads = 4", r"shelduck\.toml: threads: expected one of"),
    ],
)
def test_an_edited_file_that_cannot_be_used_is_refused_by_its_key(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(SettingsBroken, match=f"{told}.*Correct the file"):
        Settings(home=tmp_path)


def test_a_file_that_a_person_edited_or_that_lacks_a_new_setting_keeps_what_it_says(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("# ours\nk = 7\n[parameters.ease]\npenalty = 5\n")
    assert remember(Settings(home=tmp_path, seed=9))
    found = Settings(home=tmp_path)
    assert (found.k, found.parameters, found.seed) == (7, {"ease": {"penalty": 5}}, 9)
    assert (tmp_path / FILE).read_text().startswith("# ours\n")
    assert not remember(found)


_PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=9)
_TEXT = st.text(st.characters(codec="utf-8"), max_size=9)
_VALUES = st.recursive(
    _PLAIN.filter(lambda value: not isinstance(value, str)) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(_TEXT, st.dictionaries(_TEXT, _VALUES, max_size=3), max_size=3),
    st.sampled_from(["purchase", "rate", "add_to_cart"]),
)
def test_what_is_written_is_read_back(parameters: dict[str, dict[str, Any]], event: str) -> None:
    settings = Settings(parameters=parameters, purchase_events=(event,))
    found = dict(settings_sources._validated(tomllib.loads(render(settings)), remembered_fields(Settings)))
    assert (found["parameters"], found["purchase_events"]) == (parameters, (event,))


def _first_writer(home: Path, zone: str, barrier: Any, answers: Any) -> None:
    settings = Settings(home=home, timezone=zone)
    barrier.wait(60)
    try:
        enter(settings)
        answers.put((zone, ""))
    except SettingsDiffer as refused:
        answers.put((zone, str(refused)))


def test_of_processes_that_make_a_home_at_once_all_but_one_value_is_refused(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    zones = [zone for zone in ("UTC", "Asia/Tokyo", "Europe/Berlin") for _ in range(3)]
    barrier, answers = context.Barrier(len(zones)), context.Queue()
    arguments = [(tmp_path / "var", zone, barrier, answers) for zone in zones]
    writers = [context.Process(target=_first_writer, args=each) for each in arguments]
    for writer in writers:
        writer.start()
    found = [answers.get(timeout=60) for _ in zones]
    for writer in writers:
        writer.join()
    kept = Settings(home=tmp_path / "var").timezone
    assert {zone for zone, refusal in found if not refusal} == {kept}
    assert all(f"expected {kept}" in refusal for zone, refusal in found if zone != kept)
    assert [path.name for path in (tmp_path / "var").iterdir()] == [FILE]


def test_what_is_asked_for_can_be_known_beside_what_is_remembered(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELDUCK_TIMEZONE", "UTC")
    assert (AskedSettings().timezone, AskedSettings().closing_hour) == ("UTC", 5)
