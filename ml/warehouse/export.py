"""Writes a day's slice: the marts of one as-of date, the purchase history, the ratings and the daily volume.

The history leaves out what the shopper returned, and what the shopper's last rating says was not liked.

Rows are in a total order and money is DOUBLE rounded from exact decimals, so the same inputs give the
same bytes; polars writes them, because DuckDB's own writer gives equal columns with nulls unequal bytes.
A folder is written under a temporary name and moved into place when it is complete.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Final

from ml.durable import sync, sync_tree, write_parquet
from ml.settings import Settings
from ml.warehouse.arrived import arrived
from ml.warehouse.connection import Connection
from ml.warehouse.pending import DECIDING, Inputs
from ml.warehouse.refused import REFUSED
from ml.warehouse.slices import DAILY_VOLUME, FORMAT, HISTORY, MARTS, RATING, RECORD, TABLES, Slice, file_hash

_KEYS: Final = (
    *("arrival_date", "user_id", "item_id", "event_date"),
    *("rule_id", "layout", "row", "purpose", "placement"),
)
_VOLUME_DAYS: Final = 56
_USER_ITEM_DAYS: Final = "intermediate.int_interactions_aggregated_to_user_item_days"
_REFUNDS: Final = "intermediate.int_refunds_matched_to_purchases"

_KNOWN: Final = """
    arrival_date <= $as_of and event_date <= $as_of
    and event_date > $as_of - $history_days and arrival_date > $as_of - $history_days
    and item_id in (select item_id from marts.dim_item where as_of_date = $as_of and is_recommendable)
"""
_LAST: Final = "order by last_rated_at desc, arrival_date desc"
_RATING_SQL: Final = f"""
    select user_id, item_id, event_date, cast(last_rating as double) as rating
    from {_USER_ITEM_DAYS}
    where ratings > 0 and {_KNOWN}
    qualify row_number() over (partition by user_id, item_id, event_date {_LAST}) = 1
"""
_HISTORY_SQL: Final = f"""
    with returned as (
        select
            arrival_date, event_date, user_id, item_id,
            sum(purchases) as purchases, sum(quantity) as quantity, sum(revenue) as revenue
        from {_REFUNDS}
        where as_of_date = $as_of
        group by all
    ),
    disliked as (
        select user_id, item_id from (
            select user_id, item_id, last_rating from {_USER_ITEM_DAYS}
            where ratings > 0 and {_KNOWN}
            qualify row_number() over (partition by user_id, item_id {_LAST}) = 1
        )
        where last_rating < $liked_from
    ),
    netted as (
        select
            arrival_date, event_date, user_id, item_id,
            days.purchases - coalesce(returned.purchases, 0) as purchases,
            days.quantity - coalesce(returned.quantity, 0) as quantity,
            days.revenue - coalesce(returned.revenue, 0) as revenue
        from {_USER_ITEM_DAYS} as days
        left join returned using (arrival_date, event_date, user_id, item_id)
        anti join disliked using (user_id, item_id)
        where {_KNOWN}
    )
    select
        user_id, item_id, event_date,
        cast(sum(purchases) as integer) as purchases,
        cast(sum(quantity) as double) as quantity,
        cast(sum(revenue) as double) as revenue
    from netted
    where purchases > 0 and quantity > 0
    group by user_id, item_id, event_date
"""
_VOLUME_SQL: Final = f"""
    with days as (
        select cast(day as date) as arrival_date
        from generate_series($as_of - {_VOLUME_DAYS - 1}, $as_of, interval 1 day) as series (day)
        where day >= (select min(arrival_date) from raw.landing_partition)
    ),
    volume as (
        select
            arrival_date, sum(events) as events, count(distinct user_id) as users,
            count(distinct item_id) as items, sum(revenue) as revenue
        from {_USER_ITEM_DAYS}
        where arrival_date <= $as_of and arrival_date > $as_of - {_VOLUME_DAYS}
        group by arrival_date
    ),
    refusals as (
        select arrival_date, refused from ({REFUSED})
        where table_name = 'interactions' and arrival_date <= $as_of and arrival_date > $as_of - {_VOLUME_DAYS}
    )
    select
        arrival_date,
        cast(coalesce(events, 0) as bigint) as events,
        cast(coalesce(users, 0) as bigint) as users,
        cast(coalesce(items, 0) as bigint) as items,
        cast(coalesce(revenue, 0) as double) as revenue,
        cast(coalesce(refused, 0) as bigint) as refused
    from days left join volume using (arrival_date) left join refusals using (arrival_date)
"""


def slice_folder(settings: Settings, inputs: Inputs) -> Path:
    """Where the slice of these inputs lies."""
    return settings.slices_dir / f"{inputs.as_of}-{inputs.hash[:12]}"


def existing_slice(settings: Settings, inputs: Inputs) -> Slice | None:
    """The slice of these inputs when it was exported before and its files are as they were."""
    found = Slice(slice_folder(settings, inputs), inputs.as_of, inputs.hash)
    try:
        intact = found.record["inputs_hash"] == inputs.hash and found.is_intact()
    except (OSError, ValueError, KeyError):
        return None
    if intact:
        os.utime(found.folder)
    return found if intact else None


def export_slice(settings: Settings, connection: Connection, inputs: Inputs) -> Slice:
    """Write the slice of ``inputs`` from the marts of its as-of date."""
    folder = slice_folder(settings, inputs)
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    rows = {name: _write(connection, _query(connection, settings, inputs, name), draft, name) for name in TABLES}
    record = {
        "format": FORMAT,
        "as_of_date": inputs.as_of.isoformat(),
        "inputs_hash": inputs.hash,
        "inputs": inputs.partitions,
        "recipe": inputs.recipe,
        "tables": rows,
        "files": {name: file_hash(draft / f"{name}.parquet") for name in TABLES},
        "timezone": settings.timezone,
        "history_days": settings.history_days,
        "liked_from": settings.liked_from,
        "landed": arrived(connection, inputs.as_of).record(DECIDING),
    }
    (draft / RECORD).write_text(json.dumps(record, indent=1, sort_keys=True))
    sync_tree(draft)
    shutil.rmtree(folder, ignore_errors=True)
    draft.replace(folder)
    sync(folder.parent)
    return Slice(folder, inputs.as_of, inputs.hash)


def _query(connection: Connection, settings: Settings, inputs: Inputs, name: str) -> str:
    as_of = f"date '{inputs.as_of.isoformat()}'"
    if name in MARTS:
        columns = connection.execute(f"describe marts.{name}").fetchall()
        exported = ", ".join(
            f"cast({column} as double) as {column}" if kind.startswith("DECIMAL") else column
            for column, kind, *_ in columns
        )
        return f"select {exported} from marts.{name} where as_of_date = {as_of}"
    query = {HISTORY: _HISTORY_SQL, RATING: _RATING_SQL, DAILY_VOLUME: _VOLUME_SQL}[name]
    values = {"$as_of": as_of, "$history_days": settings.history_days, "$liked_from": repr(settings.liked_from)}
    for parameter, value in values.items():
        query = query.replace(parameter, str(value))
    return query


def _write(connection: Connection, query: str, folder: Path, name: str) -> int:
    frame = connection.sql(query).pl()
    keys = [key for key in _KEYS if key in frame.columns]
    write_parquet(frame.sort(keys), folder / f"{name}.parquet")
    return len(frame)


def prune_slices(settings: Settings, kept: set[Path]) -> None:
    """Remove the slices used longest ago beyond ``settings.kept_slices``, never those in ``kept``.

    Drafts that a killed export left go too; the caller holds the warehouse's lock.
    """
    for leftover in settings.slices_dir.glob(".*"):
        shutil.rmtree(leftover, ignore_errors=True)
    for path in prunable_slices(settings, kept):
        shutil.rmtree(path)


def prunable_slices(settings: Settings, kept: set[Path]) -> list[Path]:
    """The slices used longest ago beyond ``settings.kept_slices``, never those in ``kept``."""
    folders = [path for path in settings.slices_dir.glob("[0-9]*") if path.is_dir()]
    others = sorted((path for path in folders if path not in kept), key=lambda path: path.stat().st_mtime, reverse=True)
    return others[max(settings.kept_slices - len(kept), 0) :]
