"""What is generated from declarations stands in the checkout as it would be generated today."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.code.sources import ROOT
from ml.reference import files

GENERATED = files.generated()


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_generated_file_is_not_stale(path: Path) -> None:
    assert path.exists(), "run: make reference"
    assert path.read_text(encoding="utf-8") == GENERATED[path], "run: make reference"


def test_no_file_of_the_reference_is_written_by_hand() -> None:
    assert len(GENERATED) > 8
    assert files.orphans() == [], "run: make reference"


def test_one_call_writes_what_is_stale_and_removes_what_nothing_generates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "docs" / "reference"
    texts = {folder / "kept.md": "as it is", folder / "stale.md": "new", tmp_path / "models" / "new.yml": "made"}
    folder.mkdir(parents=True)
    for name, text in {"kept.md": "as it is", "stale.md": "old", "gone.md": "of a table that is gone"}.items():
        (folder / name).write_text(text)
    monkeypatch.setattr(files, "generated", lambda: texts)
    monkeypatch.setattr(files, "FOLDER", folder)
    monkeypatch.setattr(files, "ROOT", tmp_path)

    assert files.write() == ["docs/reference/stale.md", "models/new.yml", "docs/reference/gone.md"]
    assert {path: path.read_text() for path in texts} == texts
    assert not (folder / "gone.md").exists()
    assert files.write() == []
