"""A day's recommendations: the policy effective on it, every shopper, every placement, with reasons; as a draft."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from ml.publish.draft import DraftRecord, Input, write_draft
from ml.recommend.models import load, recommender
from ml.recommend.policy import PLACEMENTS, Placement, Policy, rule_based_policy
from ml.recommend.popular import popular_items
from ml.recommend.protocol import Interactions, Items, Recommender, Request
from ml.recommend.reasons import explain
from ml.recommend.similar import similar_items
from ml.registry.bundle import Bundle, read_bundle
from ml.registry.ledger import policy_effective
from ml.registry.registration import download_bundle
from ml.registry.versions import MODEL
from ml.settings import Settings
from ml.tables import POLICY, POPULAR_ITEM, RECOMMENDATION, SIMILAR_ITEM, Col
from ml.warehouse.slices import Slice, read_slice

_log = logging.getLogger(__name__)


def recommend_day(settings: Settings, slice_folder: Path) -> Path:
    """Score every shopper of a slice with the policy effective on its day.

    Returns:
        The draft's folder: the published tables and ``draft.json``; nobody reads it before it is published.

    Raises:
        StaleFeatures: the slice is incomplete or of other inputs than its record says.
        ModelMissing: the registry does not hold the version that was promoted.
    """
    day = read_slice(slice_folder)
    policy, models, version = _effective(settings, day)
    history, catalogue = Interactions(day.table("history")), day.table("dim_item")
    shelves = _shelves(settings, day, policy, models, history)
    similar = similar_items(history.frame, catalogue, settings.k)
    popular = popular_items(history.frame, catalogue, day.as_of, settings.k)
    explained = explain(shelves, history.frame, catalogue, similar, day.as_of)
    named = explained.join(catalogue.select(Col.item_id, Col.item_name), on=Col.item_id, how="left")
    tables = {
        RECOMMENDATION.name: _identified(named, day, policy),
        SIMILAR_ITEM.name: similar,
        POPULAR_ITEM.name: popular,
        POLICY.name: policy.table(),
    }
    _log.info("%d rows on %d shelves for %s", len(shelves), shelves.n_unique([Col.placement, Col.user_id]), day.as_of)
    record = _record(settings, day, policy, version, shelves)
    return write_draft(settings.drafts_dir / f"{slice_folder.name}-{policy.policy_id}", record, tables)


def _effective(settings: Settings, day: Slice) -> tuple[Policy, Mapping[str, Recommender], int | None]:
    promotion = policy_effective(settings, day.as_of)
    if promotion is None:
        policy = rule_based_policy()
        history, items = Interactions(day.table("history")), Items(day.table("dim_item"))
        fitted = {name: recommender(name)().fit(history, items, day.as_of) for name in set(policy.recipes.values())}
        return policy, fitted, None
    folder = download_bundle(settings, promotion.version, promotion.content_hash)
    bundle = read_bundle(folder)
    recipes = {placement: used.recipe for placement, used in bundle.placements.items()}
    return Policy(MODEL, promotion.content_hash, recipes), _loaded(bundle, folder), promotion.version


def _loaded(bundle: Bundle, folder: Path) -> dict[str, Recommender]:
    used = {placement.recipe: placement.folder for placement in bundle.placements.values()}
    return {recipe: load(folder / name) for recipe, name in used.items()}


def _shelves(
    settings: Settings, day: Slice, policy: Policy, models: Mapping[str, Recommender], history: Interactions
) -> pl.DataFrame:
    users = day.table("dim_user")[Col.user_id].sort().to_list()
    items = Items(day.table("dim_item").filter(pl.col(Col.is_recommendable)))

    def shelf(placement: Placement) -> pl.DataFrame:
        request = Request(
            users,
            history,
            items,
            day.as_of,
            settings.k,
            exclude_seen=placement.exclude_seen,
            only_seen=placement.only_seen,
        )
        ranked = models[policy.recipes[placement.name]].recommend(request).frame
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
            pl.lit(1.0).alias(Col.propensity),
            pl.lit(policy.policy_id).alias(Col.policy_id),
            pl.lit(day.as_of).alias(Col.as_of_date),
        )
    )


def _record(settings: Settings, day: Slice, policy: Policy, version: int | None, shelves: pl.DataFrame) -> DraftRecord:
    shoppers = len(day.table("dim_user"))
    lengths = shelves.group_by(Col.placement, Col.user_id).len()
    return DraftRecord(
        as_of_date=day.as_of,
        slice=settings.relative(day.folder),
        inputs_hash=day.inputs_hash,
        inputs=tuple(Input(**each) for each in day.record["inputs"]),
        policy={
            "policy_id": policy.policy_id,
            "model_name": policy.model_name,
            "model_version": version,
            "recipes": json.loads(json.dumps(dict(policy.recipes))),
            "mode": policy.mode,
        },
        counts={
            "shoppers": shoppers,
            "short_lists": {
                placement.name: shoppers
                - len(lengths.filter(pl.col(Col.placement) == placement.name, pl.col("len") >= settings.k))
                for placement in PLACEMENTS
            },
        },
    )
