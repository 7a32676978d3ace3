"""The index of a bundle of recommenders, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ml.errors import InvalidBundle
from ml.recommend.bundle import INDEX, Bundle, Placement, read_bundle, write_bundle

USED = Placement(recipe="popularity", folder="popularity")
WRITTEN = Bundle(trained_as_of=date(2017, 12, 2), placements={"for_you": USED}, liked_from=4.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bundle whose one model is a number."""
    (tmp_path / "popularity").mkdir()
    (tmp_path / "popularity" / "model.json").write_text('{"weight": 1}')
    write_bundle(tmp_path, WRITTEN)
    return tmp_path


def test_what_was_written_is_read(folder: Path) -> None:
    assert read_bundle(folder) == WRITTEN


def test_a_pickle_beside_the_recommenders_is_refused(folder: Path) -> None:
    (folder / "popularity" / "model.pkl").write_bytes(b"cos\nsystem\n")
    with pytest.raises(InvalidBundle, match=r"nothing that runs code; found model.pkl"):
        read_bundle(folder)


def test_a_placement_without_its_folder_is_refused(folder: Path) -> None:
    gone = {"discover": Placement(recipe="gone", folder="gone")}
    with pytest.raises(InvalidBundle, match="a folder per placement; found none for discover"):
        write_bundle(folder, WRITTEN.model_copy(update={"placements": gone}))


@pytest.mark.parametrize("damage", ["{", '{"trained_as_of": "2017-12-02"}', None])
def test_an_index_that_is_missing_or_damaged_is_refused(folder: Path, damage: str | None) -> None:
    (folder / INDEX).unlink()
    if damage is not None:
        (folder / INDEX).write_text(damage)
    with pytest.raises(InvalidBundle, match=f"a readable {INDEX}"):
        read_bundle(folder)
