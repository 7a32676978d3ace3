"""Landing files to published shelves through the real DAGs, with the documented commands' own functions."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from ml.operations.calendar import Calendar, backfill_commands
from ml.operations.doctor import examine
from ml.operations.doctor.finding import FAIL
from ml.operations.runs import RunFailed, run_dag
from ml.publish.readers import current_version, manifest, newest_as_of, read_table, version_of_day, versions
from ml.publish.retention import prune_versions
from ml.recommend.capability import RECOMMEND
from ml.recommend.model import MODEL
from ml.recommend.outputs import PURCHASE_PROBABILITY
from ml.recommend.published import page, shelf
from ml.registry.ledger import promotions
from ml.settings import Settings
from ml.tables import Col
from testkit.killing import start_and_kill
from testkit.shop import write_shop
from tests.e2e.conftest import TRAINED, Shop, shop_settings
from tests.operations.test_work import LINE

pytestmark = pytest.mark.usefixtures("forked_runs")


def _content(settings: Settings, days: tuple[date, ...]) -> dict[date, str]:
    found = {day: version_of_day(settings, RECOMMEND, day) for day in days}
    return {day: manifest(settings, RECOMMEND, version.id).content_hash for day, version in found.items() if version}


def _published(settings: Settings) -> list[date]:
    return [version.as_of for version in versions(settings, RECOMMEND)]


def test_every_shopper_has_shelves_with_reasons(shop: Shop) -> None:
    rows = read_table(shop.settings, RECOMMEND, "recommendation")
    shelves = rows.group_by(Col.placement).agg(pl.col(Col.user_id).n_unique()).sort(Col.placement)
    assert shelves[Col.placement].to_list() == ["buy_again", "discover", "for_you"]
    assert shelves[Col.user_id].to_list() == [40, 40, 40]
    assert rows[Col.reason_text].str.len_chars().min() > 10
    assert rows[Col.item_name].null_count() == 0
    assert len(shelf(shop.settings, "s01", "for_you")) == 6


def test_every_shopper_has_a_screen_that_shows_no_item_twice(shop: Shop) -> None:
    slots = read_table(shop.settings, RECOMMEND, "page_slot")
    assert slots["layout"].unique().to_list() == ["home"], "none was landed"
    assert slots[Col.user_id].n_unique() == 41, "and that of whoever has no shelf"
    assert slots.select(Col.layout, Col.user_id, Col.item_id).is_unique().all()
    screen = page(shop.settings, "s01", "home")
    assert screen[Col.row].unique().to_list() == [1, 2, 3]
    assert set(screen[Col.recommendation_id]) <= set(shelf(shop.settings, "s01")[Col.recommendation_id])


def test_the_pointer_names_the_newest_day_and_every_day_is_kept(shop: Shop) -> None:
    assert (
        newest_as_of(shop.settings, RECOMMEND)
        == current_version(shop.settings, RECOMMEND).as_of
        == max(_published(shop.settings))
    )
    assert len(_content(shop.settings, shop.days)) == 3
    counts = manifest(shop.settings, RECOMMEND).counts
    empty = {table.name for table in RECOMMEND.outputs if read_table(shop.settings, RECOMMEND, table.name).is_empty()}
    assert empty == {PURCHASE_PROBABILITY.name}, "the shop is too small for a ranker"
    assert "no recommender gives probabilities" in str(counts[PURCHASE_PROBABILITY.name])


def test_a_row_leads_to_policy_model_run_inputs_and_code(shop: Shop) -> None:
    told = manifest(shop.settings, RECOMMEND)
    row = read_table(shop.settings, RECOMMEND, "recommendation").row(0, named=True)
    (promotion,) = promotions(shop.settings, MODEL)
    assert row[Col.policy_id] == told.policy["policy_id"]
    assert told.policy["model_version"] == promotion.version
    assert promotion.trained_as_of == TRAINED == promotion.effective_from
    assert {each.table for each in told.inputs} == {"interactions", "items", "users"}
    assert all(len(each.content_hash) == 64 for each in told.inputs)
    assert str(told.provenance["dag_run_id"]).startswith("manual__")


def test_no_path_of_this_machine_leaves_the_data_home(shop: Shop) -> None:
    home = str(shop.settings.home)
    record = shop.settings.published_of("recommend") / "current" / "manifest.json"
    assert home not in record.read_text()
    pages = list((shop.settings.reports_dir).rglob("*.html"))
    assert pages and not any(home in page.read_text() for page in pages)


def test_running_days_again_in_another_order_ends_in_the_same_tables(shop: Shop) -> None:
    before = _content(shop.settings, shop.days)
    current = current_version(shop.settings, RECOMMEND)
    run_dag(shop.settings, "build_shelves", [shop.days[2], shop.days[0]])
    assert _content(shop.settings, shop.days) == before
    assert current_version(shop.settings, RECOMMEND) == current


def test_a_day_that_is_not_closed_is_refused_and_harms_nothing(shop: Shop) -> None:
    current = current_version(shop.settings, RECOMMEND)
    with pytest.raises(RunFailed, match="DayNotClosed") as refused:
        run_dag(shop.settings, "build_shelves", [date(2025, 7, 1)])
    assert "2025-07-01" in str(refused.value)
    assert current_version(shop.settings, RECOMMEND) == current


@pytest.mark.parametrize(
    "places",
    [
        pytest.param(("warehouse/dbt",), id="in-dbt"),
        pytest.param(
            ("airflow/airflow.db", "warehouse/shelduck.duckdb", "slices/{day}-*", "drafts/{day}-*", "published/*"),
            id="everywhere",
            marks=pytest.mark.faults,
        ),
    ],
)
def test_a_run_killed_and_started_again_ends_in_the_same_tables(
    shop: Shop, tmp_path: Path, places: tuple[str, ...]
) -> None:
    day = shop.days[0] + timedelta(days=len(shop.days))
    run_dag(shop.settings, "build_shelves", [day])
    killed = shop_settings(tmp_path / "killed")
    shutil.copytree(shop.settings.registry_dir, killed.registry_dir)  # the same ledger: the same policy
    write_shop(killed.landing_dir)
    for place in places:
        assert start_and_kill(killed, ["run", "--as-of", day.isoformat()], place.format(day=day))
    run_dag(killed, "build_shelves", [day])
    assert _content(killed, (day,)) == _content(shop.settings, (day,))
    assert len(_content(killed, (day,))) == 1


def test_the_first_day_of_a_shop_is_published(shop: Shop) -> None:
    first, current = date(2025, 3, 1), current_version(shop.settings, RECOMMEND)
    run_dag(shop.settings, "build_shelves", [first])
    version = version_of_day(shop.settings, RECOMMEND, first)
    assert version is not None
    told = manifest(shop.settings, RECOMMEND, version.id)
    assert told.policy["model_name"] == "rules", "no model was effective before the training"
    assert len(read_table(shop.settings, RECOMMEND, "recommendation", version.id)) > 0
    assert current_version(shop.settings, RECOMMEND) == current, "a backfill of the past adds a version"


@pytest.mark.parametrize(
    ("state", "stale", "shown"),
    [
        ("running", False, "running"),
        ("failed", False, "fresh"),
        ("failed", True, "failed"),
        ("interrupted", False, "fresh"),
        ("interrupted", True, "failed"),
    ],
)
def test_the_calendar_says_what_runs_and_what_failed(shop: Shop, state: str, stale: bool, shown: str) -> None:
    day = shop.days[2]
    late = shop.settings.landing_dir / "interactions" / f"dt={day}" / "late.csv"
    with contextlib.closing(sqlite3.connect(shop.settings.home / "airflow" / "airflow.db")) as airflow:
        ask = "update dag_run set state = ? where dag_id = 'build_shelves' and logical_date like '2025-06-01 22:%'"
        airflow.execute(ask, ["running" if state == "interrupted" else state])
        airflow.execute("update dag_run set triggered_by = ?", ["TEST" if state == "interrupted" else "TIMETABLE"])
        airflow.commit()
        if stale:
            late.write_text("event_id,user_id,item_id,event_type,event_ts,quantity\n")
        try:
            found = Calendar(shop.settings, RECOMMEND).day(day)
        finally:
            late.unlink(missing_ok=True)
            airflow.execute(ask, ["success"])
            airflow.execute("update dag_run set triggered_by = 'TEST'")
            airflow.commit()
    assert (found.status, found.is_stale) == (shown, stale)
    assert found.attempt is not None
    assert found.attempt.state == state
    assert Calendar(shop.settings, RECOMMEND).day(day).status == "fresh"


def test_the_calendar_says_what_is_fresh_stale_and_missing(shop: Shop) -> None:
    late = shop.settings.landing_dir / "interactions" / f"dt={shop.days[1]}" / "late.csv"
    found = {day.day: day.status for day in Calendar(shop.settings, RECOMMEND).days(shop.days[0], shop.days[-1])}
    assert found == dict.fromkeys(shop.days, "fresh")
    late.write_text("event_id,user_id,item_id,event_type,event_ts,quantity\n")
    try:
        days = list(Calendar(shop.settings, RECOMMEND).days(shop.days[0], shop.days[-1]))
    finally:
        late.unlink()
    assert [day.status for day in days] == ["fresh", "stale", "stale"]
    assert days[1].changed == (f"interactions/dt={shop.days[1]}",)
    first, command = backfill_commands(shop.settings, "build_shelves", [shop.days[2], shop.days[1]])
    assert first.startswith('eval "$(') and first.endswith(' env)"')
    assert command.endswith("--from-date 2025-06-01T00:00:00+02:00 --to-date 2025-06-02T00:00:00+02:00")
    missing = list(Calendar(shop.settings, RECOMMEND).days(date(2025, 6, 5), date(2025, 6, 5)))
    assert [(day.day, day.status, day.version) for day in missing] == [(date(2025, 6, 5), "missing", None)]


def test_every_task_says_on_one_line_what_it_read_and_wrote(shop: Shop) -> None:
    lines = [LINE.fullmatch(event.text) for event in shop.told if event.kind == "message"]
    told = {line["task"]: line for line in lines if line}
    started = {event.text for event in shop.told if event.kind == "start"} - {"propose"}  # skipped: nobody is asked
    assert set(told) == started >= {"land", "train", "publish"}
    assert "files" in told["recommend"]["read"] and "rows" in told["recommend"]["wrote"]
    assert "nothing" not in {told[task]["wrote"] for task in ("build", "train", "promote", "publish")}


def test_days_that_retention_removed_come_back_the_same(shop: Shop) -> None:
    before, current = _content(shop.settings, shop.days[:2]), current_version(shop.settings, RECOMMEND)
    newer = (current.as_of - shop.days[1]).days  # other tests may have published days after these
    tidy_settings = shop.settings.model_copy(update={"kept_published_days": newer})
    prune_versions(tidy_settings, RECOMMEND, now=time.time() + 2 * 86_400)
    assert not _content(shop.settings, shop.days[:2])
    assert _content(shop.settings, shop.days[2:])
    run_dag(shop.settings, "build_shelves", [shop.days[1], shop.days[0]])
    assert len(before) == 2 and _content(shop.settings, shop.days[:2]) == before
    assert current_version(shop.settings, RECOMMEND) == current


def test_the_doctor_finds_no_fault_in_a_shop_that_runs(shop: Shop) -> None:
    found = dict(examine(shop.settings))
    assert {name: finding for name, finding in found.items() if finding.status == FAIL} == {}
    assert "and loads: " in found["models"].found and found["ledger"].found.endswith("as in MLflow")
