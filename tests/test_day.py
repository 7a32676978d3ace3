"""A day as a capability sees it: its declared tables, what others published, inputs that no sibling changes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ml import day as day_module
from ml.capability import Capability
from ml.day import Day, Result, compute_day, day_of, lacking, switched_off
from ml.errors import InvalidTable, NotPublished, StaleFeatures, Undeclared
from ml.publish.draft import DraftRecord, read_draft, write_draft
from ml.publish.readers import manifest
from ml.publish.store import versions_dir
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import RECOMMENDATION
from ml.settings import Settings
from ml.tables import Column, Kind, Table
from ml.warehouse.slices import Slice, read_slice
from testkit.damaged_files import damage_rows
from testkit.published import tables

AS_OF = date(2024, 5, 1)
COUNTED = Table(
    "counted",
    ("item_id",),
    (Column("item_id", Kind.TEXT, "The item."), Column("shelves", Kind.COUNT, "Shelves that it is on.")),
    "One row per item.",
)
ECHO = Capability(
    "echo", "Counts", (COUNTED,), ("dim_item",), "tests.test_day:count", upstream=("recommend",), settings=("k",)
)


def count(day: Day) -> Result:
    """On how many of the day's published shelves each item of the catalogue is."""
    shelves = day.published("recommend", RECOMMENDATION.name).group_by("item_id").agg(pl.len().alias("shelves"))
    return Result({"counted": day.table("dim_item").select("item_id").join(shelves, on="item_id")})


def count_lazily(day: Day) -> Result:
    """The same, from tables that are read lazily."""
    shelves = day.scan_published("recommend", RECOMMENDATION.name).group_by("item_id").agg(pl.len().alias("shelves"))
    return Result({"counted": day.scan("dim_item").select("item_id").join(shelves, on="item_id").collect()})


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(day_module, "code_revision", lambda _: "c0dec0dec0de")
    return Settings(home=tmp_path / "var")


def _slice(settings: Settings, *partitions: dict[str, Any], items: int = 5) -> Slice:
    folder = settings.slices_dir / f"{AS_OF}-abc"
    folder.mkdir(parents=True, exist_ok=True)
    pl.DataFrame({"item_id": [f"item-{number}" for number in range(items)]}).write_parquet(folder / "dim_item.parquet")
    record = {"as_of_date": AS_OF.isoformat(), "inputs_hash": "abc", "inputs": partitions, "liked_from": 3.0}
    (folder / "slice.json").write_text(json.dumps(record))
    return read_slice(folder)


def _partition(table: str, content: str = "1") -> dict[str, Any]:
    return {"table": table, "arrival_date": "2024-05-01", "content_hash": content, "rows": 3}


def _publish_shelves(settings: Settings, word: str) -> str:
    record = DraftRecord(
        capability="recommend", as_of_date=AS_OF, slice="slices/x", inputs_hash=word, code_revision="0"
    )
    draft = write_draft(settings.drafts_of("recommend") / f"{AS_OF}-{word}", RECOMMEND, record, tables(AS_OF, word))
    return publish(settings, RECOMMEND, draft, provenance={}).version_id


def test_without_its_upstream_a_day_is_refused_with_the_command(settings: Settings) -> None:
    made = _slice(settings)
    with pytest.raises(NotPublished, match=r"recommend of 2024-05-01.*shelduck run --as-of .* --capability recommend"):
        compute_day(settings, ECHO, made.folder)
    assert not settings.drafts_of("echo").exists()


def test_a_day_is_computed_from_what_is_declared_and_its_manifest_names_the_version_it_read(settings: Settings) -> None:
    shelves = _publish_shelves(settings, "first")
    draft = compute_day(settings, ECHO, _slice(settings, _partition("items"), _partition("rules")).folder)

    assert draft.parent == settings.drafts_of("echo")
    assert read_draft(ECHO, draft).tables["counted"].rows() == [("item-0", 1), ("item-1", 1), ("item-2", 1)]
    told = manifest(settings, ECHO, publish(settings, ECHO, draft, provenance={}).version_id)
    assert told.capability == "echo" and told.upstream == {"recommend": shelves}
    assert [each.table for each in told.inputs] == ["items"], "rules do not reach dim_item"
    assert told.settings == {"k": settings.k} and told.tables["counted"].columns["shelves"] == "64-bit integer"
    assert (settings.published_of("echo") / "current" / "counted.parquet").exists()
    assert manifest(settings, RECOMMEND).version == shelves, "a sibling's pointer stays"


def test_a_table_that_cannot_be_read_is_named(settings: Settings) -> None:
    lazy = replace(ECHO, compute="tests.test_day:count_lazily")
    snapshot, version = _slice(settings), _publish_shelves(settings, "word")
    assert compute_day(settings, lazy, snapshot.folder).is_dir()
    damage_rows(versions_dir(settings, RECOMMEND) / version / "recommendation.parquet")
    with pytest.raises(NotPublished, match=rf"recommendation of version {version}: .* --as-of {AS_OF}"):
        compute_day(settings, lazy, snapshot.folder)
    damage_rows(snapshot.folder / "dim_item.parquet")
    with pytest.raises(StaleFeatures, match=rf"dim_item of slice {AS_OF}-abc: .* --as-of {AS_OF}"):
        compute_day(settings, lazy, snapshot.folder)


def test_its_inputs_follow_its_tables_partitions_and_upstream_and_nothing_else(settings: Settings) -> None:
    _publish_shelves(settings, "first")
    known = day_of(settings, ECHO, _slice(settings, _partition("items")).folder).inputs_hash

    def hashed(*partitions: dict[str, Any], items: int = 5) -> str:
        return day_of(settings, ECHO, _slice(settings, *partitions, items=items).folder).inputs_hash

    assert hashed(_partition("items"), _partition("rules"), _partition("impressions")) == known
    changed = {hashed(_partition("items", "2")), hashed(_partition("items"), items=6)}
    _publish_shelves(settings, "second")
    changed.add(hashed(_partition("items")))
    assert len(changed | {known}) == 4


def test_a_result_that_breaks_its_declaration_is_no_draft(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    _publish_shelves(settings, "first")
    wrong = Result({"counted": pl.DataFrame({"item_id": ["a", "a"], "shelves": [1, 2]})})
    monkeypatch.setattr(day_module, "resolve", lambda _: lambda _: wrong)
    with pytest.raises(InvalidTable, match="counted: expected one row per"):
        compute_day(settings, ECHO, _slice(settings).folder)
    assert not list(settings.drafts_of("echo").glob("[0-9]*"))


def test_a_capability_that_is_off_or_lacks_its_files_says_so(settings: Settings, tmp_path: Path) -> None:
    made = _slice(settings, _partition("items"))
    assert switched_off(settings, RECOMMEND) == lacking(RECOMMEND, made) == ""
    off = Settings(home=tmp_path / "var", capabilities=("-recommend",))
    assert switched_off(off, RECOMMEND).startswith("recommend is switched off")
    needy = replace(RECOMMEND, needs=("items", "sends"))
    assert lacking(needy, made).startswith("recommend needs the landing tables sends, of which")


def test_a_day_sees_of_earlier_days_what_it_declares_and_no_publication(settings: Settings) -> None:
    day = Day(settings, replace(ECHO, compares=(7,), compared=("dim_item",)), _slice(settings))
    before = replace(day, earlier={7: day.snapshot}).before(7)
    assert day.before(7) is None and before is not None
    assert before.table("dim_item").equals(day.table("dim_item"))
    with pytest.raises(Undeclared):
        before.published("recommend", RECOMMENDATION.name)
    with pytest.raises(Undeclared):
        before.table("history")


def test_what_a_day_is_compared_with_counts_among_its_inputs(settings: Settings) -> None:
    comparing = replace(ECHO, compares=(7,), compared=("dim_item",))
    alone = Day(settings, comparing, _slice(settings))
    compared = replace(alone, earlier={7: alone.snapshot})
    assert compared.inputs_hash != alone.inputs_hash
    assert replace(compared, capability=ECHO).inputs_hash == replace(alone, capability=ECHO).inputs_hash


def test_an_upstream_that_the_shop_does_not_feed_is_left_out_and_one_that_it_feeds_is_awaited(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day_module, "named", lambda _: replace(RECOMMEND, needs=("reviews",)))
    reading = replace(ECHO, upstream=(), upstream_if_landed=("recommend",))
    without = day_of(settings, reading, _slice(settings, _partition("items")).folder)
    assert not without.has_upstream("recommend")
    with pytest.raises(Undeclared):
        without.published("recommend", RECOMMENDATION.name)

    landed = _slice(settings, _partition("items"), _partition("reviews")).folder
    with pytest.raises(NotPublished):
        day_of(settings, reading, landed)
    _publish_shelves(settings, "first")
    day = day_of(settings, reading, landed)
    assert day.has_upstream("recommend") and len(day.published("recommend", RECOMMENDATION.name))
