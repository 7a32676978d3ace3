"""Settings: read from the environment, handed on to child processes, wrong ones refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from pydantic_settings import SettingsError

from ml.setting_forms import refused
from ml.settings import Settings
from ml.settings_sources import validator
from ml.warehouse.connection import memory


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


@pytest.mark.parametrize("size", ["64MB", "4GB", "4 gb", "1.5GiB", "2TB", "500mb", "70000KB"])
def test_a_memory_limit_that_is_accepted_is_one_that_duckdb_takes(size: str) -> None:
    with memory(Settings(memory_limit=size)) as connection:
        assert connection.execute("select sum(n) from range(1000) as r(n)").fetchone() == (499_500,)


@pytest.mark.parametrize(
    "size", ["4 gigs", "4", "0GB", "1MB", "-1", "80%", "none", "9999999TB", "4GB; x", "٤GB", "GB", "1e3GB", "4GB\n\nx"]
)
def test_a_memory_limit_that_duckdb_refuses_or_that_is_too_little_is_refused(size: str) -> None:
    with pytest.raises(ValidationError, match=r"a size from 64MB on, such as 500MB, 4GB or 1\.5GiB"):
        Settings(memory_limit=size)


@pytest.mark.parametrize(
    "name", ["", "America", "posix/Europe/Berlin", "right/UTC", "../UTC", "UTC; x", "x" * 5000, "a\0b"]
)
def test_a_time_zone_that_some_part_does_not_know_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="expected an IANA name"):
        Settings(timezone=name)


ADDRESSES = {
    "mlflow_tracking_uri": ("http://mlflow:5000", "sqlite:////srv/mlflow.db", "postgresql+psycopg2://a:b@h/db"),
    "airflow_database_uri": ("postgresql+psycopg2://airflow:secret@postgres:5432/airflow",),
    "webhook_url": ("https://hooks.example.org/T0/s3cret", "http://127.0.0.1:9/x"),
    "llm_url": (
        *("https://models.example.com/v1", "https://me:s3cret@models.example.com", "http://localhost:11434/v1"),
        *("http://127.0.0.1:8080", "http://[::1]:8080/v1", "http://10.1.2.3:8000/v1", "http://ollama:11434/v1"),
        *("http://192.168.0.7", "http://gpu.local:8000", "http://models.shop.internal/v1"),
    ),
}


@pytest.mark.parametrize(("name", "address"), [(name, each) for name, all_ in ADDRESSES.items() for each in all_])
def test_an_address_of_the_accepted_form_is_kept(name: str, address: str) -> None:
    kept = getattr(Settings(**{name: address}), name)  # type: ignore[arg-type]
    assert (kept if isinstance(kept, str) else kept.get_secret_value()) == address


@pytest.mark.parametrize(
    "address", ["s3cret", "file:///s3cret", "http://", "http://[s3cret", "https://h:x/s3cret", "http://a b/s3cret"]
)
@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_of_another_form_is_refused_and_never_shown(name: str, address: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        Settings(**{name: address})  # type: ignore[arg-type]
    told = str(refused(wrong.value, Settings.model_fields))
    assert f"SHELDUCK_{name.upper()}: expected a" in told and ".env.example" in told
    assert "s3cret" not in told


@pytest.mark.parametrize(
    "address",
    [
        *("http://models.example.com/v1", "http://8.8.8.8/v1", "http://0.0.0.0:8080", "http://[2001:4860::1]/v1"),
        *("http://local.example.com", "http://notlocal.example", "https://models.example/v1?key=s3cret"),
    ],
)
def test_a_language_model_is_asked_over_https_or_in_ones_own_network_only(address: str) -> None:
    with pytest.raises(ValidationError):
        Settings(llm_url=address)  # type: ignore[arg-type]


def test_secrets_are_handed_to_no_child_and_shown_nowhere(tmp_path: Path) -> None:
    secrets = {
        "webhook_url": "https://hooks.example.org/s3cret",
        "airflow_database_uri": "postgresql://airflow:s3cret@postgres/airflow",
        "llm_url": "https://me:s3cret@models.example.com/v1",
        "llm_api_key": "sk-s3cret",
    }
    settings = Settings(home=tmp_path, **secrets)  # type: ignore[arg-type]
    assert {name for name, field in settings if isinstance(field, SecretStr)} == set(secrets)
    assert "s3cret" not in str(settings.environment()) + repr(settings) + settings.model_dump_json()


def test_a_setting_that_is_no_json_is_told_with_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELDUCK_PARAMETERS", "s3cret")
    with pytest.raises(SettingsError) as wrong:
        Settings()
    told = str(refused(wrong.value, Settings.model_fields))
    assert told.startswith('SettingRefused: SHELDUCK_PARAMETERS: expected JSON such as {"ease":{"penalty":200.0}}')
    assert "s3cret" not in told


def test_a_wrong_part_of_a_setting_is_told_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELDUCK_OBJECTIVES", '{"for_you": "joy"}')
    with pytest.raises(ValidationError) as wrong:
        Settings()
    told = str(refused(wrong.value, Settings.model_fields))
    assert "SHELDUCK_OBJECTIVES (for_you): expected 'purchase', 'revenue' or 'margin'" in told


@pytest.mark.parametrize(
    ("given", "kept", "mode"),
    [
        ("auto", "auto", "auto"),
        ("never", "never", "never"),
        ("shelf=approve", "auto,shelf=approve", "approve"),
        (" approve , shelf = never", "approve,shelf=never", "never"),
        ("shelf=approve,approve", "approve", "approve"),
    ],
)
def test_how_candidates_become_champion_is_set_for_all_models_or_by_model(
    given: str, kept: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELDUCK_PROMOTION", given)
    assert (Settings().promotion, Settings().promotion_of("shelf")) == (kept, mode)
    others = Settings().promotion_of("a model that is not named")
    assert others == kept.split(",", maxsplit=1)[0]


@pytest.mark.parametrize(
    "given", ["Auto", "yes", "shelf", "shelf=", "=approve", "auto,never", "shelf=auto,shelf=never"]
)
def test_another_way_to_become_champion_is_refused(given: str) -> None:
    with pytest.raises(ValidationError, match="auto, approve, never, or by model such as auto,shelf=approve"):
        Settings(promotion=given)


def test_the_promotion_of_a_model_that_nobody_trains_is_refused_with_the_models() -> None:
    with pytest.raises(ValidationError, match=r"models that are trained \(shelf.*found 'bids'"):
        Settings(promotion="bids=approve")


def test_the_validator_of_a_setting_is_made_once_and_is_its_own() -> None:
    fields = Settings.model_fields
    assert validator(fields["closing_hour"]) is validator(fields["closing_hour"])
    assert validator(fields["closing_hour"]).validate_python("2") == 2
    assert validator(fields["timezone"]).validate_python("UTC") == "UTC"
