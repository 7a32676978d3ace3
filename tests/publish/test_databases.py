"""``shelduck.duckdb`` is where readers are, before they are, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ml.errors import DiskFull, NotPublished
from ml.operations.doctor.finding import FAIL, OK
from ml.operations.doctor.shelves import check_published
from ml.publish import pointer, readers
from ml.publish.databases import DATABASE
from ml.publish.rollback import release, rollback
from ml.publish.store import Version, faults, version
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from ml.warehouse.connection import connect
from testkit.published import as_sealed_before

MakeDraft = Callable[..., Path]
D1, D2, D3, D4 = (date(2017, 12, day) for day in (2, 3, 4, 5))


def _publish(settings: Settings, draft: Path) -> Version:
    return version(settings, RECOMMEND, publish(settings, RECOMMEND, draft, provenance={}).version_id)


def _days_with_one(settings: Settings) -> list[date]:
    return [each.as_of for each in readers.versions(settings, RECOMMEND) if (each.folder / DATABASE).exists()]


def _policy(settings: Settings, folder: Path) -> str:
    with connect(settings, folder / DATABASE, read_only=True) as database:
        (word,) = database.execute("select policy_id from policy").fetchall()[0]
    return str(word)


def test_the_current_version_and_the_one_before_have_a_database(settings: Settings, make_draft: MakeDraft) -> None:
    for day in (D1, D2, D3):
        publish(settings, RECOMMEND, make_draft(day, str(day)), provenance={})
    assert _days_with_one(settings) == [D2, D3]
    current = settings.published_of("recommend") / "current"
    assert _policy(settings, current.resolve()) == str(D3)
    assert not (current / DATABASE).stat().st_mode & 0o222
    assert not [each for each in readers.versions(settings, RECOMMEND) if faults(each)]


def test_a_backfilled_past_day_gets_none_and_takes_nobodys(settings: Settings, make_draft: MakeDraft) -> None:
    for day in (D2, D4, D1, D3):
        publish(settings, RECOMMEND, make_draft(day), provenance={})
    assert _days_with_one(settings) == [D2, D4]


def test_the_manifest_does_not_list_the_database(settings: Settings, make_draft: MakeDraft) -> None:
    published = _publish(settings, make_draft(D1))
    assert DATABASE not in readers.manifest(settings, RECOMMEND, published.id).files


def test_a_version_gets_its_database_before_the_pointer_moves(
    settings: Settings, make_draft: MakeDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in (D1, D2, D3):
        publish(settings, RECOMMEND, make_draft(day, str(day)), provenance={})
    moved: list[bool] = []
    original = pointer.point

    def seen(link: Path, target: str) -> bool:
        moved.append((link.parent / target / DATABASE).exists() if link.name == "current" else True)
        return original(link, target)

    monkeypatch.setattr(pointer, "point", seen)
    back = rollback(settings, RECOMMEND, D1, who="ann", why="a test")
    assert _policy(settings, back.folder) == str(D1) and _days_with_one(settings) == [D1, D3]
    publish(settings, RECOMMEND, make_draft(D4, str(D4)), provenance={})
    assert _days_with_one(settings) == [D1, D3], "beside a pin a new day needs none"
    released = release(settings, RECOMMEND, who="ann", why="over")
    assert released is not None and _policy(settings, released.folder) == str(D4)
    assert moved and all(moved)


@pytest.mark.parametrize("what", ["rollback", "release"])
def test_without_room_for_its_database_nothing_is_decided(
    settings: Settings, make_draft: MakeDraft, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    for day in (D1, D2, D3):
        publish(settings, RECOMMEND, make_draft(day), provenance={})
    if what == "release":
        rollback(settings, RECOMMEND, D1, who="ann", why="a test")
        publish(settings, RECOMMEND, make_draft(D4), provenance={})
    before = (readers.current_version(settings, RECOMMEND), pointer.pinned(settings, RECOMMEND))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ml.publish.databases.write_database", full)
    with pytest.raises(DiskFull, match=what):
        if what == "release":
            release(settings, RECOMMEND, who="ann", why="over")
        else:
            rollback(settings, RECOMMEND, D1, who="ann", why="a test")
    assert (readers.current_version(settings, RECOMMEND), pointer.pinned(settings, RECOMMEND)) == before


def test_a_damaged_database_is_a_fault_and_a_missing_one_is_only_where_readers_are(
    settings: Settings, make_draft: MakeDraft
) -> None:
    settings = settings.model_copy(update={"capabilities": ("recommend",)})
    past, current = (_publish(settings, make_draft(day)) for day in (D1, D2))
    assert check_published(settings).status == OK
    for each in (past, current):
        (each.folder / DATABASE).chmod(0o600)
        (each.folder / DATABASE).write_bytes(b"x")
        assert faults(each) == ["shelduck.duckdb: changed since it was written"]
        (each.folder / DATABASE).unlink()
        assert faults(each) == []
    told = check_published(settings)
    assert told.status == FAIL and "shelduck.duckdb: missing" in str(told)
    publish(settings, RECOMMEND, make_draft(D2), provenance={})
    assert check_published(settings).status == OK
    assert not (past.folder / DATABASE).exists(), "nobody reads it"


def test_a_manifest_of_an_earlier_release_that_lists_the_database_stays_true(
    settings: Settings, make_draft: MakeDraft
) -> None:
    old = _publish(settings, make_draft(D1))
    as_sealed_before(settings)
    assert DATABASE in readers.manifest(settings, RECOMMEND, old.id).files
    assert faults(old) == []
    for day in (D2, D3):
        publish(settings, RECOMMEND, make_draft(day), provenance={})
    assert _days_with_one(settings) == [D2, D3] and faults(old) == []
    rollback(settings, RECOMMEND, D1, who="ann", why="a test")
    assert faults(old) == [], "its new database has other bytes than the one that was listed"
    (old.folder / DATABASE).chmod(0o600)
    (old.folder / DATABASE).write_bytes(b"x")
    assert faults(old) == ["shelduck.duckdb: changed since it was written"]


@pytest.mark.parametrize("content", ["", "[]", "{"])
def test_a_lost_record_of_databases_is_made_again(settings: Settings, make_draft: MakeDraft, content: str) -> None:
    current = _publish(settings, make_draft(D1))
    (settings.published_of("recommend") / "databases.json").write_text(content)
    assert faults(current)
    publish(settings, RECOMMEND, make_draft(D1), provenance={})
    assert faults(current) == [] and _policy(settings, current.folder) == "first"


def test_a_table_that_cannot_be_read_is_named_and_the_pin_stays(settings: Settings, make_draft: MakeDraft) -> None:
    publish(settings, RECOMMEND, make_draft(D1), provenance={})
    rollback(settings, RECOMMEND, D1, who="ann", why="a test")
    newest = _publish(settings, make_draft(D2))
    (newest.folder / "policy.parquet").unlink()
    (newest.folder / "policy.parquet").write_bytes(b"x")
    with pytest.raises(NotPublished, match=r"policy of version 2017-12-03.*shelduck run --as-of 2017-12-03"):
        release(settings, RECOMMEND, who="ann", why="over")
    assert pointer.pinned(settings, RECOMMEND) is not None
