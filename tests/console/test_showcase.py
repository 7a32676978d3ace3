"""A printed shelf: two products of the same words can be told from each other."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from types import SimpleNamespace

import polars as pl
import pytest

from ml.console import showcase
from ml.settings import Settings
from ml.terminal import PlainConsole

DAY = date(2025, 3, 1)
ROWS = pl.DataFrame(
    {
        "placement": ["for_you", "for_you", "discover"],
        "rank": [1, 2, 1],
        "item_id": ["a", "b", "c"],
        "item_name": ["JUICE, 64 OZ", "JUICE, 64 OZ", "TEA"],
        "reason_text": "New to you",
        "as_of_date": DAY,
    }
)


def printed(settings: Settings) -> list[str]:
    console = PlainConsole(file=StringIO(), width=200)
    showcase.show_shelf(settings, console, "u1", None)
    return console.file.getvalue().splitlines()[2:]  # type: ignore[attr-defined]


@pytest.fixture
def slice_of_the_day(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = settings.slices_dir / f"{DAY}-by-hand"
    folder.mkdir(parents=True)
    catalogue = pl.DataFrame({"item_id": ["a", "b", "c"], "item_brand": ["Miller", "Smith", "Smith"]})
    catalogue.write_parquet(folder / "dim_item.parquet")
    (folder / "slice.json").write_text(json.dumps({"as_of_date": str(DAY), "inputs_hash": "x"}))
    made_of = SimpleNamespace(slice=settings.relative(folder))
    monkeypatch.setattr(showcase, "shelf", lambda *_, **__: ROWS)
    monkeypatch.setattr(showcase, "shelves", lambda *_, **__: ROWS)
    monkeypatch.setattr(showcase, "published_version", lambda *_: SimpleNamespace(id="v"))
    monkeypatch.setattr(showcase, "version_of_day", lambda *_: SimpleNamespace(id="v"))
    monkeypatch.setattr(showcase, "manifest", lambda *_: made_of)
    return folder.name


@pytest.mark.usefixtures("slice_of_the_day")
def test_two_of_the_same_words_have_what_tells_them_apart_beside_their_name(settings: Settings) -> None:
    first, second, other = printed(settings)
    assert "JUICE, 64 OZ (Miller)" in first and "JUICE, 64 OZ (Smith)" in second
    assert "TEA  " in other


def test_it_is_their_ids_when_the_slice_was_removed(settings: Settings, slice_of_the_day: str) -> None:
    (settings.slices_dir / slice_of_the_day / "slice.json").unlink()
    first, second, _ = printed(settings)
    assert "JUICE, 64 OZ (item a)" in first and "JUICE, 64 OZ (item b)" in second
