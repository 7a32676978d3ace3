"""A table that is kept for a few days leaves its version; nobody takes that for damage, and it can be made again."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from ml.errors import NotPublished
from ml.operations.doctor.finding import OK, WARN
from ml.operations.doctor.shelves import check_published
from ml.publish import readers
from ml.publish.databases import DATABASE
from ml.publish.differences import differences
from ml.publish.journal import publications
from ml.publish.removed import removed_tables
from ml.publish.retention import prune_tables, prune_versions
from ml.publish.rollback import release, rollback
from ml.publish.store import Version, faults
from ml.publish.versions import Published, publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import PURCHASE_PROBABILITY
from ml.settings import Settings

FIRST = date(2025, 3, 1)
KEPT = PURCHASE_PROBABILITY.kept_days or 0
LATER = time.time() + 2 * 86_400  # so that nothing counts as just written
NAME = PURCHASE_PROBABILITY.name
Put = Callable[..., Published]


@pytest.fixture
def put(settings: Settings, make_draft: Callable[..., Path]) -> Put:
    """``put(n)`` publishes the n-th day."""

    def publish_day(number: int, word: str = "") -> Published:
        draft = make_draft(FIRST + timedelta(days=number), word or f"day {number}")
        return publish(settings, RECOMMEND, draft, provenance={})

    return publish_day


def _of(settings: Settings, number: int) -> Version:
    found = readers.version_of_day(settings, RECOMMEND, FIRST + timedelta(days=number))
    assert found is not None
    return found


def _there(settings: Settings) -> list[int]:
    """The days that have the table."""
    versions = readers.versions(settings, RECOMMEND)
    return [(each.as_of - FIRST).days for each in versions if (each.folder / f"{NAME}.parquet").exists()]


def test_it_stays_for_the_newest_days_and_leaves_older_ones_whose_other_tables_stay(
    settings: Settings, put: Put
) -> None:
    assert KEPT == 7
    for number in range(KEPT + 2):
        put(number)
    told = prune_tables(settings, RECOMMEND, dry_run=True, now=LATER)
    assert told.count == 2 and told.bytes > 1000 and len(_there(settings)) == KEPT + 2
    assert prune_tables(settings, RECOMMEND, now=LATER) == told
    assert _there(settings) == list(range(2, KEPT + 2))
    assert len(list((settings.published_of("recommend") / "tables").glob(f"{NAME}-*"))) == KEPT
    old = _of(settings, 0)
    assert removed_tables(old.folder) == [NAME] and faults(old) == []
    assert len(readers.read_table(settings, RECOMMEND, "recommendation", old.id)) == 3
    assert prune_tables(settings, RECOMMEND, now=LATER).count == 0
    (line,) = [each for each in publications(settings, RECOMMEND) if each.get("version") == old.id][1:]
    assert line["event"] == "remove tables" and line["why"] == f"{NAME} is kept for 7 days"


def test_what_was_just_written_and_what_readers_have_keep_it(settings: Settings, put: Put) -> None:
    for number in (0, 1, 20):
        put(number)
    assert prune_tables(settings, RECOMMEND).count == 0
    rollback(settings, RECOMMEND, FIRST, who="ann", why="a test")
    assert prune_tables(settings, RECOMMEND, now=LATER).count == 1 and _there(settings) == [0, 20]
    release(settings, RECOMMEND, who="ann", why="a test")
    assert prune_tables(settings, RECOMMEND, now=LATER).count == 1 and _there(settings) == [20]


def test_a_reader_of_a_removed_table_is_told_why_and_what_to_run(settings: Settings, put: Put) -> None:
    put(0)
    put(20)
    prune_tables(settings, RECOMMEND, now=LATER)
    with pytest.raises(NotPublished, match=r"removed, because it is kept for 7 days.* --as-of 2025-03-01"):
        readers.read_table(settings, RECOMMEND, NAME, _of(settings, 0).id)
    assert readers.day_before(settings, RECOMMEND, FIRST + timedelta(days=1), NAME) is None
    assert readers.day_before(settings, RECOMMEND, FIRST + timedelta(days=1), "recommendation") is not None


def test_versions_are_compared_without_it(settings: Settings, put: Put) -> None:
    put(0)
    put(20)
    prune_tables(settings, RECOMMEND, now=LATER)
    old, new = _of(settings, 0), _of(settings, 20)
    found = {each.table.name: each for each in differences(RECOMMEND, old, new)}
    assert found[NAME].schema == (f"not compared: {old.id} removed, because it is kept for 7 days",)
    assert found[NAME].rows == (3, 3) and found["recommendation"].columns


def test_readers_taken_back_get_the_version_without_it_and_the_doctor_says_so(settings: Settings, put: Put) -> None:
    put(0)
    put(20)
    prune_tables(settings, RECOMMEND, now=LATER)
    assert rollback(settings, RECOMMEND, FIRST, who="ann", why="a test") == _of(settings, 0)
    found = check_published(settings)
    assert found.status == WARN and f"no longer holds {NAME}" in found.found
    put(0)
    assert _there(settings) == [0, 20] and faults(_of(settings, 0)) == []
    assert NAME.encode() in (_of(settings, 0).folder / DATABASE).read_bytes(), "readers of the database have it too"
    assert f"no longer holds {NAME}" not in check_published(settings).found
    release(settings, RECOMMEND, who="ann", why="a test")
    assert check_published(settings.model_copy(update={"capabilities": ("recommend",)})).status == OK


def test_a_table_that_is_missing_without_having_been_removed_is_damage(settings: Settings, put: Put) -> None:
    put(0)
    (_of(settings, 0).folder / f"{NAME}.parquet").unlink()
    assert faults(_of(settings, 0)) == [f"{NAME}.parquet: missing"]
    put(0)
    assert faults(_of(settings, 0)) == []


def test_running_the_day_again_makes_it_again(settings: Settings, put: Put) -> None:
    before = readers.read_table(settings, RECOMMEND, NAME, put(0).version_id)
    put(20)
    prune_tables(settings, RECOMMEND, now=LATER)
    assert put(0).is_new
    assert readers.read_table(settings, RECOMMEND, NAME, _of(settings, 0).id).equals(before)
    assert prune_tables(settings, RECOMMEND, now=time.time() + 60).count == 0, "kept for a day again"


def test_a_killed_removal_is_finished_by_the_next(
    settings: Settings, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(0)
    put(20)
    with monkeypatch.context() as killed:
        killed.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            prune_tables(settings, RECOMMEND, now=LATER)
    assert (
        faults(_of(settings, 0)) == [] and len(readers.read_table(settings, RECOMMEND, NAME, _of(settings, 0).id)) == 3
    )
    assert prune_tables(settings, RECOMMEND, now=LATER).count == 1 and _there(settings) == [20]


def test_a_version_goes_with_its_time_also_without_it(settings: Settings, put: Put) -> None:
    put(0)
    put(500)
    prune_tables(settings, RECOMMEND, now=LATER)
    assert prune_versions(settings, RECOMMEND, now=LATER + 86_400).count == 1
