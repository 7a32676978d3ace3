"""A shop of each kind: ``shelduck init --kind``, the files in the documented layout, a day, gates included."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from ml.cli import app
from ml.presets import KINDS
from ml.publish.readers import read_table
from ml.recommend.capability import RECOMMEND
from ml.recommend.published import shelves
from ml.settings import Settings
from testkit.day import run_day
from testkit.shop import write_shop

PAIR = ["user_id", "item_id"]
DAYS = 35


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHELDUCK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def init(kind: str) -> Settings:
    """What a newcomer types, and the settings that every later command then has."""
    done = CliRunner().invoke(app, ["init", "--kind", kind, "--timezone", "UTC"])
    assert done.exit_code == 0, done.output
    return Settings()


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_home_has_the_settings_of_its_kind_with_a_comment_each(home: Path, kind: str) -> None:
    settings = init(kind)
    assert {name: getattr(settings, name) for name in KINDS[kind]} == dict(KINDS[kind])
    lines = (home / "shelduck.toml").read_text().splitlines()
    starts = [number for number, line in enumerate(lines) if line and line[0].islower()]
    assert len(starts) > 15
    assert all(lines[number - 1].startswith("# SHELDUCK_") for number in starts)


def test_what_an_environment_sets_stays_and_another_kind_needs_change(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELDUCK_RECIPES", '["+bpr"]')
    assert init("content").recipes == (*KINDS["shop"]["recipes"], "bpr")
    refused = CliRunner().invoke(app, ["init", "--kind", "ratings"])
    assert refused.exit_code != 0
    assert isinstance(refused.exception, Exception) and "SHELDUCK_PURCHASE_EVENTS" in str(refused.exception)
    monkeypatch.delenv("SHELDUCK_RECIPES")
    assert CliRunner().invoke(app, ["init", "--kind", "ratings", "--change"]).exit_code == 0
    assert Settings().purchase_events == ("rate",)


def test_a_shop_offers_nothing_that_was_sent_back_or_disliked(home: Path) -> None:
    settings = init("shop")
    last = write_shop(settings.landing_dir, days=DAYS)[-1]
    bought = _bought(settings.landing_dir)
    returned, disliked = bought.filter(user_id="s00").head(2), bought.filter(user_id="s01").head(2)
    events = [_event(row, "refund", last, quantity=99) for row in returned.iter_rows(named=True)]
    events += [_event(row, "rate", last, rating=1) for row in disliked.iter_rows(named=True)]
    _append(settings.landing_dir, last, events)
    run_day(settings, last)
    rows = read_table(settings, RECOMMEND, "recommendation")
    assert set(rows["placement"]) == {"for_you", "discover", "buy_again"}
    again = rows.filter(placement="buy_again", user_id="s00")
    assert len(again) > 0 and again.join(returned, on=PAIR, how="semi").is_empty()
    assert rows.filter(placement="buy_again", user_id="s01").height > 0
    assert rows.join(disliked, on=PAIR, how="semi").is_empty()


@pytest.mark.parametrize("with_users", [True, False])
def test_a_site_of_content_offers_what_was_not_viewed_and_has_a_default_shelf(home: Path, with_users: bool) -> None:
    settings = init("content")
    last = write_shop(settings.landing_dir, days=DAYS)[-1]
    for file in settings.landing_dir.glob("interactions/*/*.csv"):
        file.write_text(file.read_text().replace(",purchase,", ",view_item,"))
    if not with_users:
        for file in settings.landing_dir.glob("users/*/*.csv"):
            file.unlink()
    run_day(settings, last)
    rows = read_table(settings, RECOMMEND, "recommendation")
    assert set(rows["placement"]) == {"for_you", "discover"}
    assert rows.join(_bought(settings.landing_dir), on=PAIR, how="semi").is_empty()
    assert not rows["reason_text"].str.contains("bought").any()
    default = read_table(settings, RECOMMEND, "default_shelf")
    assert dict(default.group_by("placement").len().iter_rows()) == {"for_you": 20, "discover": 20}
    screen = read_table(settings, RECOMMEND, "page_slot").filter(user_id="")
    assert screen["placement"].to_list() == ["for_you"] * 5 + ["discover"] * 5
    assert screen["item_id"].is_unique().all()
    assert shelves(settings, ["a newcomer"]).is_empty()
    shown = CliRunner().invoke(app, ["shelf", "a newcomer"])
    assert shown.exit_code == 0 and "has no shelf: this is the default one" in shown.output


def _bought(landing: Path) -> pl.DataFrame:
    files = sorted(landing.glob("interactions/*/export.csv"))
    return pl.concat(pl.read_csv(file, columns=PAIR).select(PAIR) for file in files).unique(maintain_order=True)


def _event(row: dict[str, str], event_type: str, day: date, **more: int) -> dict[str, object]:
    at = datetime.combine(day, time(20), UTC).isoformat()
    name = f"{event_type}-{row['user_id']}-{row['item_id']}"
    return {"event_id": name, **row, "event_type": event_type, "event_ts": at, **more}


def _append(landing: Path, day: date, events: list[dict[str, object]]) -> None:
    header = ["event_id", *PAIR, "event_type", "event_ts", "quantity", "rating"]
    with (landing / "interactions" / f"dt={day}" / "more.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(events)
