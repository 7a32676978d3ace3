"""The code revision follows the sources that decide content, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ml.fingerprint import code_revision, folder_fingerprint, git_commit

SOURCES = (
    "ml/a.py",
    "ml/registry/b.py",
    "expectations/gates.py",
    "dbt_project/models/m.sql",
    "dbt_project/models/m.yml",
    "dbt_project/macros/m.sql",
    "dbt_project/seeds/s.csv",
    "dbt_project/tests/generic/t.sql",
)
OTHERS = (
    "README.md",
    "ml/a.pyc",
    "ml/notes.md",
    "tests/test_a.py",
    "testkit/a.py",
    "bench/a.py",
    "dbt_project/target/m.sql",
)
CHECKOUT = Path(__file__).parents[1]
PARTS = ("ml", "expectations", "dbt_project/models", "dbt_project/macros", "dbt_project/seeds", "dbt_project/tests")


@pytest.fixture
def revision_with(tmp_path: Path) -> Callable[..., str]:
    """``revision_with(name, text)``: of a tree in which one file holds ``text``; without that file where it is None."""

    def revision(name: str = "", text: str | None = "") -> str:
        root = tmp_path / str(len(list(tmp_path.iterdir())))
        for path in {*SOURCES, *OTHERS, *filter(None, [name])}:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(path)
        if name and text is None:
            (root / name).unlink()
        elif name:
            (root / name).write_text(str(text))
        return code_revision(root)

    return revision


def test_the_same_sources_have_the_same_revision(revision_with: Callable[..., str]) -> None:
    assert len(revision_with()) == 12 and revision_with() == revision_with()


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_that_is_changed_removed_or_added_changes_the_revision(
    source: str, revision_with: Callable[..., str]
) -> None:
    added = str(Path(source).with_stem("added"))
    revisions = [revision_with(), revision_with(source, "x"), revision_with(source, None), revision_with(added, "x")]
    assert len(set(revisions)) == 4


@pytest.mark.parametrize("other", OTHERS)
def test_a_file_that_decides_no_content_does_not_change_the_revision(
    other: str, revision_with: Callable[..., str]
) -> None:
    assert {revision_with(other, "x"), revision_with(other, None)} == {revision_with()}


def test_the_revision_of_this_checkout_is_that_of_each_of_its_parts(tmp_path: Path) -> None:
    root = tmp_path / "copy"
    for part in PARTS:
        shutil.copytree(CHECKOUT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    revisions = [code_revision(), code_revision(root)]
    assert revisions[0] == revisions[1]
    for part in PARTS:
        source = max(path for path in (root / part).rglob("*") if path.suffix in {".py", ".sql", ".yml", ".csv"})
        source.write_text(source.read_text() + "\n")
        root = root.rename(tmp_path / part.replace("/", "-"))  # a revision is remembered by its root
        revisions.append(code_revision(root))
    assert len(set(revisions[1:])) == 1 + len(PARTS)


def test_a_folder_without_a_repository_has_no_commit(tmp_path: Path) -> None:
    assert git_commit(tmp_path) is None


def test_a_moved_or_changed_file_changes_a_folders_fingerprint(tmp_path: Path) -> None:
    for name, file, text in (("one", "f", "x"), ("two", "f", "x"), ("moved", "g", "x"), ("changed", "f", "y")):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text(text)
    prints = {name: folder_fingerprint(tmp_path / name) for name in ("one", "two", "moved", "changed")}
    assert prints["one"] == prints["two"] and len(set(prints.values())) == 3
