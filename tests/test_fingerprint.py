"""The code revision follows the sources that decide content, and nothing else."""

from __future__ import annotations

from pathlib import Path

from ml.fingerprint import code_revision, folder_fingerprint, git_commit


def _sources(root: Path, **changes: str) -> Path:
    texts = {"ml/a.py": "a", "expectations/gates.py": "b", "dbt_project/models/m.sql": "c", "README.md": "d"}
    for name, text in (texts | {name.replace("__", "/"): text for name, text in changes.items()}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_the_revision_changes_with_a_source_and_not_with_a_document(tmp_path: Path) -> None:
    base = code_revision(_sources(tmp_path / "base"))
    assert len(base) == 12 and base == code_revision(_sources(tmp_path / "copy"))
    assert base == code_revision(_sources(tmp_path / "documented", **{"README.md": "other", "ml__a.pyc": "x"}))
    changes = [{"ml__a.py": "A"}, {"dbt_project__models__m.sql": "C"}, {"dbt_project__seeds__s.csv": "1"}]
    revisions = {code_revision(_sources(tmp_path / str(n), **change)) for n, change in enumerate(changes)}
    assert len(revisions) == len(changes) and base not in revisions


def test_the_revision_of_this_checkout_covers_this_package() -> None:
    assert code_revision() != code_revision(Path("/nonexistent"))


def test_a_folder_without_a_repository_has_no_commit(tmp_path: Path) -> None:
    assert git_commit(tmp_path) is None


def test_a_moved_or_changed_file_changes_a_folders_fingerprint(tmp_path: Path) -> None:
    for name, file, text in (("one", "f", "x"), ("two", "f", "x"), ("moved", "g", "x"), ("changed", "f", "y")):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text(text)
    prints = {name: folder_fingerprint(tmp_path / name) for name in ("one", "two", "moved", "changed")}
    assert prints["one"] == prints["two"] and len(set(prints.values())) == 3
