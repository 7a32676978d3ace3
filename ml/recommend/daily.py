"""A day's recommendations: the policy effective on it, every shopper, every placement, with reasons; as a draft.

Shoppers are scored in shards whose finished parts outlive a kill; how many shards there are changes no row.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import polars as pl

from ml.durable import writing
from ml.publish.draft import DraftRecord, Input, write_draft
from ml.recommend.layout import Layout, layouts_in_force
from ml.recommend.models import load, recommender
from ml.recommend.page import page_slots
from ml.recommend.policy import PLACEMENTS, Placement, Policy, rule_based_policy
from ml.recommend.popular import popular_items
from ml.recommend.protocol import Interactions, Items, Recommender, Request
from ml.recommend.reasons import explain
from ml.recommend.rules.book import RuleBook
from ml.recommend.rules.shelf import relevance_lost
from ml.recommend.rules.shelf import shelves as ruled_shelves
from ml.recommend.shards import Parts, shard_name, shards
from ml.recommend.similar import similar_items
from ml.recommend.topk import Limits
from ml.registry.bundle import Bundle, read_bundle
from ml.registry.ledger import policy_effective
from ml.registry.registration import download_bundle
from ml.registry.versions import MODEL
from ml.settings import Settings
from ml.tables import PAGE_SLOT, POLICY, POPULAR_ITEM, RECOMMENDATION, SIMILAR_ITEM, Col
from ml.warehouse.slices import DIM_LAYOUT, Slice, read_slice

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class _Effective:
    """What makes a day: the policy, its recommenders by name, the model's version, the rules and layouts in force."""

    policy: Policy
    models: Mapping[str, Recommender]
    version: int | None
    book: RuleBook
    layouts: tuple[Layout, ...]


@writing("scoring a day")
def recommend_day(settings: Settings, slice_folder: Path) -> Path:
    """Score every shopper of a slice with the policy effective on its day.

    Returns:
        The draft's folder: the published tables and ``draft.json``; nobody reads it before it is published.

    Raises:
        StaleFeatures: the slice is incomplete or of other inputs than its record says.
        ModelMissing: the registry does not hold the version that was promoted.
        DiskFull: no draft was written.
    """
    day = read_slice(slice_folder)
    effective = _effective(settings, day)
    policy = effective.policy
    draft = settings.drafts_dir / f"{slice_folder.name}-{policy.policy_id}"
    parts = Parts.beside(draft, f"{policy.policy_id} {day.inputs_hash} {settings.k}", settings.lock_timeout)
    history, catalogue = Interactions(day.table("history")), day.table("dim_item")
    similar = parts.one("similar items", lambda: similar_items(history.frame, catalogue, settings.k))

    def recommended(users: Sequence[str]) -> pl.DataFrame:
        shelves = _shelves(settings, day, effective, history, users)
        explained = explain(shelves, history.frame, catalogue, similar, day.as_of)
        named = explained.join(catalogue.select(Col.item_id, Col.item_name), on=Col.item_id, how="left")
        return _identified(named, day, policy)

    blocks = shards(day.table("dim_user")[Col.user_id].to_list(), settings.shard_users)
    scored = parts.all({shard_name(users): partial(recommended, users) for users in blocks})
    pages = {f"page of {shard_name(users)}": part for users, part in zip(blocks, scored, strict=True)}
    slots = parts.all({name: partial(page_slots, part, effective.layouts) for name, part in pages.items()})
    shelves = pl.concat(scored)
    tables = {
        RECOMMENDATION.name: shelves,
        PAGE_SLOT.name: pl.concat(slots),
        SIMILAR_ITEM.name: similar,
        POPULAR_ITEM.name: popular_items(history.frame, catalogue, day.as_of, settings.k),
        POLICY.name: policy.table(),
    }
    _log.info("%d rows in %d shards for %s", len(shelves), len(blocks), day.as_of)
    write_draft(draft, _record(settings, day, effective, shelves), tables)
    parts.remove(day.as_of.isoformat())
    return draft


def _effective(settings: Settings, day: Slice) -> _Effective:
    promotion, book = policy_effective(settings, day.as_of), RuleBook.of(day)
    if promotion is None:
        policy = rule_based_policy().following(book.content, book.mode)
        history, items = Interactions(day.table("history")), Items(day.table("dim_item"))
        fitted = {name: recommender(name)().fit(history, items, day.as_of) for name in set(policy.recipes.values())}
        return _Effective(policy, fitted, None, book, _layouts(day, policy, fitted))
    folder = download_bundle(settings, promotion.version, promotion.content_hash)
    bundle = read_bundle(folder)
    recipes = {placement: used.recipe for placement, used in bundle.placements.items()}
    objectives = {str(placement): str(objective) for placement, objective in settings.objectives.items()}
    policy = Policy(MODEL, promotion.content_hash, recipes, objectives=objectives).following(book.content, book.mode)
    models = _loaded(bundle, folder)
    return _Effective(policy, models, promotion.version, book, _layouts(day, policy, models))


def _loaded(bundle: Bundle, folder: Path) -> dict[str, Recommender]:
    used = {placement.recipe: placement.folder for placement in bundle.placements.values()}
    return {recipe: load(folder / name) for recipe, name in used.items()}


def _layouts(day: Slice, policy: Policy, models: Mapping[str, Recommender]) -> tuple[Layout, ...]:
    """The layouts in force, each ordered by value where its placements' recommenders give probabilities."""
    names = [placement.name for placement in PLACEMENTS]
    objectives = {
        name: policy.objective(name) for name in names if models[policy.recipes[name]].scores_are_probabilities
    }
    return tuple(layout.valued(objectives) for layout in layouts_in_force(day.table(DIM_LAYOUT), names))


@lru_cache(maxsize=1)
def _eligible(day: Slice) -> Items:
    """The same object for all shards, so that a recommender that prepares for a catalogue does so once."""
    return Items(day.table("dim_item").filter(pl.col(Col.is_recommendable)))


def _shelves(
    settings: Settings, day: Slice, effective: _Effective, history: Interactions, users: Sequence[str]
) -> pl.DataFrame:
    policy = effective.policy
    items = _eligible(day)

    def shelf(placement: Placement) -> pl.DataFrame:
        request = Request(
            users,
            history,
            items,
            day.as_of,
            settings.k,
            exclude_seen=placement.exclude_seen,
            only_seen=placement.only_seen,
            limits=Limits(settings.memory_budget, settings.threads),
            profiles=day.table("dim_user"),
        )
        model, objective = effective.models[policy.recipes[placement.name]], policy.objective(placement.name)
        ranked = ruled_shelves(effective.book, placement.name, model, request, objective)
        _log.info("%s: %s ranked %d rows", placement.name, policy.recipes[placement.name], len(ranked))
        return ranked.with_columns(pl.lit(placement.name).alias(Col.placement))

    return pl.concat(shelf(placement) for placement in PLACEMENTS)


def _identified(shelves: pl.DataFrame, day: Slice, policy: Policy) -> pl.DataFrame:
    """Adds what a row needs to be traced: its policy, its day and an id that a click can carry back."""
    stem = f"{day.as_of} {policy.policy_id} "
    named = pl.concat_str(pl.lit(stem), Col.placement, Col.user_id, Col.item_id, separator="\x1f")
    return RECOMMENDATION.checked(
        shelves.with_columns(
            named.map_elements(
                lambda text: hashlib.sha256(text.encode()).hexdigest()[:20], return_dtype=pl.String
            ).alias(Col.recommendation_id),
            pl.lit(policy.policy_id).alias(Col.policy_id),
            pl.lit(day.as_of).alias(Col.as_of_date),
        )
    )


def _record(settings: Settings, day: Slice, effective: _Effective, shelves: pl.DataFrame) -> DraftRecord:
    policy = effective.policy
    shoppers = len(day.table("dim_user"))
    lengths = shelves.group_by(Col.placement, Col.user_id).len()
    return DraftRecord(
        as_of_date=day.as_of,
        slice=settings.relative(day.folder),
        inputs_hash=day.inputs_hash,
        inputs=tuple(Input(**each) for each in day.record["inputs"]),
        landed=day.record.get("landed", {}),
        policy={
            "policy_id": policy.policy_id,
            "model_name": policy.model_name,
            "model_version": effective.version,
            "recipes": json.loads(json.dumps(dict(policy.recipes))),
            "objectives": dict(policy.objectives),
            "mode": policy.mode,
            "rules": json.loads(json.dumps(policy.rules)),
            "layouts": [layout.content for layout in effective.layouts],
        },
        counts={
            "shoppers": shoppers,
            "short_lists": {
                placement.name: shoppers
                - len(lengths.filter(pl.col(Col.placement) == placement.name, pl.col("len") >= settings.k))
                for placement in PLACEMENTS
            },
            "relevance_lost_to_rules": relevance_lost(shelves) if policy.rules else {},
        },
    )
