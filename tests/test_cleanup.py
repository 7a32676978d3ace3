"""Sizes: of what lies in a folder, and of what removing it would free."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ml.cleanup import freed, size


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """``a/x`` (100 bytes) is also ``b/x``; ``a/y`` (10 bytes) has one name and a symbolic link."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    (tmp_path / "a/x").write_bytes(b"x" * 100)
    (tmp_path / "a/y").write_bytes(b"y" * 10)
    os.link(tmp_path / "a/x", tmp_path / "b/x")
    (tmp_path / "b/y").symlink_to("../a/y")
    return tmp_path


def test_a_file_with_two_links_counts_once(folder: Path) -> None:
    link = (folder / "b/y").lstat().st_size
    assert size(folder) == 110 + link
    assert size(folder / "a") == 110 and size(folder / "b") == 100 + link
    assert size(folder / "a/x") == 100 and size(folder / "gone") == 0


def test_only_the_last_link_frees_a_files_bytes(folder: Path) -> None:
    assert freed([folder / "a"]) == 10
    assert freed([folder / "a", folder / "b"]) == size(folder)
    assert freed([folder / "a/x", folder / "b/x"]) == 100
    assert freed([folder / "gone"]) == 0
