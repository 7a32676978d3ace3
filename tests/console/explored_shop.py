"""A small shop, landed, built, computed and published, and the answers to ``docs/how-to/explore.md`` without SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import fmean, median
from typing import Any

import polars as pl

from ml.capabilities import capabilities
from ml.capability import Capability
from ml.day import compute_day
from ml.publish.draft import read_draft, write_draft
from ml.publish.versions import publish
from ml.recommend.outputs import PURCHASE_PROBABILITY
from ml.settings import Settings
from tests.profile.profile_shop import profile_files, shop_events
from tests.warehouse.tiny_shop import LAST, TinyShop, landed, users

Row = dict[str, Any]
Tables = Mapping[str, list[Row]]


def published_shop(home: Path) -> Settings:
    """Its settings: shoppers of every life-cycle stage, campaigns, and a version of each capability's tables."""
    shop = TinyShop(home).close(LAST)
    files = {"interactions": landed([*shop_events(), *_pairs()]), "users": users(), **profile_files()}
    for table, rows in files.items():
        shop.write(table, [{**row, "arrival": LAST} for row in rows])  # one partition per table lands faster
    (day,) = shop.land().build(LAST)
    for each in capabilities():
        draft = compute_day(shop.settings, each, day.folder)
        if PURCHASE_PROBABILITY.name in each.tables:
            draft = _with_probabilities(shop.settings, each, draft)
        publish(shop.settings, each, draft, provenance={})
    return shop.settings


def _pairs() -> list[Row]:
    """Purchases of shoppers who buy two items together, and nothing else."""
    like = next(event for event in shop_events() if event["event_type"] == "purchase")
    bought = [(day, item) for day in (3, 10, 17) for item in ("item06", "item08")]
    return [
        {
            **like,
            "event_id": f"{user}-{ago}-{item}",
            "session_id": f"{user}-{ago}",
            "user_id": user,
            "item_id": item,
            **dict.fromkeys(("day", "arrival"), LAST - timedelta(days=ago)),
        }
        for user in ("pair1", "pair2", "pair3", "pair4")
        for ago, item in bought
    ]


def _with_probabilities(settings: Settings, capability: Capability, folder: Path) -> Path:
    """The draft with probabilities for the pairs on shelves: nothing is learned in so small a shop."""
    draft = read_draft(capability, folder)
    pairs = draft.tables["recommendation"].unique(["user_id", "item_id"]).sort("user_id", "item_id")
    probability = (1 + pl.int_range(pl.len())) / (2 * pl.len())
    made = pairs.with_columns(probability.alias("probability"), horizon_days=pl.lit(28, pl.Int32))
    tables = {**draft.tables, PURCHASE_PROBABILITY.name: made}
    return write_draft(settings.drafts_of(capability.name) / "likely", capability, draft.record, tables)


def stages(tables: Tables) -> list[Row]:
    """Shoppers and revenue by life-cycle stage."""
    profiles = tables["customer_profile"]
    everything = sum(row["revenue_365d"] for row in profiles)
    rows = []
    for stage in {row["lifecycle_stage"] for row in profiles}:
        own = [row for row in profiles if row["lifecycle_stage"] == stage]
        revenue = sum(row["revenue_365d"] for row in own)
        days = [row["days_since_last_purchase"] for row in own if row["days_since_last_purchase"] is not None]
        rows.append(
            {
                "lifecycle_stage": stage,
                "shoppers": len(own),
                "revenue": rounded(revenue),
                "percent": rounded(100 * revenue / everything, 1),
                "usual_days_since_last_purchase": median(days) if days else None,
            }
        )
    return sorted(rows, key=lambda row: (-row["revenue"], row["lifecycle_stage"]))


def at_risk(tables: Tables) -> list[Row]:
    """Shoppers at risk with the first item of their shelf."""
    first = {
        row["user_id"]: row for row in tables["recommendation"] if (row["placement"], row["rank"]) == ("for_you", 1)
    }
    rows = [
        {
            **{name: row[name] for name in ("user_id", "revenue_365d")},
            "days": row["days_since_last_purchase"],
            **{name: first[row["user_id"]][name] for name in ("item_name", "reason_text")},
        }
        for row in tables["customer_profile"]
        if row["lifecycle_stage"] == "at_risk" and row["user_id"] in first
    ]
    return sorted(rows, key=lambda row: (-row["revenue_365d"], row["user_id"]))[:20]


def due(tables: Tables) -> list[Row]:
    """Shoppers due within a week by their weekday."""
    rows = [row for row in tables["customer_profile"] if 0 <= (row["days_until_next_purchase"] or -1) <= 7]
    by_day = {day: [row for row in rows if row["preferred_weekday"] == day] for day in range(1, 8)}
    return [
        {
            "preferred_weekday": day,
            "shoppers": len(own),
            "usual_basket": rounded(fmean(row["mean_basket_value_365d"] for row in own), 2),
            "sure": rounded(fmean(row["preferred_weekday_share"] for row in own), 2),
        }
        for day, own in by_day.items()
        if own
    ]


def coupons(tables: Tables) -> list[Row]:
    """Shoppers who redeem coupons and got no message lately."""
    found = [
        row
        for row in tables["customer_profile"]
        if (row["redemption_rate_365d"] or 0) >= 0.1 and row["days_since_last_send"] > 14
    ]
    found.sort(key=lambda row: (-row["redemption_rate_365d"], -row["revenue_365d"], row["user_id"]))
    columns = {
        "user_id": "user_id",
        "rate": "redemption_rate_365d",
        "days": "days_since_last_send",
        "store": "preferred_store_id",
        "top_category_1": "top_category_1",
    }
    return [{name: row[column] for name, column in columns.items()} for row in found[:20]]


def standing_first(tables: Tables) -> list[Row]:
    """Items by how many shelves they lead; the usual reason is any of the most frequent ones."""
    led = [row for row in tables["recommendation"] if row["rank"] == 1]
    counts = Counter((row["placement"], row["item_id"]) for row in led)
    rows = []
    for (placement, item), shoppers in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:10]:
        own = [row for row in led if (row["placement"], row["item_id"]) == (placement, item)]
        reasons = Counter(row["reason_code"] for row in own)
        usual = {code for code, times in reasons.items() if times == max(reasons.values())}
        name = own[0]["item_name"]
        rows.append(
            {"placement": placement, "item_id": item, "name": name, "shoppers": shoppers, "usual_reason": usual}
        )
    return rows


def concentration(tables: Tables) -> list[Row]:
    """Of the first ten places: different items, and the share of the ten most shown."""
    rows = []
    for placement in sorted({row["placement"] for row in tables["recommendation"]}):
        shown = Counter(
            row["item_id"] for row in tables["recommendation"] if row["placement"] == placement and row["rank"] <= 10
        )
        most = sum(times for _, times in shown.most_common(10))
        percent = rounded(100 * most / shown.total(), 1)
        rows.append({"placement": placement, "items": len(shown), "percent_of_the_ten_most_shown": percent})
    return rows


def rising(tables: Tables) -> list[Row]:
    """Best sellers of the shop that sell better than usual."""
    found = [row for row in tables["popular_item"] if row["scope"] == "all" and row["trend"] > 1]
    found.sort(key=lambda row: (-row["trend"], row["item_id"]))
    return [
        {
            "item_id": row["item_id"],
            "item_name": _names(tables).get(row["item_id"]),
            "shoppers": row["score"],
            "trend": row["trend"],
        }
        for row in found
    ]


def beside_the_best_seller(tables: Tables) -> list[Row]:
    """What is bought together with the shop's best seller."""
    (best,) = (row["item_id"] for row in tables["popular_item"] if (row["scope"], row["rank"]) == ("all", 1))
    found = [row for row in tables["similar_item"] if (row["relation"], row["item_id"]) == ("bought_together", best)]
    return [
        {
            "item_id": best,
            "related_item_id": row["related_item_id"],
            "related": _names(tables).get(row["related_item_id"]),
            "times": row["support"],
            "lift": row["lift"],
        }
        for row in sorted(found, key=lambda row: row["rank"])[:10]
    ]


def likeliest(tables: Tables) -> list[Row]:
    """The item that most buyers are expected of, with its likeliest ones."""
    stage = {row["user_id"]: row["lifecycle_stage"] for row in tables["customer_profile"]}
    expected: Counter[str] = Counter()
    for row in tables["purchase_probability"]:
        expected[row["item_id"]] += row["probability"]
    best = min(expected, key=lambda item: (-round(expected[item], 9), item))
    found = [row for row in tables["purchase_probability"] if row["item_id"] == best]
    return [
        {
            "item_id": best,
            "expected_buyers": rounded(expected[best]),
            **{name: row[name] for name in ("user_id", "probability", "horizon_days")},
            "lifecycle_stage": stage[row["user_id"]],
        }
        for row in sorted(found, key=lambda row: (-row["probability"], row["user_id"]))[:20]
    ]


def one_screen(tables: Tables) -> list[Row]:
    """The home screen of the shopper who spent most."""
    best = min(tables["customer_profile"], key=lambda row: (-row["revenue_365d"], row["user_id"]))["user_id"]
    told = {row["recommendation_id"]: row for row in tables["recommendation"]}
    slots = [row for row in tables["page_slot"] if (row["layout"], row["user_id"]) == ("home", best)]
    return [
        {
            **{name: slot[name] for name in ("row", "position", "placement")},
            **{name: told[slot["recommendation_id"]][name] for name in ("item_name", "reason_text")},
        }
        for slot in sorted(slots, key=lambda row: (row["row"], row["position"]))
    ]


def rounded(value: float, digits: int = 0) -> float:
    """As SQL rounds: a half away from zero."""
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def _names(tables: Tables) -> dict[str, str]:
    return {row["item_id"]: row["item_name"] for row in tables["recommendation"]}


ANSWERS: tuple[Callable[[Tables], list[Row]], ...] = (
    *(stages, at_risk, due, coupons, standing_first),
    *(concentration, rising, beside_the_best_seller, likeliest, one_screen),
)
"""In the order of the questions."""
