"""A folder's fingerprint follows names and bytes; a commit is told where there is one."""

from __future__ import annotations

from pathlib import Path

from ml.fingerprint import folder_fingerprint, git_commit


def test_a_folder_without_a_repository_has_no_commit(tmp_path: Path) -> None:
    assert git_commit(tmp_path) is None


def test_a_moved_or_changed_file_changes_a_folders_fingerprint(tmp_path: Path) -> None:
    for name, file, text in (("one", "f", "x"), ("two", "f", "x"), ("moved", "g", "x"), ("changed", "f", "y")):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text(text)
    prints = {name: folder_fingerprint(tmp_path / name) for name in ("one", "two", "moved", "changed")}
    assert prints["one"] == prints["two"] and len(set(prints.values())) == 3
