"""Writes a day's slice: the rows of one as-of date of the dbt models that capabilities read.

Rows are in a total order, money is DOUBLE rounded from exact decimals, and what feature tables have of other numbers
with a fraction is FLOAT, so the same inputs give the same bytes. DuckDB's own writer is not used, because it gives
equal columns with nulls unequal bytes.
A folder is written under a temporary name and moved into place when it is complete.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from ml.capabilities import compared_days
from ml.cleanup import Cleanup
from ml.durable import sync, sync_tree
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.arrived import arrived
from ml.warehouse.connection import Connection
from ml.warehouse.earlier import is_compared, is_thin, thin
from ml.warehouse.encoding import write_slice_table
from ml.warehouse.feature_columns import ranker_columns
from ml.warehouse.lineage import deciding_tables, key_columns
from ml.warehouse.pending import Inputs
from ml.warehouse.slices import (
    DAILY_VOLUME,
    FEAT_USER_GROUP,
    FEAT_USER_ITEM,
    FEATURE_KEYS,
    FORMAT,
    HISTORY,
    RATING,
    RECORD,
    Slice,
    day_of,
    file_hash,
)
from ml.warehouse.training_snapshots import keep_mark, kept_for_training

_UNDATED: Final = (HISTORY, RATING, DAILY_VOLUME)
"""Tables whose files leave the as-of date out: their rows have a day of their own."""
_ALIKE: Final = (Col.purchase_days_365d, Col.days_since_last_purchase, Col.days_since_first_purchase)
_ORDERS: Final = {
    FEAT_USER_ITEM: (Col.user_id, *_ALIKE, Col.decayed_purchase_days_90d, Col.item_id),
    FEAT_USER_GROUP: (Col.user_id, *_ALIKE, Col.decayed_purchase_days_90d, Col.group_level, Col.group_id),
}
"""Of the largest tables: of each shopper's rows, those that were bought on the same days stand together. Most of
their columns are equal then, which takes a third fewer bytes than the order of their keys."""


def slice_folder(settings: Settings, inputs: Inputs) -> Path:
    """Where the slice of these inputs lies."""
    return settings.slices_dir / f"{inputs.as_of}-{inputs.hash[:12]}"


def existing_slice(settings: Settings, inputs: Inputs, tables: Collection[str]) -> Slice | None:
    """The slice of these inputs when it was exported before, holds ``tables``, and its files are as they were."""
    found = Slice(slice_folder(settings, inputs), inputs.as_of, inputs.hash)
    try:
        intact = found.record["inputs_hash"] == inputs.hash and found.is_intact(tables)
    except (OSError, ValueError, KeyError):
        return None
    if intact:
        os.utime(found.folder)
    return found if intact else None


def held_tables(settings: Settings, inputs: Inputs) -> frozenset[str]:
    """The tables of the slice of these inputs, intact or not; none where there is none."""
    try:
        return frozenset(Slice(slice_folder(settings, inputs), inputs.as_of, inputs.hash).record["files"])
    except (OSError, ValueError, KeyError):
        return frozenset()


def export_slice(settings: Settings, connection: Connection, inputs: Inputs, tables: Iterable[str]) -> Slice:
    """Write the slice of ``inputs`` with ``tables``, from the marts of its as-of date."""
    folder = slice_folder(settings, inputs)
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    rows = _write(connection, {name: _query(connection, inputs.as_of, name) for name in tables}, draft)
    record = {
        "format": FORMAT,
        "as_of_date": inputs.as_of.isoformat(),
        "inputs_hash": inputs.hash,
        "inputs": inputs.partitions,
        "recipe": inputs.recipe,
        "tables": rows,
        "files": {name: file_hash(draft / f"{name}.parquet") for name in rows},
        "timezone": settings.timezone,
        "history_days": settings.history_days,
        "liked_from": settings.liked_from,
        "ranker_columns": ranker_columns(),
        "landed": arrived(connection, inputs.as_of).record(deciding_tables()),
    }
    (draft / RECORD).write_text(json.dumps(record, indent=1, sort_keys=True))
    keep_mark(folder, draft)
    sync_tree(draft)
    shutil.rmtree(folder, ignore_errors=True)
    draft.replace(folder)
    sync(folder.parent)
    return Slice(folder, inputs.as_of, inputs.hash)


def _query(connection: Connection, as_of: date, name: str) -> str:
    columns = connection.execute(f"describe marts.{name}").fetchall()
    exported = ", ".join(
        _exported(column, kind, is_feature=name in FEATURE_KEYS)
        for column, kind, *_ in columns
        if column != "as_of_date" or name not in _UNDATED
    )
    order = ", ".join(_ORDERS.get(name, key_columns(name)))
    return f"select {exported} from marts.{name} where as_of_date = date '{as_of.isoformat()}' order by {order}"


def _exported(column: str, kind: str, *, is_feature: bool) -> str:
    """Money as DOUBLE; ratios, decayed sums and the like as FLOAT, which is what models read."""
    if kind.startswith("DECIMAL"):
        return f"cast({column} as double) as {column}"
    return f"cast({column} as float) as {column}" if is_feature and kind == "DOUBLE" else column


def _write(connection: Connection, queries: Mapping[str, str], folder: Path) -> dict[str, int]:
    """The number of rows of each table; of a table, a few row groups are in memory."""
    return {
        name: write_slice_table(connection.sql(query).to_arrow_reader(), folder / f"{name}.parquet")
        for name, query in queries.items()
    }


def prune_slices(settings: Settings, kept: set[Path]) -> None:
    """Thin and remove the slices used longest ago; see ``prunable_slices`` and ``thin_slices``.

    Drafts that a killed export left go too; the caller holds the warehouse's lock.
    """
    for leftover in settings.slices_dir.glob(".*"):
        shutil.rmtree(leftover, ignore_errors=True)
    for path in prunable_slices(settings, kept):
        shutil.rmtree(path)
    thin_slices(settings, kept)


def prunable_slices(settings: Settings, kept: set[Path]) -> list[Path]:
    """The slices that no day needs any more, those used longest ago.

    Never those in ``kept``, of training days, or that a kept day or the newest one is compared with. Others stay thin
    while they are among those used last: beside each of ``settings.kept_slices`` days those that it is compared with,
    so that backfills that run at once take nothing from each other.
    """
    old = _old_slices(settings, kept)
    days = [day_of(path) for path in (*sorted(_folders(settings))[-1:], *kept)]
    lasting = [path for path in old if (path / RECORD).exists()][: settings.kept_slices * len(compared_days())]
    return [path for path in old if path not in lasting and not is_compared(path, days)]


def thin_slices(settings: Settings, kept: set[Path], *, dry_run: bool = False) -> Cleanup:
    """Of the slices used longest ago beyond ``settings.kept_slices`` that stay, leave the compared tables."""
    old = _old_slices(settings, kept)
    removed = prunable_slices(settings, kept)
    return thin([path for path in old if path not in removed], dry_run=dry_run)


def _old_slices(settings: Settings, kept: set[Path]) -> list[Path]:
    """Last used first: those beyond ``settings.kept_slices`` whole ones, not in ``kept`` or of training days."""
    folders = _folders(settings)
    count, spared = len(kept), kept | kept_for_training(folders)
    others = sorted((path for path in folders if path not in spared), key=_used, reverse=True)
    whole = [path for path in others if not is_thin(path)][: max(settings.kept_slices - count, 0)]
    return [path for path in others if path not in whole]


def _folders(settings: Settings) -> list[Path]:
    return [path for path in settings.slices_dir.glob("[0-9]*") if path.is_dir()]


def _used(folder: Path) -> float:
    return folder.stat().st_mtime
