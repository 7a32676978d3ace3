"""Two published days of a small shop whose names and ids are as bad as data gets, for what shows them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from ml.capability import Capability
from ml.landing.folder import close_day
from ml.placements import BUY_AGAIN, DISCOVER, FOR_YOU
from ml.profile.capability import PROFILE
from ml.profile.columns import Profile, Stage
from ml.profile.outputs import CUSTOMER_PROFILE
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import PURCHASE_PROBABILITY, RECOMMENDATION, SIMILAR_ITEM
from ml.settings import Settings
from ml.tables import Col
from testkit.published import one_row
from testkit.slice_tables import layouts, rules

FIRST, SECOND = date(2025, 3, 1), date(2025, 3, 2)
IMAGE: Final = "<img src=x onerror=alert(1)>"
REVERSED: Final = "\u202egnp.exe in\u200bvisible"
LONG: Final = "x" * 10_000
MILK: Final = "milk-1"
NAMES: Final[Mapping[str, str]] = {
    MILK: "Fluid Milk, 1 GA",
    "milk-2": "Chocolate Milk",
    IMAGE: f"Tea {IMAGE}",
    "-rf": REVERSED,
    "constructor": "مرحبا milk",
    "long": LONG,
    "zh": "全脂牛奶",
    "nameless": "",
}
SHOPPERS: Final = ("1029", "--help", "__proto__", f"it's {IMAGE}", "顾客 7", *(f"u{number}" for number in range(120)))
"""Ids of shoppers; all have the same shelves but for the order of their items."""
RUN: Final = "manual__2025-03-03T00:00:00+00:00"
POLICY_ID: Final = "0123456789ab"
_PLACEMENTS: Final = (FOR_YOU, DISCOVER, BUY_AGAIN)


def publish_page_shop(settings: Settings) -> None:
    """Publish both days; on the second the shelf ``for_you`` of every other shopper begins with another item."""
    settings.landing_dir.mkdir(parents=True, exist_ok=True)
    for day in (FIRST, SECOND):
        close_day(settings, day)
        _snapshot(settings, day)
        shelves = _shelves(day)
        _publish(
            settings, RECOMMEND, day, {RECOMMENDATION.name: shelves, SIMILAR_ITEM.name: _related(), **_judged(day)}
        )
        _publish(settings, PROFILE, day, {CUSTOMER_PROFILE.name: _profiles(day)}, stages=_stages(day))


def values_of(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The values that a chart of one source of data draws."""
    (values,) = spec["datasets"].values()
    return list(values)


def _publish(
    settings: Settings, capability: Capability, day: date, tables: Mapping[str, pl.DataFrame], **counts: Any
) -> None:
    policy = {"policy_id": POLICY_ID, "model_name": "rules", "model_version": None}
    record = DraftRecord(
        capability=capability.name,
        as_of_date=day,
        slice=f"slices/{day}-shop",
        inputs_hash="x",
        code_revision="c0dec0dec0de",
        policy=policy | {"recipes": dict.fromkeys(_PLACEMENTS, "buy_it_again")} if capability is RECOMMEND else {},
        counts=counts,
    )
    made = {each.name: tables.get(each.name, each.empty()) for each in capability.outputs}
    draft = write_draft(settings.drafts_of(capability.name) / str(day), capability, record, made)
    publish(settings, capability, draft, provenance={"dag_run_id": RUN})


def _shelves(day: date) -> pl.DataFrame:
    return RECOMMENDATION.checked(pl.DataFrame(list(_rows(day)), schema=RECOMMENDATION.schema))


def _rows(day: date) -> Iterator[dict[str, Any]]:
    for number, user in enumerate(SHOPPERS):
        for placement in _PLACEMENTS:
            turned = day == SECOND and number % 2 == 0 and placement == FOR_YOU
            for rank, item in enumerate(_order(turned=turned), 1):
                yield {
                    Col.placement: placement,
                    Col.user_id: user,
                    Col.rank: rank,
                    Col.item_id: item,
                    Col.recommendation_id: f"{placement}-{user}-{rank}",
                    Col.item_name: NAMES[item],
                    Col.score: 1 / rank,
                    Col.propensity: 1.0,
                    Col.candidate_source: "taste",
                    Col.rank_before_rules: rank + 1,
                    Col.rules_applied: [f"rule {IMAGE}"],
                    Col.reason_code: "similar_to",
                    Col.reason_text: f"Because you bought {IMAGE} {REVERSED}",
                    Col.evidence_item_ids: [MILK],
                    Col.policy_id: POLICY_ID,
                    Col.as_of_date: day,
                }


def _order(*, turned: bool) -> Sequence[str]:
    return [*NAMES][::-1] if turned else [*NAMES]


def _related() -> pl.DataFrame:
    rows = [
        one_row(SIMILAR_ITEM, FIRST, relation=relation, item_id=MILK, rank=rank, related_item_id=item, support=7)
        for relation in ("similar", "bought_together")
        for rank, item in enumerate([each for each in NAMES if each != MILK], 1)
    ]
    return SIMILAR_ITEM.checked(pl.concat(rows))


def _judged(day: date) -> dict[str, pl.DataFrame]:
    pairs = [
        one_row(PURCHASE_PROBABILITY, day, user_id=user, item_id=item, probability=0.25, horizon_days=28)
        for user in SHOPPERS[:5]
        for item in NAMES
    ]
    return {PURCHASE_PROBABILITY.name: PURCHASE_PROBABILITY.checked(pl.concat(pairs))}


def _profiles(day: date) -> pl.DataFrame:
    stages = [*Stage]
    given = [
        {
            Col.user_id: user,
            Profile.lifecycle_stage: stages[number % len(stages)],
            Profile.recency_score: 1 + number % 5,
            Profile.frequency_score: 1 + number % 4,
            Profile.days_since_last_purchase: number,
            Profile.price_band: ("low", "medium", "high")[number % 3],
            Profile.top_category_1: f"{IMAGE} {number % 3}",
            Profile.preferred_weekday: 1 + number % 7,
            Profile.preferred_hour: number % 24,
        }
        for number, user in enumerate(SHOPPERS)
    ]
    return CUSTOMER_PROFILE.checked(pl.concat(one_row(CUSTOMER_PROFILE, day, **each) for each in given))


def _stages(day: date) -> dict[str, int]:
    return dict(_profiles(day).group_by(Profile.lifecycle_stage).len().sort(Profile.lifecycle_stage).iter_rows())


def _snapshot(settings: Settings, day: date) -> None:
    folder = settings.slices_dir / f"{day}-shop"
    folder.mkdir(parents=True)
    bought = [
        {Col.user_id: user, Col.item_id: item, Col.event_date: day - timedelta(days=age), Col.purchases: 1}
        for user in SHOPPERS
        for age, item in enumerate((MILK, "zh"), 1)
    ]
    history = pl.DataFrame(bought).with_columns(
        pl.col(Col.purchases).cast(pl.Int32), pl.lit(2.0).alias(Col.quantity), pl.lit(9.5).alias(Col.revenue)
    )
    history.sort(Col.user_id, Col.item_id).write_parquet(folder / "history.parquet")
    ratings = {Col.user_id: pl.String, Col.item_id: pl.String, Col.event_date: pl.Date, Col.rating: pl.Float64}
    pl.DataFrame(schema=ratings).write_parquet(folder / "rating.parquet")
    rules().write_parquet(folder / "dim_rule.parquet")
    layouts().write_parquet(folder / "dim_layout.parquet")
    catalogue = pl.DataFrame({Col.item_id: [*NAMES], Col.item_name: [name or None for name in NAMES.values()]})
    catalogue.with_columns(
        pl.lit(IMAGE).alias(Col.item_brand),
        pl.Series(Col.item_category, [f"kind {number % 2}" for number in range(len(NAMES))]),
        pl.lit(1.5).alias(Col.price),
        pl.lit(True).alias(Col.is_recommendable),
    ).write_parquet(folder / "dim_item.parquet")
    paid = dict.fromkeys((Col.mean_price_28d, Col.mean_price_365d), 2.0)
    pl.DataFrame({Col.item_id: [*NAMES]}).with_columns(**paid).write_parquet(folder / "feat_item.parquet")
    record = {"as_of_date": day.isoformat(), "inputs_hash": "x", "liked_from": 3.0, "inputs": [], "tables": {}}
    (folder / "slice.json").write_text(json.dumps(record | {"files": {}}))
