"""A table that is damaged behind its footer opens like any other; where it is read, the error names it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ml.errors import NotPublished, StaleFeatures
from ml.publish.damaged import damage_named
from ml.publish.differences import differences
from ml.publish.readers import scan_of
from ml.publish.store import Version, version
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.changes.read import probabilities_of
from ml.recommend.outputs import PURCHASE_PROBABILITY, RECOMMENDATION
from ml.settings import Settings
from ml.warehouse.slices import Slice
from testkit.damaged_files import damage_rows
from tests.publish.conftest import MakeDraft

D1, D2 = date(2017, 12, 2), date(2017, 12, 3)


@pytest.fixture
def versions(settings: Settings, make_draft: MakeDraft) -> tuple[Version, Version]:
    """Of two days, with other content."""
    made = [publish(settings, RECOMMEND, make_draft(day, str(day)), provenance={}) for day in (D1, D2)]
    before, after = (version(settings, RECOMMEND, each.version_id) for each in made)
    return before, after


@pytest.fixture
def snapshot(tmp_path: Path) -> Slice:
    folder = tmp_path / f"{D1}-abc"
    folder.mkdir()
    pl.DataFrame({"item_id": ["a", "b"]}).write_parquet(folder / "dim_item.parquet")
    return Slice(folder, D1, "abc")


def _path(found: Version, table: str = RECOMMENDATION.name) -> Path:
    return found.folder / f"{table}.parquet"


@pytest.mark.parametrize("side", [0, 1])
def test_days_are_not_compared_by_a_damaged_table(versions: tuple[Version, Version], side: int) -> None:
    damage_rows(_path(versions[side]))
    told = (
        rf"recommendation of version {versions[side].id}: .* found ComputeError: parquet: .* Run: shelduck run --as-of "
    )
    with pytest.raises(NotPublished, match=told + str(versions[side].as_of)):
        list(differences(RECOMMEND, *versions))


def test_probabilities_that_are_damaged_are_not_taken_for_removed_ones(versions: tuple[Version, Version]) -> None:
    assert len(probabilities_of(versions[0])) > 0
    damage_rows(_path(versions[0], PURCHASE_PROBABILITY.name))
    with pytest.raises(NotPublished, match=f"purchase_probability of version {versions[0].id}"):
        probabilities_of(versions[0])


def test_work_that_fails_at_a_damaged_table_of_a_version_names_it(versions: tuple[Version, Version]) -> None:
    damage_rows(_path(versions[1]))
    told = rf"recommendation of version {versions[1].id}: .* Run: shelduck run --as-of {D2}"
    with pytest.raises(NotPublished, match=told), damage_named(versions=versions):
        scan_of(RECOMMEND, versions[1], RECOMMENDATION.name).collect()


def test_a_table_of_a_slice_is_named_whether_it_is_read_lazily_or_at_once(snapshot: Slice) -> None:
    damage_rows(snapshot.folder / "dim_item.parquet")
    assert snapshot.scan("dim_item").collect_schema().names() == ["item_id"], "its footer is whole"
    told = (
        rf"dim_item of slice {D1}-abc: expected a readable file; found ComputeError: .* Run: shelduck run --as-of {D1}"
    )
    with pytest.raises(StaleFeatures, match=told), damage_named([snapshot]):
        snapshot.scan("dim_item").collect()
    with pytest.raises(StaleFeatures, match=told):
        snapshot.table("dim_item")


def test_work_that_fails_for_another_reason_ends_as_it_did(versions: tuple[Version, Version], snapshot: Slice) -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError), damage_named([snapshot], versions):
        snapshot.scan("dim_item").select("price").collect()
    with pytest.raises(KeyError), damage_named([snapshot], versions):
        raise KeyError("price")


def test_damage_that_no_work_met_stops_none(versions: tuple[Version, Version]) -> None:
    damage_rows(_path(versions[0]))
    with damage_named(versions=versions):
        assert len(scan_of(RECOMMEND, versions[1], RECOMMENDATION.name).collect()) > 0
