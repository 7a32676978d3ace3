"""Which tables of a slice code opens, and which of them change what it computes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from ml.capability import Capability
from ml.day import compute_day
from ml.publish.content import table_hash
from ml.publish.draft import read_draft
from ml.settings import Settings
from ml.warehouse.slices import Slice


@contextmanager
def opened() -> Iterator[set[str]]:
    """The names of the tables that are opened inside, of any slice."""
    names: set[str] = set()
    table, scan = Slice.table, Slice.scan

    def noted_table(slice_: Slice, name: str) -> pl.DataFrame:
        names.add(name)
        return table(slice_, name)

    def noted_scan(slice_: Slice, name: str) -> pl.LazyFrame:
        names.add(name)
        return scan(slice_, name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Slice, "table", noted_table)
        patch.setattr(Slice, "scan", noted_scan)
        yield names


def hashes(capability: Capability, draft: Path) -> dict[str, str]:
    """The content hashes of a draft's tables."""
    tables = read_draft(capability, draft).tables
    return {table.name: table_hash(table, tables[table.name]) for table in capability.outputs}


def influences(
    settings: Settings, capability: Capability, day: Slice, before: Mapping[str, str]
) -> dict[str, set[str]]:
    """Per published table the slice's tables without whose rows it comes out otherwise than ``before``."""
    found: dict[str, set[str]] = {table.name: set() for table in capability.outputs}
    for name in capability.reads:
        after = hashes(capability, compute_day(settings, capability, _emptied(day, name)))
        for published, tables in found.items():
            if after[published] != before[published]:
                tables.add(name)
    return found


def _emptied(day: Slice, name: str) -> Path:
    folder = day.folder.with_name(f"{day.folder.name}-without-{name}")
    shutil.copytree(day.folder, folder, dirs_exist_ok=True)
    day.table(name).clear().write_parquet(folder / f"{name}.parquet")
    return folder
