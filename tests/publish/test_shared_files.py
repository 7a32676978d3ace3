"""A table's bytes are stored once per content, however many versions hold it."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from ml.cleanup import size
from ml.fingerprint import file_fingerprint
from ml.publish import readers
from ml.publish.retention import prune_versions
from ml.publish.shared_files import store_dir
from ml.publish.store import Version, faults, read_manifest, version
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import POLICY, RECOMMENDATION
from ml.settings import Settings

MakeDraft = Callable[..., Path]
D1, D2, D3 = (date(2017, 12, day) for day in (2, 3, 4))
LATER = time.time() + 60 * 86_400


@budget(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["x", "y"])), min_size=2, max_size=4))
def test_versions_with_the_same_table_share_its_bytes_and_no_others_do(
    tmp_path: Path, make_draft: MakeDraft, settings: Settings, days: list[tuple[int, str]]
) -> None:
    shutil.rmtree(settings.home, ignore_errors=True)
    for number, word in days:
        publish(settings, RECOMMEND, make_draft(D1 + timedelta(days=number), word), provenance={})
    by_content: dict[tuple[str, str], set[int]] = {}
    found = readers.versions(settings, RECOMMEND)
    for each in found:
        for name, table in read_manifest(each).tables.items():
            inode = (each.folder / f"{name}.parquet").stat().st_ino
            by_content.setdefault((name, table.content_hash), set()).add(inode)
    assert all(len(inodes) == 1 for inodes in by_content.values())
    assert len(set().union(*by_content.values())) == len(by_content) >= len(RECOMMEND.outputs)
    assert len(list(store_dir(settings, RECOMMEND).iterdir())) == len(by_content)
    assert not [each for each in found if faults(each)]


def test_a_stored_table_goes_with_the_last_version_that_holds_it(settings: Settings, make_draft: MakeDraft) -> None:
    few = settings.model_copy(update={"kept_published_days": 2})
    for day, word in ((D1, "old"), (D2, "same"), (D3, "same")):
        publish(few, RECOMMEND, make_draft(day, word), provenance={})
    policies = [path for path in store_dir(few, RECOMMEND).iterdir() if path.name.startswith(POLICY.name)]
    assert sorted(path.stat().st_nlink for path in policies) == [2, 3]
    before = size(few.published_dir)
    told = prune_versions(few, RECOMMEND, dry_run=True, now=LATER)
    freed = prune_versions(few, RECOMMEND, now=LATER)
    left = [path for path in store_dir(few, RECOMMEND).iterdir() if path.name.startswith(POLICY.name)]
    assert [path.stat().st_nlink for path in left] == [3]
    assert told.bytes == freed.bytes > 0
    journal_and_links = 1_000  # a line is added, a day's link goes
    assert abs(before - size(few.published_dir) - freed.bytes) < journal_and_links


def test_a_killed_publications_table_is_swept_by_the_next(settings: Settings, make_draft: MakeDraft) -> None:
    publish(settings, RECOMMEND, make_draft(D1), provenance={})
    store = store_dir(settings, RECOMMEND)
    for name in ("policy-0123456789abcdef.parquet", ".tmp-policy-0.parquet-1"):
        (store / name).write_bytes(b"of a version that never was")
    publish(settings, RECOMMEND, make_draft(D2), provenance={})
    assert all(path.stat().st_nlink > 1 for path in store.iterdir())


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOTSUP, errno.EXDEV, errno.EMLINK])
def test_without_hard_links_each_version_has_files_of_its_own(
    settings: Settings, make_draft: MakeDraft, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refused(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("ml.publish.shared_files.os.link", refused)
    published = [publish(settings, RECOMMEND, make_draft(day), provenance={}) for day in (D1, D2)]
    assert not list(store_dir(settings, RECOMMEND).iterdir())
    assert not [each for each in readers.versions(settings, RECOMMEND) if faults(each)]
    assert len(readers.read_table(settings, RECOMMEND, RECOMMENDATION.name, published[0].version_id)) == 3


def test_a_home_that_was_copied_without_its_links_goes_on(settings: Settings, make_draft: MakeDraft) -> None:
    publish(settings, RECOMMEND, make_draft(D1), provenance={})
    copied = Settings(home=settings.home.with_name("a copy"))
    shutil.copytree(settings.home, copied.home, symlinks=True)
    publish(copied, RECOMMEND, make_draft(D2).rename(copied.drafts_of("recommend") / "moved"), provenance={})
    assert not [each for each in readers.versions(copied, RECOMMEND) if faults(each)]
    assert all(path.stat().st_nlink == 2 for path in store_dir(copied, RECOMMEND).iterdir())


def test_mending_one_version_mends_all_that_share_the_damaged_file(settings: Settings, make_draft: MakeDraft) -> None:
    first, second = (_publish(settings, make_draft(day)) for day in (D1, D2))
    victim = first.folder / f"{POLICY.name}.parquet"
    assert victim.samefile(second.folder / victim.name)
    victim.chmod(0o600)
    victim.write_bytes(victim.read_bytes()[:-20])
    assert faults(first) and faults(second)
    publish(settings, RECOMMEND, make_draft(D1), provenance={})
    assert not faults(first) and not faults(second)
    assert victim.samefile(second.folder / victim.name) and not victim.stat().st_mode & 0o222


def test_a_damaged_stored_table_never_gets_into_a_new_version(settings: Settings, make_draft: MakeDraft) -> None:
    first = _publish(settings, make_draft(D1))
    victim = first.folder / f"{POLICY.name}.parquet"
    victim.chmod(0o600)
    victim.write_bytes(b"x" * victim.stat().st_size)
    second = _publish(settings, make_draft(D2))
    assert not faults(second) and faults(first)
    assert pl.read_parquet(second.folder / victim.name, glob=False)["policy_id"].to_list() == ["first"]


def test_another_librarys_bytes_stay_with_the_versions_that_are_sealed_with_them(
    settings: Settings, make_draft: MakeDraft
) -> None:
    first = _publish(settings, make_draft(D1))
    other = first.folder / f"{POLICY.name}.parquet"
    frame = pl.read_parquet(other, glob=False)
    other.chmod(0o600)
    frame.write_parquet(other)  # in place: the stored table, too
    _seal_again(first)
    second = _publish(settings, make_draft(D2))
    assert not faults(first) and not faults(second)
    assert not other.samefile(second.folder / other.name)


def _publish(settings: Settings, draft: Path) -> Version:
    return version(settings, RECOMMEND, publish(settings, RECOMMEND, draft, provenance={}).version_id)


def _seal_again(found: Version) -> None:
    files = {path.name: file_fingerprint(path) for path in found.folder.glob("*.parquet")}
    path = found.folder / "manifest.json"
    path.chmod(0o600)
    path.write_text(read_manifest(found).sealed(files).model_dump_json(indent=2), encoding="utf-8")
