"""Retention of published versions: what goes, what never goes, and that a removed day comes back the same."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from ml.errors import NotPublished, WarehouseLocked
from ml.publish.journal import publication_lock, publications
from ml.publish.readers import current_version, manifest, newest_as_of, read_table, version_of_day, versions
from ml.publish.retention import drafted_slices, kept_from, prune_drafts, prune_versions
from ml.publish.rollback import rollback
from ml.publish.versions import Published, publish
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from tests.holding import held

pytestmark = pytest.mark.slow

FIRST = date(2025, 3, 1)
LATER = time.time() + 60 * 86_400  # so that nothing counts as just written
Publish = Callable[..., Published]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "a home", kept_published_days=3, kept_superseded_days=30, lock_timeout=0.3)


@pytest.fixture
def put(settings: Settings, make_draft: Callable[..., Path]) -> Publish:
    """``put(n, word)`` publishes the n-th day with ``word`` in every table."""

    def publish_day(number: int, word: str = "first") -> Published:
        draft = make_draft(FIRST + timedelta(days=number), word)
        return publish(settings, RECOMMEND, draft, provenance={})

    return publish_day


def _days(settings: Settings) -> list[int]:
    return [(version.as_of - FIRST).days for version in versions(settings, RECOMMEND)]


def test_the_newest_days_stay_and_older_ones_go(settings: Settings, put: Publish) -> None:
    for number in range(6):
        put(number)
    freed = prune_versions(settings, RECOMMEND, now=LATER)
    assert _days(settings) == [3, 4, 5]
    assert freed.count == 3 and freed.bytes > 1000
    assert version_of_day(settings, RECOMMEND, FIRST) is None
    assert not list((settings.published_of("recommend") / "days").glob("2025-03-01"))
    assert kept_from(settings, RECOMMEND) == FIRST + timedelta(days=3)
    assert prune_versions(settings, RECOMMEND, now=LATER).count == 0


def test_age_is_counted_in_days_of_the_shop_not_by_the_clock(settings: Settings, put: Publish) -> None:
    put(0)
    put(40)
    assert prune_versions(settings, RECOMMEND, now=LATER).count == 1
    assert _days(settings) == [40]
    assert prune_versions(settings, RECOMMEND, now=LATER + 4000 * 86_400).count == 0, (
        "the newest day stays however long past"
    )


def test_a_dry_run_lists_and_removes_nothing(settings: Settings, put: Publish) -> None:
    for number in range(5):
        put(number)
    before = publications(settings, RECOMMEND)
    freed = prune_versions(settings, RECOMMEND, dry_run=True, now=LATER)
    assert freed.count == 2 and freed.bytes > 1000
    assert _days(settings) == [0, 1, 2, 3, 4] and publications(settings, RECOMMEND) == before


def test_a_pinned_version_and_the_current_one_are_never_removed(settings: Settings, put: Publish) -> None:
    pinned = put(0)
    for number in range(1, 9):
        put(number)
    rollback(settings, RECOMMEND, pinned.as_of, who="test", why="the new ones are wrong")
    prune_versions(settings, RECOMMEND, now=LATER)
    assert _days(settings) == [0, 6, 7, 8]
    assert current_version(settings, RECOMMEND).as_of == FIRST
    assert len(read_table(settings, RECOMMEND, "recommendation")) == 3
    assert newest_as_of(settings, RECOMMEND) == FIRST + timedelta(days=8)


def test_a_replaced_version_stays_for_its_own_while(settings: Settings, put: Publish) -> None:
    put(0, "first")
    put(0, "second")
    put(1)
    day_of_replacement = time.time()
    assert prune_versions(settings, RECOMMEND, now=day_of_replacement + 29 * 86_400).count == 0
    assert prune_versions(settings, RECOMMEND, now=day_of_replacement + 31 * 86_400).count == 1
    assert (
        read_table(settings, RECOMMEND, "recommendation", version_of_day(settings, RECOMMEND, FIRST).id)["item_name"][0]
        == "second"
    )  # type: ignore[union-attr]


def test_what_was_just_written_stays_for_a_day_because_a_run_may_be_at_it(settings: Settings, put: Publish) -> None:
    put(40)
    put(0)  # a backfill of a day that retention does not keep
    assert prune_versions(settings, RECOMMEND).count == 0
    assert prune_versions(settings, RECOMMEND, now=time.time() + 2 * 86_400).count == 1


def test_a_removal_leaves_a_line_that_says_how_to_make_the_day_again(settings: Settings, put: Publish) -> None:
    removed = put(0)
    put(9)
    prune_versions(settings, RECOMMEND, now=LATER)
    line = publications(settings, RECOMMEND)[-1]
    assert (line["event"], line["version"], line["as_of_date"]) == ("remove", removed.version_id, "2025-03-01")
    assert line["why"] == "older than 3 days" and line["again"] == "shelduck run --as-of 2025-03-01"


def test_a_removed_day_published_again_has_the_same_id_and_hash_and_leaves_current(
    settings: Settings, put: Publish
) -> None:
    before = put(0)
    current = put(9)
    prune_versions(settings, RECOMMEND, now=LATER)
    again = put(0)
    assert (again.version_id, again.content_hash) == (before.version_id, before.content_hash)
    assert again.is_new and not again.is_current
    assert current_version(settings, RECOMMEND).id == current.version_id
    assert [line["event"] for line in publications(settings, RECOMMEND)] == ["publish", "publish", "remove", "publish"]


def test_a_retry_that_asks_for_a_removed_version_is_told_so(settings: Settings, put: Publish) -> None:
    put(0)
    put(9)
    prune_versions(settings, RECOMMEND, now=LATER)
    with pytest.raises(NotPublished, match=r"what it became was removed.*shelduck run --as-of 2025-03-01"):
        publish(settings, RECOMMEND, settings.drafts_of("recommend") / "2025-03-01-inputs-first", provenance={})


def test_while_a_publication_runs_nothing_is_removed(settings: Settings, put: Publish) -> None:
    put(0)
    put(9)
    lock = publication_lock(settings, RECOMMEND, "publish 2025-03-01")
    with held(lock), pytest.raises(WarehouseLocked, match="publish 2025-03-01"):
        prune_versions(settings, RECOMMEND, now=LATER)
    assert _days(settings) == [0, 9]


@pytest.mark.slow
def test_readers_never_notice(settings: Settings, put: Publish) -> None:
    for number in range(3):
        put(number)
    read, errors, done = [0], [], threading.Event()

    def poll() -> None:
        while not done.is_set():
            try:
                now = current_version(settings, RECOMMEND)
                assert set(read_table(settings, RECOMMEND, "recommendation", now.id)["as_of_date"]) == {now.as_of}
                assert manifest(settings, RECOMMEND, now.id).version == now.id
                read[0] += 1
            except Exception as failed:
                errors.append(failed)
            time.sleep(0.005)  # leave the cores to the publisher

    reader = threading.Thread(target=poll)
    reader.start()
    for number in range(3, 25):
        put(number)
        prune_versions(settings, RECOMMEND, now=LATER)
    done.set()
    reader.join()
    assert errors == [] and read[0] > 20
    assert _days(settings) == [22, 23, 24]


def test_what_a_killed_removal_left_is_swept(settings: Settings, put: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    put(0)
    put(9)
    monkeypatch.setattr("ml.publish.retention.shutil.rmtree", _killed)
    with pytest.raises(KeyboardInterrupt):
        prune_versions(settings, RECOMMEND, now=LATER)
    monkeypatch.undo()
    assert _days(settings) == [9], "gone for readers with the rename"
    prune_versions(settings, RECOMMEND, now=LATER)
    assert [path.name[:10] for path in (settings.published_of("recommend") / "versions").iterdir()] == ["2025-03-10"]


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_drafts_that_nobody_published_go_by_age_and_keep_their_slice_until_then(
    settings: Settings, make_draft: Callable[..., Path]
) -> None:
    old, young = make_draft(FIRST, "old"), make_draft(FIRST, "young")
    assert drafted_slices(settings) == {settings.home / f"slices/{FIRST}-inputs"}
    os.utime(old, (0, time.time() - 8 * 86_400))
    assert prune_drafts(settings, RECOMMEND, dry_run=True).count == 1 and old.exists()
    assert prune_drafts(settings, RECOMMEND).count == 1
    assert not old.exists() and young.exists()
