"""Rules from landing files to the draft of a day, without a scheduler."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from expectations.gates import gate_draft, gate_slice
from ml.day import compute_day
from ml.landing.check import check
from ml.landing.load import land
from ml.publish.draft import Draft, read_draft
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from ml.warehouse.build import build
from testkit.shop import FIRST_DAY, TIMEZONE, write_rules, write_shop

DAYS = 30
LAST = FIRST_DAY + timedelta(days=DAYS - 1)
BEFORE = LAST - timedelta(days=1)
RULES: tuple[dict[str, object], ...] = (
    {"rule_id": "no tools", "rule_type": "exclude", "item_field": "item_category", "item_value": "Tools"},
    {
        "rule_id": "two of a kind",
        "rule_type": "cap",
        "item_field": "item_category",
        "amount": 2,
        "placement": "for_you",
    },
    {
        "rule_id": "spring",
        "rule_type": "pin",
        "item_field": "item_id",
        "item_value": "g00",
        "shelf_position": 2,
        "placement": "for_you",
    },
    {"rule_id": "try", "rule_type": "explore", "amount": 0.34, "placement": "discover"},
    {"rule_id": "tired", "rule_type": "fatigue", "amount": 2, "window_days": 7, "placement": "buy_again"},
    {"rule_id": "later", "rule_type": "min_price", "amount": 5, "valid_from": LAST + timedelta(days=2)},
)
Shop = Callable[[], Settings]


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("landing")
    write_shop(folder, DAYS, weekly_until=LAST - timedelta(days=9))
    return folder


@pytest.fixture
def shop(landing: Path, tmp_path: Path) -> Shop:
    """A fresh data home with the shop's files, to which a test adds."""
    homes = iter(range(9))

    def make() -> Settings:
        settings = Settings(home=tmp_path / f"home {next(homes)}", timezone=TIMEZONE, k=6)
        shutil.copytree(landing, settings.landing_dir)
        return settings

    return make


def draft_of(settings: Settings, *days: date, gated: bool = False) -> list[Draft]:
    land(settings, max(days))
    drafts = []
    for built in build(settings, days):
        folder = compute_day(settings, RECOMMEND, built.folder)
        if gated:
            gate_slice(settings, RECOMMEND, built.folder)
            gate_draft(settings, RECOMMEND, folder)
        drafts.append(read_draft(RECOMMEND, folder))
    return drafts


def lists(draft: Draft) -> pl.DataFrame:
    return draft.tables["recommendation"].drop("policy_id", "recommendation_id")


@pytest.mark.slow
def test_rules_shape_the_day_from_their_arrival_on_and_its_rows_say_so(shop: Shop, landing: Path) -> None:
    plain, ruled = shop(), shop()
    write_rules(ruled.landing_dir, LAST, *RULES)
    _show(ruled, LAST, item="g01")

    (without_before, without) = draft_of(plain, BEFORE, LAST)
    (before, after) = draft_of(ruled, BEFORE, LAST, gated=True)

    assert lists(before).equals(lists(without_before)), "rules that arrive later change nothing"
    assert before.record.policy["policy_id"] == without_before.record.policy["policy_id"]
    assert after.record.policy["policy_id"] != without.record.policy["policy_id"]
    hashes = [set(draft.tables["policy"]["rules_hash"]) for draft in (without, after)]
    assert hashes[0] != hashes[1]
    assert [rule["rule_id"] for rule in after.record.policy["rules"]] == [  # type: ignore[index, union-attr]
        "no tools", "spring", "tired", "try", "two of a kind"
    ]  # fmt: skip
    assert after.record.policy["mode"] == "explore" and without.record.policy["mode"] == "exploit"
    _check_lists(without, after)


def _show(settings: Settings, day: date, item: str) -> None:
    """Everybody was shown an item twice and clicked it never, says the shop's log; one shopper clicked."""
    rows = [
        f"{shopper}-{time},{day}T0{time}:00:00Z,{time},{'true' if (shopper, time) == (0, 2) else 'false'},1.0,"
        f"s{shopper:02d},{item},buy_again"
        for shopper in range(40)
        for time in (1, 2)
    ]
    folder = settings.landing_dir / "impressions" / f"dt={day}"
    folder.mkdir(parents=True)
    header = "impression_id,shown_ts,position,clicked,propensity,user_id,item_id,placement"
    (folder / "log.csv").write_text("\n".join([header, *rows]) + "\n")


def _check_lists(without: Draft, after: Draft) -> None:
    rows = after.tables["recommendation"]
    tools = {f"g{number:02d}" for number in range(24, 36)}
    assert set(without.tables["recommendation"]["item_id"]) & tools
    assert not set(rows["item_id"]) & tools
    pinned = rows.filter(pl.col("rules_applied").list.contains("spring"))
    assert len(pinned) == 40 and set(pinned["rank"]) == {2} and set(pinned["item_id"]) == {"g00"}
    drawn = rows.filter(pl.col("propensity") < 1)
    assert set(drawn["placement"]) == {"discover"} and set(drawn["rank"]) == {5, 6}
    assert json.dumps(after.record.counts["relevance_lost_to_rules"]) != "{}"

    def place(draft: Draft) -> dict[str, int]:
        shelf = draft.tables["recommendation"].filter(placement="buy_again", item_id="g01")
        return dict(shelf.select("user_id", "rank").iter_rows())

    had, has = place(without), place(after)
    assert [user for user in had if user != "s00"]
    assert all(user not in has or "tired" in _rules_of(rows, user) for user in had if user != "s00")


def _rules_of(rows: pl.DataFrame, user: str) -> list[str]:
    return rows.filter(placement="buy_again", user_id=user, item_id="g01")["rules_applied"][0].to_list()


@pytest.mark.slow
def test_a_day_comes_out_the_same_whenever_its_files_landed_and_however_often_it_runs(shop: Shop) -> None:
    at_once, in_turn = shop(), shop()
    for settings in (at_once, in_turn):
        write_rules(settings.landing_dir, FIRST_DAY, {**RULES[1], "amount": 1}, RULES[3])
        write_rules(
            settings.landing_dir, LAST, RULES[1], {**RULES[3], "enabled": "false"}, {**RULES[3], "rule_id": "b"}
        )
    (first,) = draft_of(at_once, LAST)
    for day in (FIRST_DAY + timedelta(days=3), BEFORE):
        land(in_turn, day)
    build(in_turn, [BEFORE])
    (again,) = draft_of(in_turn, LAST)
    (rerun,) = draft_of(in_turn, LAST)
    for name, table in first.tables.items():
        assert table.equals(again.tables[name]) and table.equals(rerun.tables[name]), name
    assert [rule["rule_id"] for rule in first.record.policy["rules"]] == ["b", "two of a kind"]  # type: ignore[index, union-attr]


def test_a_rule_that_cannot_be_is_refused_with_a_remedy(shop: Shop) -> None:
    settings = shop()
    bad: dict[str, dict[str, object]] = {
        "the share is not above 0 and at most 1": {"rule_type": "explore", "amount": 1.5},
        "rule_type is none of the contract's words": {"rule_type": "shout", "amount": 1},
        "placement is no placement's name": {"rule_type": "explore", "amount": 0.1, "placement": "Shop window"},
        "a pin is not of one item": {
            "rule_type": "pin", "item_field": "item_brand", "item_value": "x", "shelf_position": 1,
        },
        "a pin has no position": {"rule_type": "pin", "item_field": "item_id", "item_value": "g00"},
        "item_field or item_value is missing": {"rule_type": "exclude", "item_field": "item_category"},
        "amount is no whole number from 1": {"rule_type": "cap", "item_field": "item_brand", "amount": 2.5},
        "the window is none of 1, 7, 28 days": {"rule_type": "fatigue", "amount": 3, "window_days": 5},
        "lambda is not between 0 and 1": {"rule_type": "diversity", "amount": 1},
        "purpose is missing": {"rule_type": "consent", "item_field": "item_category", "item_value": "Soil"},
        "valid_until lies before valid_from": {
            "rule_type": "exclude", "item_field": "item_id", "item_value": "g00",
            "valid_from": "2025-03-05", "valid_until": "2025-03-04",
        },
    }  # fmt: skip
    good = [{**rule, "rule_id": f"good {number}"} for number, rule in enumerate(RULES)]
    write_rules(settings.landing_dir, LAST, *good, *({"rule_id": name, **rule} for name, rule in bad.items()))
    report = check(settings.landing_dir, settings)
    assert sorted(fault.reason for fault in report.faults) == sorted(bad)
    assert all(fault.remedy and fault.rows for fault in report.faults)
