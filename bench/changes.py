"""What does a day's diff cost? Two days of a synthetic shop, compared by ``shelduck diff`` in a process of its own.

History and catalogue are those of ``testkit/synthetic_shop.py``. The shelves are drawn: three placements of 20 items,
of which on the second day a share of the shoppers has others, and as many pairs with a probability as the demo has.

    python -m bench.changes [--shoppers 10000 50000] [--items 20000]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from ml.placements import SHOP, on
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.core.interactions import Interactions
from ml.recommend.outputs import PAGE_SLOT, POLICY, PURCHASE_PROBABILITY, RECOMMENDATION, SIMILAR_ITEM
from ml.recommend.screens.layout import Layout, LayoutRow
from ml.recommend.screens.page import page_slots
from ml.settings import Settings
from ml.tables import Col, Kind
from ml.tables import Table as Published
from testkit.published import one_row
from testkit.synthetic_shop import SyntheticShop

_K: Final = 20
_LIKELY: Final = 78
"""Pairs of a shopper that have a probability."""
_OTHERS: Final = 0.7
"""Share of the shoppers who get other items on the second day."""


def main() -> None:
    """Print a row per size."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--shoppers", type=int, nargs="+", default=[10_000, 50_000])
    arguments.add_argument("--items", type=int, default=20_000)
    chosen = arguments.parse_args()
    table = Table(title="shelduck diff of two days", title_justify="left", box=None)
    for heading in ("shoppers", "rows of recommendation", "CPU seconds", "peak memory in MB", "lines of Markdown"):
        table.add_column(heading, justify="right")
    for size in sorted(chosen.shoppers):
        with tempfile.TemporaryDirectory(prefix="shelduck-bench-") as scratch:
            settings, shop = Settings(home=Path(scratch) / "var"), SyntheticShop(size, chosen.items)
            rows = sum(_published(settings, shop, day) for day in _days(shop))
            table.add_row(f"{size:,}", f"{rows:,}", *_measured(settings, *_days(shop)))
    Console(width=140).print(table)


def _days(shop: SyntheticShop) -> tuple[date, date]:
    return shop.last_day - timedelta(days=1), shop.last_day


def _measured(settings: Settings, base: date, new: date) -> Iterator[str]:
    """CPU seconds, memory and output of the command."""
    output = settings.home / "diff.md"
    command = [sys.executable, "-c", _COMMAND, "diff", str(base), str(new), "--format", "markdown"]
    process = os.posix_spawn(
        sys.executable,
        command,
        {**os.environ, **settings.environment()},
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, str(output), os.O_WRONLY | os.O_CREAT, 0o600)],
    )
    _, status, used = os.wait4(process, 0)
    if os.waitstatus_to_exitcode(status) != _DIFFERS:
        raise SystemExit(f"shelduck diff ended with {os.waitstatus_to_exitcode(status)}")
    yield f"{used.ru_utime + used.ru_stime:.1f}"
    yield f"{used.ru_maxrss / 1024:,.0f}"
    yield f"{len(output.read_text().splitlines()):,}"


_COMMAND: Final = "from ml.cli import main; main()"
_DIFFERS: Final = 3


def _published(settings: Settings, shop: SyntheticShop, day: date) -> int:
    """Publish drawn tables of a day; returns the rows of ``recommendation``."""
    snapshot = settings.slices_dir / "bench"
    if not snapshot.exists():
        _write_snapshot(shop, snapshot)
    tables = _tables(shop, day)
    record = DraftRecord(
        capability=RECOMMEND.name,
        as_of_date=day,
        slice=settings.relative(snapshot),
        inputs_hash=str(day),
        code_revision="bench",
        policy={"policy_id": str(day)},
    )
    draft = write_draft(settings.drafts_of(RECOMMEND.name) / str(day), RECOMMEND, record, tables)
    publish(settings, RECOMMEND, draft, provenance={})
    return len(tables[RECOMMENDATION.name])


def _write_snapshot(shop: SyntheticShop, folder: Path) -> None:
    """What a diff reads of a slice."""
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        shop.write(Path(scratch))
        bought = pl.read_parquet(Path(scratch) / "interactions" / "*" / "*.parquet")
        items = pl.read_parquet(Path(scratch) / "items" / "*" / "*.parquet")
    keys = (Col.user_id, Col.item_id, pl.col("event_ts").dt.date().alias(Col.event_date))
    bought.group_by(keys).agg(
        pl.len().alias(Col.purchases),
        pl.col("quantity").sum().cast(pl.Float64).alias(Col.quantity),
        pl.col("event_value").sum().cast(pl.Float64).alias(Col.revenue),
    ).write_parquet(folder / "history.parquet")
    Interactions.empty().ratings.write_parquet(folder / "rating.parquet")
    items.with_columns(pl.lit(value=True).alias(Col.is_recommendable)).write_parquet(folder / "dim_item.parquet")
    items.select(Col.item_id).write_parquet(folder / "feat_item.parquet")
    record = {"as_of_date": str(shop.last_day), "inputs_hash": "bench", "inputs": [], "liked_from": 0.0}
    (folder / "slice.json").write_text(json.dumps(record))


def _tables(shop: SyntheticShop, day: date) -> dict[str, pl.DataFrame]:
    is_second = day == shop.last_day
    shelves = RECOMMENDATION.checked(
        pl.concat(_shelf(shop, day, place, each.name, is_second) for place, each in enumerate(on(SHOP)))
    )
    layout = Layout("home", tuple(LayoutRow(each.name) for each in on(SHOP)))
    pairs = _pairs(shop, 0, _LIKELY, is_second).with_columns(
        (0.5 / pl.col(Col.rank)).alias(Col.probability), pl.lit(28).alias(Col.horizon_days)
    )
    numbers = np.repeat(np.arange(shop.items), _K)
    ranks = np.tile(np.arange(1, _K + 1), shop.items)
    similar = pl.DataFrame({
        Col.item_id: _ids("i", numbers),
        Col.related_item_id: _ids("i", (numbers + ranks) % shop.items),
        Col.rank: pl.Series(ranks, dtype=pl.Int32),
    })  # fmt: skip
    policy = pl.concat(one_row(POLICY, day, policy_id=str(day), placement=each.name) for each in on(SHOP))
    empty = {table.name: table.empty() for table in RECOMMEND.outputs}
    return empty | {
        RECOMMENDATION.name: shelves,
        PAGE_SLOT.name: page_slots(shelves, [layout]),
        SIMILAR_ITEM.name: _filled(SIMILAR_ITEM, similar, day),
        POLICY.name: policy,
        PURCHASE_PROBABILITY.name: _filled(PURCHASE_PROBABILITY, pairs, day),
    }


def _shelf(shop: SyntheticShop, day: date, place: int, name: str, is_second: bool) -> pl.DataFrame:
    drawn = _pairs(shop, place, _K, is_second)
    identity = pl.concat_str(pl.lit(f"{day} {name} "), Col.user_id, pl.lit(" "), Col.item_id)
    return _filled(
        RECOMMENDATION,
        drawn.with_columns(
            pl.lit(name).alias(Col.placement),
            (1.0 / pl.col(Col.rank)).alias(Col.score),
            pl.col(Col.rank).alias(Col.rank_before_rules),
            identity.alias(Col.recommendation_id),
            (pl.lit("Item ") + Col.item_id).alias(Col.item_name),
            (pl.lit("You bought it ") + pl.col(Col.rank).cast(pl.String) + pl.lit(" times")).alias(Col.reason_text),
        ),
        day,
    )


def _pairs(shop: SyntheticShop, seed: int, depth: int, is_second: bool) -> pl.DataFrame:
    """user_id, item_id, rank: lists of ``depth`` items; on the second day many shoppers have some others."""
    draw = np.random.default_rng(seed)
    first = draw.integers(0, shop.items, shop.shoppers)
    shift = np.where(draw.random(shop.shoppers) < _OTHERS, draw.integers(1, _K, shop.shoppers), 0) if is_second else 0
    items = (np.add(first, shift)[:, None] + 7 * np.arange(depth)[None, :]) % shop.items
    users = np.repeat(np.arange(shop.shoppers), depth)
    ranks = pl.Series(np.tile(np.arange(1, depth + 1), shop.shoppers), dtype=pl.Int32)
    return pl.DataFrame({Col.user_id: _ids("u", users), Col.item_id: _ids("i", items.ravel()), Col.rank: ranks})


def _ids(stem: str, numbers: NDArray[np.int64]) -> pl.Series:
    return stem + pl.Series(numbers).cast(pl.String)


def _filled(table: Published, frame: pl.DataFrame, day: date) -> pl.DataFrame:
    """``frame`` with a constant in each column that it lacks."""
    usual = {
        Kind.TEXT: pl.lit("word"),
        Kind.TEXTS: pl.lit([], dtype=pl.List(pl.String)),
        Kind.COUNT: pl.lit(1),
        Kind.RANK: pl.lit(1),
        Kind.NUMBER: pl.lit(1.0),
        Kind.DAY: pl.lit(day),
        Kind.FLAG: pl.lit(value=True),
    }
    missing = [usual[column.kind].alias(column.name) for column in table.columns if column.name not in frame.columns]
    return table.checked(frame.with_columns(missing))


if __name__ == "__main__":
    main()
