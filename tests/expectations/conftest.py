"""A small shop in memory: 40 shoppers, 60 items, 84 days of purchases, its features, its draft."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from expectations.day import Day
from ml.placements import SHOP, on
from ml.publish.draft import DraftRecord, write_draft
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import DEFAULT_SHELF, PURCHASE_PROBABILITY, RECOMMENDATION
from ml.recommend.policy import rule_based_policy
from ml.recommend.popular import popular_items
from ml.recommend.screens.layout import Layout, LayoutRow
from ml.recommend.screens.page import page_slots
from ml.recommend.similar_items.similar import similar_items
from ml.recommend.text_vectors.published import item_vectors
from ml.recommend.text_vectors.texts import texts_of
from ml.recommend.text_vectors.vectors import TextVectors
from ml.settings import Settings
from testkit.slice_tables import layouts, rules

AS_OF = date(2024, 3, 20)
K = 5
SHOPPERS = [f"shopper-{number:03d}" for number in range(40)]
ITEMS = [f"article-{number:03d}" for number in range(60)]
SLICE = f"slices/{AS_OF}-abc"

Tables = dict[str, pl.DataFrame]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "50% {x} [1]* of 'é'", k=K)


@pytest.fixture
def tables() -> Tables:
    return dict(_tables())


@pytest.fixture
def day(tables: Tables) -> Day:
    """A healthy day; ``tables`` may be changed before it is read."""
    short = dict.fromkeys(("for_you", "discover", "buy_again"), 0)
    pairs = len(tables["purchase_probability"])
    return Day(AS_OF, K, 365, lambda name: tables[name], short, pairs, liked_from=3.0)


@pytest.fixture
def stored(settings: Settings, tables: Tables) -> Callable[[], tuple[Path, Path]]:
    """Writes ``tables`` as a slice and a draft; returns their folders."""

    def write() -> tuple[Path, Path]:
        folder = settings.home / SLICE
        folder.mkdir(parents=True)
        for name, frame in tables.items():
            frame.write_parquet(folder / f"{name}.parquet")
        record = {"as_of_date": AS_OF.isoformat(), "inputs_hash": "abc", "inputs": []}
        (folder / "slice.json").write_text(json.dumps(record))
        counts: dict[str, Any] = {
            "short_lists": {"for_you": 0, "discover": 0, "buy_again": 0},
            "purchase_probability": {"recipe": "two_stage", "pairs": len(tables["purchase_probability"])},
        }
        draft = DraftRecord(
            capability="recommend",
            code_revision="0",
            as_of_date=AS_OF,
            slice=SLICE,
            inputs_hash="abc",
            policy={},
            counts=counts,
        )
        return folder, write_draft(settings.drafts_of("recommend") / f"{AS_OF}-abc", RECOMMEND, draft, tables)

    return write


def with_previous(day: Day, previous: pl.DataFrame) -> Day:
    return replace(day, before={"recommendation": previous}.get)


@cache
def _tables() -> Tables:
    history = pl.DataFrame(
        list(_purchases()),
        orient="row",
        schema={
            "user_id": pl.String,
            "item_id": pl.String,
            "event_date": pl.Date,
            "purchases": pl.Int32,
            "quantity": pl.Float64,
            "revenue": pl.Float64,
        },
    ).sort("user_id", "item_id", "event_date")
    dim_item = pl.DataFrame(
        {
            "item_id": [*ITEMS, "article-out"],
            "item_name": [f"Article {number}" for number in range(61)],
            "item_category": [f"Aisle {number % 4}" for number in range(61)],
            "is_recommendable": [True] * 60 + [False],
        }
    )
    slice_tables = {
        "history": history,
        "rating": pl.DataFrame(
            [(SHOPPERS[0], ITEMS[50], AS_OF, 1.0), (SHOPPERS[1], ITEMS[50], AS_OF, 5.0)],
            orient="row",
            schema={"user_id": pl.String, "item_id": pl.String, "event_date": pl.Date, "rating": pl.Float64},
        ),
        "dim_item": dim_item,
        "dim_rule": rules(),
        "dim_layout": layouts(),
        "dim_consent": pl.DataFrame(schema={"user_id": pl.String, "purpose": pl.String, "is_granted": pl.Boolean}),
        "dim_user": pl.DataFrame({"user_id": SHOPPERS, "is_registered": True}),
        "feat_user": _features(history, ["user_id"], pl.DataFrame({"user_id": SHOPPERS})),
        "feat_item": _features(history, ["item_id"], dim_item.filter("is_recommendable").select("item_id")),
        "feat_user_item": _features(history, ["user_id", "item_id"], history.select("user_id", "item_id").unique()),
        "feat_user_group": _groups(history, dim_item),
        "daily_volume": _volume(history),
    }
    recommendation = _recommendation(history)
    one_shopper = recommendation.filter(pl.col("user_id") == SHOPPERS[0])
    home = Layout("home", tuple(LayoutRow(name) for name in ("for_you", "discover", "buy_again")))
    return slice_tables | {
        "recommendation": recommendation,
        "default_shelf": DEFAULT_SHELF.checked(one_shopper.drop("user_id")),
        "page_slot": page_slots(pl.concat([recommendation, one_shopper.with_columns(user_id=pl.lit(""))]), [home]),
        "similar_item": similar_items(history, dim_item, K),
        "item_vector": item_vectors(TextVectors.of(texts_of(dim_item.filter(pl.col("is_recommendable")))), {}),
        "popular_item": popular_items(history, dim_item, AS_OF, K),
        "policy": rule_based_policy(on(SHOP)).table(),
        "purchase_probability": _probabilities(history),
    }


def _probabilities(history: pl.DataFrame) -> pl.DataFrame:
    """Of what each shopper bought, all alike."""
    return PURCHASE_PROBABILITY.checked(
        history.select("user_id", "item_id")
        .unique()
        .with_columns(
            pl.lit(0.5).alias("probability"),
            pl.lit(28).alias("horizon_days"),
            pl.lit("policy").alias("policy_id"),
            pl.lit(AS_OF).alias("as_of_date"),
        )
    )


def _groups(history: pl.DataFrame, dim_item: pl.DataFrame) -> pl.DataFrame:
    """Of every shopper and aisle, which is type, category, line and brand in one."""
    bought = history.join(dim_item, on="item_id").with_columns(pl.col("item_category").rank("dense").alias("group_id"))
    one = bought.group_by("user_id", "group_id").agg(
        pl.col("event_date").n_unique().alias("purchase_days_365d"),
        (AS_OF - pl.col("event_date").max()).dt.total_days().alias("days_since_last_purchase"),
    )
    levels = (one.with_columns(pl.lit(level).alias("group_level")) for level in ("type", "category", "line", "brand"))
    return pl.concat(levels).sort("user_id", "group_level", "group_id")


def _purchases() -> Iterator[tuple[str, str, date, int, float, float]]:
    """Each shopper likes a stretch of the shelf and comes on about half of the days."""
    dice = random.Random(7)
    for place, shopper in enumerate(SHOPPERS):
        liked = [ITEMS[(place // 4 * 6 + step) % 60] for step in range(14)]
        for ago in range(84):
            if dice.random() < 0.5:
                for item in sorted(dice.sample(liked, 3)):
                    yield shopper, item, AS_OF - timedelta(days=ago), 1, 1.0, round(1 + dice.random() * 4, 2)


def _features(history: pl.DataFrame, key: list[str], everyone: pl.DataFrame) -> pl.DataFrame:
    def within(days: int) -> pl.Expr:
        return pl.col("event_date") > AS_OF - timedelta(days=days)

    sums = [
        pl.col(column).filter(within(days)).sum().alias(f"{column}_{days}d")
        for column in ("purchases", "revenue", "quantity")
        for days in (7, 28, 365)
    ]
    found = history.group_by(key).agg(*sums, pl.col("event_date").n_unique().alias("purchase_days_365d"))
    filled = everyone.join(found, on=key, how="left").with_columns(pl.selectors.numeric().fill_null(0)).sort(key)
    return filled.with_columns(
        (pl.col("purchases_7d") * 4 / pl.col("purchases_28d")).fill_nan(None).alias("trend_7d"),
        pl.when(pl.col("purchase_days_365d") > 1).then(1.0).alias("due_ratio"),
    )


def _volume(history: pl.DataFrame) -> pl.DataFrame:
    days = pl.DataFrame({"arrival_date": [AS_OF - timedelta(days=ago) for ago in range(56)]})
    found = history.group_by(arrival_date="event_date").agg(
        events=pl.len().cast(pl.Int64),
        users=pl.col("user_id").n_unique().cast(pl.Int64),
        items=pl.col("item_id").n_unique().cast(pl.Int64),
        revenue=pl.col("revenue").sum(),
        refused=pl.lit(0, pl.Int64),
    )
    return days.join(found, on="arrival_date", how="left").sort("arrival_date")


def _recommendation(history: pl.DataFrame) -> pl.DataFrame:
    """Buy again and for you: what was bought; discover: the neighbours of what was bought."""
    rows = []
    for place, shopper in enumerate(SHOPPERS):
        bought = history.filter(pl.col("user_id") == shopper)["item_id"].unique().sort().to_list()
        new = [item for item in (ITEMS[(place // 4 * 6 + step) % 60] for step in range(14, 40)) if item not in bought]
        for placement, items in (("for_you", bought), ("discover", new), ("buy_again", bought)):
            rows += [(placement, shopper, rank, item) for rank, item in enumerate(items[:K], 1)]
    ranked = pl.DataFrame(rows, orient="row", schema=["placement", "user_id", "rank", "item_id"])
    return RECOMMENDATION.checked(
        ranked.with_columns(
            pl.concat_str("placement", "user_id", "rank", separator=" ").alias("recommendation_id"),
            pl.lit("Article").alias("item_name"),
            (1.0 / pl.col("rank")).alias("score"),
            pl.lit(1.0).alias("propensity"),
            pl.lit("buy_it_again").alias("candidate_source"),
            pl.col("rank").alias("rank_before_rules"),
            pl.lit([], dtype=pl.List(pl.String)).alias("rules_applied"),
            pl.lit("bought_before").alias("reason_code"),
            pl.lit("You bought this twice").alias("reason_text"),
            pl.concat_list("item_id").alias("evidence_item_ids"),
            pl.lit(rule_based_policy(on(SHOP)).policy_id).alias("policy_id"),
            pl.lit(AS_OF).alias("as_of_date"),
        )
    )
