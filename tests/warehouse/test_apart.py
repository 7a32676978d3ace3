"""A snapshot by another dbt project is built on a copy: the warehouse and its slices stay as they are."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from ml.fingerprint import file_fingerprint
from ml.recommend.capability import RECOMMEND
from ml.warehouse import apart, pending
from ml.warehouse.apart import build_apart, is_of_this_code, snapshots_apart
from tests.warehouse.tiny_shop import AS_OF, TinyShop

DAY = AS_OF[2]


@pytest.fixture
def home(built_shop: TinyShop, tmp_path: Path) -> TinyShop:
    return TinyShop(shutil.copytree(built_shop.settings.home, tmp_path / "var"))


def test_by_the_same_project_the_slice_that_is_there_is_taken(home: TinyShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "build", lambda *_, **__: pytest.fail("built for nothing"))
    found = build_apart(home.settings, DAY, RECOMMEND)
    assert found.folder.parent == home.settings.slices_dir and is_of_this_code(home.settings, found.record)
    assert not list((home.settings.home / "shadow").iterdir())


def test_by_another_project_it_is_built_once_beside_the_warehouse(
    home: TinyShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = home.settings
    known = build_apart(settings, DAY, RECOMMEND)
    before = file_fingerprint(settings.warehouse_path), sorted(path.name for path in settings.slices_dir.iterdir())
    monkeypatch.setattr(pending, "project_hash", lambda: "another project")
    assert not is_of_this_code(settings, known.record)
    made = build_apart(settings, DAY, RECOMMEND)
    assert made.folder.parent == settings.home / "shadow" / "slices" and made.is_intact(RECOMMEND.reads)
    assert made.content_of(RECOMMEND.reads) == known.content_of(RECOMMEND.reads), "its SQL is the same"
    after = file_fingerprint(settings.warehouse_path), sorted(path.name for path in settings.slices_dir.iterdir())
    assert after == before
    assert [path.name for path in (settings.home / "shadow").iterdir()] == ["slices"], "the copy is gone"
    monkeypatch.setattr(apart, "build", lambda *_, **__: pytest.fail("built again"))
    assert build_apart(settings, DAY, RECOMMEND) == made

    (settings.home / "shadow" / ".tmp-killed").mkdir()
    assert list(snapshots_apart(settings)) == []
    day = time.time() + 2 * 86_400
    assert [path.name for path in snapshots_apart(settings, day)] == [".tmp-killed"]
    ago = time.time() - 31 * 86_400
    os.utime(made.folder, (ago, ago))
    assert list(snapshots_apart(settings)) == [made.folder]
