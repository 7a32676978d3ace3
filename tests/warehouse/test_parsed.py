"""The parsed project that is kept beside the warehouse: read by the next process, never in the way."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ml.warehouse import dbt, lineage, parsed
from ml.warehouse.parsed import keep_parsed, parsed_path, read_parsed
from ml.warehouse.slices import Slice
from tests.warehouse.tiny_shop import TinyShop


class Manifest:
    """What a test keeps."""

    def to_msgpack(self, _: Any) -> bytes:
        return b"bytes"


@pytest.fixture
def kept(built_shop: TinyShop, built: dict[date, Slice]) -> Path:
    path = parsed_path(dbt.workplace(built_shop.settings), "day")
    dbt.parse_for(built_shop.settings, "day")
    return path


def test_the_next_process_reads_what_was_parsed(
    kept: Path, built_shop: TinyShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.unlink(missing_ok=True)
    monkeypatch.setattr(dbt, "_parsed", {})  # what other tests ran leaves traces in the one of this process
    manifest = dbt._manifest(built_shop.settings, {"batch_size": "day"})
    monkeypatch.setattr(dbt, "_parsed", {})
    monkeypatch.delattr(dbt, "_parse")

    again = dbt._manifest(built_shop.settings, {"batch_size": "day"})

    assert again is not manifest
    assert again.nodes.keys() == manifest.nodes.keys() and len(again.nodes) > 50
    assert again.child_map == manifest.child_map and again.flat_graph.keys() == manifest.flat_graph.keys()


@pytest.mark.parametrize("content", [b"", b"\x81\xa5nodes\x01", b"no msgpack"])
def test_a_damaged_file_means_parsing_again(
    built_shop: TinyShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(dbt, "_parsed", {})
    monkeypatch.setattr(dbt, "workplace", lambda _: tmp_path)
    monkeypatch.setattr(dbt, "_parse", lambda _, fixed, path: (fixed, path))
    path = parsed_path(tmp_path, "month")
    path.write_bytes(content)

    assert dbt._manifest(built_shop.settings, {"batch_size": "month"}) == ({"batch_size": "month"}, path)


def test_any_change_of_the_sources_or_of_dbt_is_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = parsed_path(tmp_path, "day")
    assert parsed_path(tmp_path, "day") == now != parsed_path(tmp_path, "year")

    with monkeypatch.context() as changed:
        changed.setattr(parsed, "version", lambda name: f"{name} of tomorrow")
        assert parsed_path(tmp_path, "day") != now
    for part in ("models", "macros"):
        with monkeypatch.context() as changed:
            project = shutil.copytree(lineage.PROJECT, tmp_path / part / "dbt_project")
            changed.setattr(parsed, "PROJECT", project)
            before = parsed_path(tmp_path, "day")
            edited = next((project / part).rglob("*.md" if part == "models" else "*.sql"))
            edited.write_text(f"{edited.read_text()} changed")
            assert parsed_path(tmp_path, "day") != before


def test_what_other_sources_made_goes(tmp_path: Path) -> None:
    year = tmp_path / "parsed-now-year.msgpack"
    (tmp_path / "parsed-old-day.msgpack").touch()

    keep_parsed(year, Manifest())
    keep_parsed(tmp_path / "parsed-now-day.msgpack", Manifest())

    assert {path.name for path in tmp_path.iterdir()} == {year.name, "parsed-now-day.msgpack"}
    assert year.read_bytes() == b"bytes"
    assert read_parsed(tmp_path / "parsed-now-month.msgpack") is None
