"""Settings: read from the environment, handed on to child processes, wrong ones refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from ml.settings import Settings


def test_a_child_process_builds_equal_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = Settings(
        home=tmp_path / "a home",
        timezone="Asia/Shanghai",
        purchase_events=("rate",),
        k=7,
        closing_hour=5,
        parameters={"ease": {"penalty": 5.0}},
    )
    for name, value in given.environment().items():
        monkeypatch.setenv(name, value)
    assert Settings() == given


def test_an_unknown_time_zone_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match=r"SHELDUCK_TIMEZONE: expected an IANA name.*found 'Mars/Base'"):
        Settings(timezone="Mars/Base")


@pytest.mark.parametrize(
    "given", ["rate", '["rating"]', '"rate"', "[]", '["purchase", 1]', '["refund"]', "rate,purchase", "["]
)
def test_a_purchase_event_that_is_none_is_refused_with_the_accepted_ones(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("SHELDUCK_PURCHASE_EVENTS", given)
    with pytest.raises(ValidationError) as refused:
        Settings()
    told = refused.value.errors()[0]["msg"]
    assert "a JSON list such as" in told and "add_to_cart, begin_checkout, purchase, view_promotion" in told
    assert "rating" not in told and "refund" not in told


@pytest.mark.parametrize("given", [("rate",), ("purchase", "add_to_cart")])
def test_purchase_events_of_the_contract_are_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...]
) -> None:
    monkeypatch.setenv("SHELDUCK_PURCHASE_EVENTS", json.dumps(given))
    assert Settings().purchase_events == given


def test_paths_leave_the_data_home_relative_only(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert settings.relative(settings.slices_dir / "2017-12-02-abc") == "slices/2017-12-02-abc"
    with pytest.raises(ValueError, match="not in the subpath"):
        settings.relative(Path("/elsewhere"))


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        Settings(home=tmp_path).k = 3  # type: ignore[misc]


def test_every_setting_stands_in_the_example() -> None:
    example = (Path(__file__).parents[1] / ".env.example").read_text()
    missing = [name for name in Settings.model_fields if f"#SHELDUCK_{name.upper()}=" not in example]
    assert missing == []
