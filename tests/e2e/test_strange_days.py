"""What happens on days that are not as days should be; docs/strange-days.md has the table."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from ml.errors import GateFailed, RestrictionRefused
from ml.landing.folder import close_day
from ml.landing.waive import waive
from ml.publish.manifest import Manifest
from ml.publish.readers import newest_as_of, read_table
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.build import build
from ml.warehouse.restrictions import Waiver
from ml.warehouse.slices import DAILY_VOLUME, HISTORY, read_slice
from testkit.day import run_day
from testkit.shop import TIMEZONE, write_rules, write_shop

DAYS = 35
LAST = date(2025, 4, 4)
NEXT = LAST + timedelta(days=1)
_MORE = pytest.mark.faults
"""Of the same kind as another one that always runs."""


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A shop whose days up to ``LAST`` are as they should be; landed and built once."""
    settings = Settings(home=tmp_path_factory.mktemp("usual") / "home", timezone=TIMEZONE, k=6)
    assert write_shop(settings.landing_dir, DAYS)[-1] == LAST
    run_day(settings, LAST)
    return settings


@pytest.fixture
def shop(usual: Settings, tmp_path: Path) -> Settings:
    """A copy of it for one test."""
    shutil.copytree(usual.home, tmp_path / "home", symlinks=True)
    return usual.model_copy(update={"home": tmp_path / "home"})


def _files(settings: Settings, table: str, day: date) -> Path:
    return settings.landing_dir / table / f"dt={day}"


def _drop(settings: Settings, day: date, lines: Callable[[str], str], table: str = "interactions") -> None:
    """Put the last day's lines into ``day``'s folder, changed by ``lines``."""
    _files(settings, table, day).mkdir(parents=True)
    text = (_files(settings, "interactions", LAST) / "export.csv").read_text()
    (_files(settings, table, day) / "export.csv").write_text(lines(text))


def _slice_table(settings: Settings, told: Manifest, name: str) -> pl.DataFrame:
    return read_slice(settings.home / told.slice).table(name)


def test_a_day_of_which_every_row_was_refused_is_not_an_empty_day_and_a_closed_day_without_files_is_one(
    shop: Settings, usual: Settings
) -> None:
    _drop(shop, NEXT, lambda text: text.replace(",purchase,", ",bought,"))
    close_day(shop, NEXT)
    with pytest.raises(GateFailed, match=r"a row of the day was accepted.*found 1") as stopped:
        run_day(shop, NEXT)
    assert "shelduck check says why not; without files the day is empty" in str(stopped.value)
    assert newest_as_of(shop, RECOMMEND) == LAST, "readers keep what they have"
    shutil.rmtree(_files(shop, "interactions", NEXT))
    told = run_day(shop, NEXT)
    volume = _slice_table(shop, told, DAILY_VOLUME).filter(pl.col(Col.arrival_date) == NEXT)
    assert volume.select("events", "refused").row(0) == (0, 0)
    assert newest_as_of(shop, RECOMMEND) == told.as_of_date == NEXT
    assert told.tables["recommendation"].rows == read_table(usual, RECOMMEND, "recommendation").height > 0
    assert {each.arrival_date for each in told.inputs if each.table == "interactions"} == set(_days(LAST))


def test_an_excluded_item_never_stands_on_a_shelf_because_its_rule_was_refused(shop: Settings) -> None:
    recall = {"rule_id": "recall", "rule_type": "exclude", "item_field": "item_id", "item_value": "g00"}
    write_rules(shop.landing_dir, NEXT, {**recall, "enabled": "perhaps"})
    close_day(shop, NEXT)
    with pytest.raises(RestrictionRefused, match=f"rules/dt={NEXT}/export.csv, row 2, key recall"):
        run_day(shop, NEXT)
    assert newest_as_of(shop, RECOMMEND) == LAST, "readers keep what they have"
    assert build(shop, [NEXT], to_publish=False)[0].as_of == NEXT, "a training may learn from the day"
    write_rules(shop.landing_dir, NEXT, recall)
    run_day(shop, NEXT)
    assert newest_as_of(shop, RECOMMEND) == NEXT
    assert "g00" not in read_table(shop, RECOMMEND, "recommendation")[Col.item_id].unique().to_list()


def test_days_before_a_waiver_stay_stopped_and_days_from_it_on_name_it(shop: Settings) -> None:
    later = NEXT + timedelta(days=1)
    (_files(shop, "rules", NEXT)).mkdir(parents=True)
    (_files(shop, "rules", NEXT) / "rules.parquet").write_bytes(b"PAR1 cut off")
    close_day(shop, NEXT)
    close_day(shop, later)
    waive(shop, Waiver("rules", f"rules/dt={NEXT}/rules.parquet", "ada", "an empty export", later))
    with pytest.raises(RestrictionRefused):
        run_day(shop, NEXT)
    told = run_day(shop, later)
    (waived,) = told.landed["waivers"]  # type: ignore[misc]
    assert (waived["who"], waived["why"]) == ("ada", "an empty export")  # type: ignore[index, call-overload]
    assert told.landed["refused"] == {}, "what was refused arrived the day before"


def test_the_day_after_a_refused_one_is_judged_by_itself(shop: Settings) -> None:
    _drop(shop, NEXT, lambda text: text.replace(",purchase,", ",bought,"))
    _drop(shop, NEXT + timedelta(days=1), lambda text: text.replace("250404-", "250406-").replace("04-04T", "04-06T"))
    close_day(shop, NEXT + timedelta(days=1))
    told = run_day(shop, NEXT + timedelta(days=1))
    refused = dict(_slice_table(shop, told, DAILY_VOLUME).select(Col.arrival_date, "refused").iter_rows())
    assert refused[NEXT] > 0 and refused[NEXT + timedelta(days=1)] == 0


def test_a_day_of_which_one_of_two_files_cannot_be_read_is_judged_by_rows(shop: Settings) -> None:
    _drop(shop, NEXT, lambda text: text.replace("250404-", "250405-").replace("04-04T", "04-05T"))
    good = (_files(shop, "interactions", NEXT) / "export.csv").read_text()
    lines = good.splitlines()[1:]
    many = "\n".join(line.replace("250405-", f"250405-{n}-") for n in range(4) for line in lines)
    (_files(shop, "interactions", NEXT) / "b.csv").write_text(f"when,{good.splitlines()[0].split(',', 1)[1]}\n{many}\n")
    close_day(shop, NEXT)
    with pytest.raises(GateFailed, match=r"most rows of the day were accepted"):
        run_day(shop, NEXT)


def test_a_file_sent_again_is_an_empty_day_not_a_refused_one(shop: Settings) -> None:
    _drop(shop, NEXT, lambda text: text)
    close_day(shop, NEXT)
    told = run_day(shop, NEXT)
    assert _slice_table(shop, told, HISTORY)[Col.event_date].max() == LAST


def test_what_was_returned_whole_is_bought_again_by_nobody_and_named_in_no_reason(
    shop: Settings, usual: Settings
) -> None:
    before = read_table(usual, RECOMMEND, "recommendation").filter(pl.col(Col.placement) == "buy_again")
    pairs = before.group_by(Col.user_id).first().select(Col.user_id, Col.item_id).sort(Col.user_id)
    assert len(pairs) == 40
    refunds = [f"{NEXT}T21:00:00Z,back-{user},{user},{item},refund,1000,1,EUR,back" for user, item in pairs.iter_rows()]

    def and_refunds(text: str) -> str:
        return text.replace("250404-", "250405-").replace("04-04T", "04-05T") + "\n".join(refunds) + "\n"

    _drop(shop, NEXT, and_refunds)
    close_day(shop, NEXT)
    run_day(shop, NEXT)
    after = read_table(shop, RECOMMEND, "recommendation")
    assert after.filter(pl.col(Col.placement) == "buy_again").join(pairs, on=[Col.user_id, Col.item_id]).is_empty()
    evidence = after.select(Col.user_id, pl.col(Col.evidence_item_ids).alias(Col.item_id)).explode(Col.item_id)
    assert evidence.join(pairs, on=[Col.user_id, Col.item_id]).is_empty()


@pytest.mark.parametrize("table", ["items", *(pytest.param(name, marks=_MORE) for name in ("interactions", "users"))])
def test_a_day_without_one_table_keeps_what_is_known_of_it(shop: Settings, table: str) -> None:
    for other in {"interactions", "items", "users"} - {table}:
        source = _files(shop, other, LAST if other == "interactions" else date(2025, 3, 1))
        shutil.copytree(source, _files(shop, other, NEXT))
    close_day(shop, NEXT)
    told = run_day(shop, NEXT)
    assert (table, NEXT) not in {(each.table, each.arrival_date) for each in told.inputs}
    assert _slice_table(shop, told, "dim_item").height == 60
    assert _slice_table(shop, told, "dim_user").height == 40


def test_a_shop_without_users_files_serves_everybody_who_bought(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", timezone=TIMEZONE, k=6)
    last = write_shop(settings.landing_dir, DAYS)[-1]
    shutil.rmtree(settings.landing_dir / "users")
    run_day(settings, last)
    assert read_table(settings, RECOMMEND, "recommendation")[Col.user_id].n_unique() == 40


@pytest.mark.parametrize(
    ("missing", "said"),
    [("interactions", "something was bought"), ("items", "the catalogue has items")],
)
def test_a_shop_that_never_sold_or_has_no_catalogue_is_told_so(tmp_path: Path, missing: str, said: str) -> None:
    settings = Settings(home=tmp_path / "home", timezone=TIMEZONE, k=6)
    last = write_shop(settings.landing_dir, 3)[-1]
    shutil.rmtree(settings.landing_dir / missing)
    with pytest.raises(GateFailed, match=said):
        run_day(settings, last)
    assert newest_as_of(settings, RECOMMEND) is None


@pytest.mark.parametrize("zone", ["Asia/Shanghai", pytest.param("America/Los_Angeles", marks=_MORE)])
def test_a_shop_far_from_utc_has_its_own_days(tmp_path: Path, zone: str) -> None:
    settings = Settings(home=tmp_path / "home", timezone=zone, k=6)
    days = write_shop(settings.landing_dir, 10, zone=ZoneInfo(zone))
    told = run_day(settings, days[-1])
    history = _slice_table(settings, told, HISTORY)
    assert history[Col.event_date].unique().sort().to_list() == days
    volume = _slice_table(settings, told, DAILY_VOLUME)
    assert volume["refused"].sum() == 0 and volume[Col.arrival_date].to_list() == days


@pytest.mark.parametrize(
    ("zone", "changed"),
    [("America/New_York", date(2025, 11, 2)), pytest.param("Europe/Berlin", date(2025, 3, 30), marks=_MORE)],
)
def test_events_around_midnight_fall_on_their_day_when_the_clocks_change(
    tmp_path: Path, zone: str, changed: date
) -> None:
    settings = Settings(home=tmp_path / "home", timezone=zone, k=6)
    here = ZoneInfo(zone)
    write_shop(settings.landing_dir, 10, first_day=changed - timedelta(days=9), zone=here)

    def stamp(day: date, hour: int, minute: int, fold: int = 0) -> str:
        return datetime.combine(day, time(hour, minute, fold=fold), here).isoformat()

    eve, after = changed - timedelta(days=1), changed + timedelta(days=1)
    stamps = {
        "g00": stamp(eve, 23, 30),
        "g01": stamp(changed, 0, 30),
        "g02": stamp(changed, 1, 30),
        "g03": stamp(changed, 1, 30, fold=1),  # the hour that comes twice in autumn
        "g04": stamp(changed, 23, 30),
        "g05": stamp(after, 0, 0),  # the first moment after the day: it cannot have arrived on it
    }
    rows = [f"edge-{item},edge,{item},purchase,{moment},1" for item, moment in stamps.items()]
    header = "event_id,user_id,item_id,event_type,event_ts,quantity"
    (_files(settings, "interactions", changed) / "edge.csv").write_text("\n".join([header, *rows]) + "\n")
    told = run_day(settings, changed)
    edge = _slice_table(settings, told, HISTORY).filter(pl.col(Col.user_id) == "edge")
    wanted = {"g00": eve, "g01": changed, "g02": changed, "g03": changed, "g04": changed}
    assert dict(edge.select(Col.item_id, Col.event_date).iter_rows()) == wanted
    volume = _slice_table(settings, told, DAILY_VOLUME)
    assert volume.filter(pl.col(Col.arrival_date) == changed)["refused"].item() == 1


def _days(last: date) -> list[date]:
    return [last - timedelta(days=number) for number in range(DAYS)]
