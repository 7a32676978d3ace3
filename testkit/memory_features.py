"""Feature tables of a small shop that has no warehouse: the dbt project's own SQL, run on its history in memory.

dbt compiles the feature models once per process, as of one day; a shop is shifted in time so that this is its day. What
these tables cannot know, because a history does not tell it, is empty: refunds, views, promotions.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

import duckdb
import polars as pl

from ml.recommend.core.interactions import Interactions, Items
from ml.settings import Settings
from ml.warehouse import dbt
from ml.warehouse.build import variables
from ml.warehouse.feature_columns import ranker_columns
from ml.warehouse.slices import FEATURE_KEYS

DAY = date(2020, 1, 1)
"""The day that the SQL is compiled for."""
MODELS = (
    *("int_items_numbered_by_group", "feat_user_item", "int_purchases_aggregated_to_affinities"),
    *("int_purchases_ranked_to_top_affinities", "feat_item", "feat_user", "feat_user_group"),
)
"""In the order in which they build on each other."""
_TEXTS = ("item_name", "item_brand", "item_category", "item_category2", "item_category3")
_SCHEMAS = {model: "intermediate" if model.startswith("int_") else "marts" for model in MODELS}


@lru_cache(maxsize=1)
def compiled() -> dict[str, str]:
    """By model the SQL that dbt runs as of ``DAY``; compiled once per state of the project, for every process."""
    kept = _own_folder() / f"{dbt.project_hash()}.json"
    if not kept.exists():
        with tempfile.NamedTemporaryFile("w", dir=kept.parent, delete=False) as draft:
            json.dump(_compile(), draft)
        Path(draft.name).replace(kept)
    texts: dict[str, str] = json.loads(kept.read_text())
    return texts


def _own_folder() -> Path:
    """A folder for temporary files that nobody else may write into."""
    folder = Path(tempfile.gettempdir()) / f"shelduck-compiled-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        return Path(tempfile.mkdtemp())
    return folder


def _compile() -> dict[str, str]:
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        settings.warehouse_path.parent.mkdir(parents=True)
        dbt.run(settings, "compile", variables(settings, [DAY], None), "--select", *MODELS, "--no-write-json")
        texts = {path.stem: path.read_text() for path in (dbt.workplace(settings) / "compiled").rglob("*.sql")}
    return {model: texts[model] for model in MODELS}


@dataclass(frozen=True)
class MemorySnapshots:
    """Snapshots of any day of a history, each made when it is asked for."""

    def of(self, history: Interactions, items: Items, as_of: date) -> MemorySnapshot:
        """The history up to a day, and the items of ``items`` that were sold by then or listed before."""
        return _snapshot(history, items, as_of)


@dataclass(frozen=True, eq=False)
class MemorySnapshot:
    """See ``ml.recommend.core.snapshots.Snapshot``."""

    as_of: date
    history: Interactions
    items: Items

    @property
    def ranker_columns(self) -> Mapping[str, Sequence[str]]:
        """As the dbt project declares them."""
        return {table.removeprefix("feat_"): columns for table, columns in ranker_columns().items()}

    def features(self, entity: str, columns: Sequence[str], users: Sequence[str] | None = None) -> pl.DataFrame:
        """The key and ``columns`` of a feature table, sorted by the key."""
        name = f"feat_{entity}"
        table, key = self.tables[name], FEATURE_KEYS[name]
        if users is not None:
            table = table.filter(pl.col("user_id").is_in(pl.Series(users, dtype=pl.String).implode()))
        return table.select(*key, *(pl.col(column).cast(pl.Float32) for column in columns))

    @cached_property
    def tables(self) -> dict[str, pl.DataFrame]:
        """The feature tables with all their columns, each sorted by its key."""
        return feature_tables(self.history.frame, self.items.frame, self.as_of)


@lru_cache(maxsize=8)
def _snapshot(history: Interactions, items: Items, as_of: date) -> MemorySnapshot:
    known = history.until(as_of)
    sold = pl.col("item_id").is_in(known.frame["item_id"].unique().implode())
    if as_of < (history.last_day or as_of):
        listed = [pl.col("created_date") <= as_of] if "created_date" in items.frame.columns else []
        items = Items(items.frame.filter(pl.any_horizontal(sold, *listed)))
    return MemorySnapshot(as_of, replace(known, snapshots=MemorySnapshots()), items)


def feature_tables(history: pl.DataFrame, items: pl.DataFrame, as_of: date) -> dict[str, pl.DataFrame]:
    """The feature tables of a history (columns as in ``Interactions``) and a catalogue as of a day."""
    return dict(_made(_Shop(_digest(history), _digest(items), as_of, history, items)))


@dataclass(frozen=True)
class _Shop:
    """What feature tables are made from; equal where the content is, as tests make the same shop again and again."""

    history_digest: bytes
    items_digest: bytes
    as_of: date
    history: pl.DataFrame = field(compare=False)
    items: pl.DataFrame = field(compare=False)


def _digest(frame: pl.DataFrame) -> bytes:
    return hashlib.sha256(frame.write_ipc(None).getbuffer()).digest()


@lru_cache(maxsize=32)
def _made(shop: _Shop) -> dict[str, pl.DataFrame]:
    with duckdb.connect(":memory:", config={"threads": 1}) as database:
        database.execute("attach ':memory:' as shelduck; use shelduck; create schema marts; create schema intermediate")
        for name, frame in _inputs(shop.history, shop.items, shop.as_of):
            database.register("given", frame.to_arrow())
            database.execute(f"create table {name} as select * from given")
            database.unregister("given")
        for model, sql in compiled().items():
            database.execute(f"create table {_SCHEMAS[model]}.{model} as {sql}")
        return {name: database.sql(f"from marts.{name}").pl().sort(key) for name, key in FEATURE_KEYS.items()}


def _inputs(history: pl.DataFrame, items: pl.DataFrame, as_of: date) -> Iterator[tuple[str, pl.DataFrame]]:
    """The relations that ``MODELS`` build on, by name."""
    day, none = pl.lit(DAY).alias("as_of_date"), pl.lit(0, pl.Int64)
    money = (pl.col("quantity").cast(pl.Decimal(18, 4)), pl.col("revenue").cast(pl.Decimal(18, 4)))
    moved = history.with_columns(pl.col("event_date") + (DAY - as_of), *money, day)
    nothing = (none.alias(name) for name in ("refunds", "views", "carts", "ratings"))
    free = pl.lit(0).cast(pl.Decimal(18, 4))
    events = moved.with_columns(
        pl.col("event_date").alias("arrival_date"), *nothing, free.alias("discount"), free.alias("rating_sum")
    )
    visits = events.group_by("as_of_date", "arrival_date", "event_date", "user_id", maintain_order=True).agg(
        pl.col("purchases", "quantity", "revenue", "discount", "refunds", "views", "carts").sum(),
        pl.lit("visit").first().alias("session_id"),
        free.first().alias("refunded"),
    )
    listed = pl.concat([items, history.select("item_id").unique()], how="diagonal").unique("item_id", keep="first")
    missing = [pl.lit(None, pl.String).alias(name) for name in _TEXTS if name not in listed.columns]
    refund = ("as_of_date", "arrival_date", "event_date", "user_id", "item_id", "session_id")
    yield "marts.history", moved
    yield "marts.dim_item", listed.with_columns(*missing, day, pl.lit(True).alias("is_recommendable"))
    yield "marts.dim_user", history.select("user_id").unique().with_columns(day)
    yield "intermediate.int_interactions_aggregated_to_user_item_days", events
    yield "intermediate.int_interactions_aggregated_to_user_sessions", visits
    returned = events.join(visits.select("user_id", "session_id").unique(), on="user_id").clear()
    yield (
        "intermediate.int_refunds_matched_to_purchases",
        returned.select(*refund, "purchases", "quantity", "revenue", "discount"),
    )
    yield (
        "intermediate.int_promotions_aggregated_to_coming_weeks",
        listed.select(day, "item_id")
        .clear()
        .with_columns(none.alias(name) for name in ("stores", "stores_with_display", "stores_with_mailer")),
    )
