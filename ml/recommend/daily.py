"""A day's recommendations: the policy effective on it, every shopper, every placement, with reasons.

Shoppers are scored in shards whose finished parts outlive a kill; how many shards there are changes no row.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import polars as pl

from ml.day import Day, Result
from ml.placements import NEWCOMER, Placement
from ml.recommend.bundle import Bundle, read_bundle
from ml.recommend.by_shopper import ByShopper
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.protocol import Recommender
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Limits
from ml.recommend.explanations.reasons import Facts, explain
from ml.recommend.explanations.wording import wording_of
from ml.recommend.history import due_pairs, history_of
from ml.recommend.model import MODEL
from ml.recommend.outputs import (
    DEFAULT_SHELF,
    ITEM_VECTOR,
    PAGE_SLOT,
    POLICY,
    POPULAR_ITEM,
    PURCHASE_PROBABILITY,
    RECOMMENDATION,
    SIMILAR_ITEM,
)
from ml.recommend.policy import Policy, rule_based_policy, rule_based_recipe
from ml.recommend.popular import popular_items
from ml.recommend.probabilities import Forecast
from ml.recommend.recommenders import load, recommender
from ml.recommend.rules.rerank import is_untouched
from ml.recommend.rules.rerank import shelves as reranked
from ml.recommend.rules.rule_set import RuleSet
from ml.recommend.screens.layout import Layout, layouts_in_force
from ml.recommend.shards import Parts, shards
from ml.recommend.similar_items.similar import similar_items
from ml.recommend.text_vectors.published import item_vectors
from ml.recommend.text_vectors.similar import similar_by_text
from ml.recommend.text_vectors.texts import texts_of
from ml.recommend.text_vectors.vectors import TextVectors, cache_in
from ml.recommend.traces import counts, decided, identified
from ml.registry.ledger import Promotion, policy_effective
from ml.registry.registration import download_bundle
from ml.registry.versions import ModelVersion
from ml.tables import Col
from ml.warehouse.slices import DIM_ITEM, DIM_LAYOUT, DIM_USER

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class _Effective:
    """What makes a day: the policy, its recommenders by name, the model's version, the rules and layouts in force."""

    policy: Policy
    models: Mapping[str, Recommender]
    version: int | None
    rule_set: RuleSet
    layouts: tuple[Layout, ...]


def compute(day: Day) -> Result:
    """Score every shopper with the policy effective on the day.

    Raises:
        StaleFeatures: the snapshot is incomplete.
        ModelMissing: the registry does not hold the version that was promoted.
    """
    settings, history, catalogue = day.settings, history_of(day), day.table(DIM_ITEM)
    effective = _effective(day, history, catalogue)
    policy = effective.policy
    key = f"{policy.policy_id} {day.inputs_hash} {settings.k} {settings.language}"
    parts = Parts.beside(day.draft_folder(policy.policy_id), key, settings.lock_timeout)
    similar = parts.one("similar items", lambda: similar_items(history.frame, catalogue, settings.k))
    known = TextVectors.of(
        texts_of(catalogue.filter(pl.col(Col.is_recommendable))), cache_in(settings.text_vectors_dir)
    )
    by_text = similar_by_text(similar, history.frame, known, settings.k)
    wording = wording_of(settings.purchase_events)
    facts = Facts(history.frame, catalogue, similar, day.as_of, wording, settings.language)
    scoring = Scoring(day, effective, history, catalogue)

    def recommended(users: Sequence[str], *, by_default: bool = False) -> pl.DataFrame:
        explained = explain(scoring.shelves(users, by_default=by_default), facts)
        names = catalogue.select(Col.item_id, Col.item_name)
        named = explained.join(names, on=Col.item_id, how="left", maintain_order="left")
        return identified(named, day.as_of, policy)

    blocks = shards(scoring.profiles[Col.user_id].to_list(), settings.shard_users)
    made = ByShopper.of(parts, blocks, effective.layouts, scoring.probabilities, recommended)
    by_default = recommended([NEWCOMER], by_default=True)
    lists = made.lists()
    _log.info("%d lists in %d shards for %s", len(lists), len(blocks), day.as_of)
    return Result(
        {
            DEFAULT_SHELF.name: by_default,
            SIMILAR_ITEM.name: pl.concat([similar, by_text]).sort(Col.relation, maintain_order=True),
            POPULAR_ITEM.name: popular_items(history.frame, catalogue, day.as_of, settings.k),
            POLICY.name: policy.table(),
            ITEM_VECTOR.name: item_vectors(known, effective.models),
        },
        {
            RECOMMENDATION.name: made.shelves(placement.name for placement in policy.placements),
            PAGE_SLOT.name: made.screens(by_default),
            PURCHASE_PROBABILITY.name: made.probabilities(),
        },
        key=policy.policy_id,
        policy=decided(policy, effective.version, effective.layouts),
        counts=counts(policy, settings.k, lists, len(scoring.profiles)) | scoring.forecast.told(made.pairs()),
        finished=lambda: parts.remove(day.as_of.isoformat()),
    )


def _effective(day: Day, history: Interactions, catalogue: pl.DataFrame) -> _Effective:
    settings = day.settings
    chosen, rule_set = _deciding(day), RuleSet.of(day)
    placements = settings.placements_on

    def rule_based(names: Iterable[str]) -> dict[str, Recommender]:
        items = Items(catalogue)
        return {name: recommender(name)().fit(history, items, day.as_of) for name in sorted(set(names))}

    rule_set.require_placements([placement.name for placement in settings.placements])
    if chosen is None:
        policy = rule_based_policy(placements).following(rule_set.content, rule_set.mode)
        models = rule_based(policy.recipes.values())
        return _Effective(policy, models, None, rule_set, _layouts(day, policy, models))
    folder = download_bundle(settings, MODEL, chosen.version, chosen.content_hash)
    bundle = read_bundle(folder)
    trained = {name: used.recipe for name, used in bundle.placements.items()}
    # a placement that came after the training is served as by policy 0
    recipes = {each.name: trained.get(each.name) or rule_based_recipe(each) for each in placements}
    objectives = {name: objective for name, objective in settings.objectives.items() if name in trained}
    policy = Policy(MODEL, chosen.content_hash, placements, recipes, objectives=objectives)
    policy = policy.following(rule_set.content, rule_set.mode)
    models = rule_based(set(recipes.values()) - set(trained.values())) | _loaded(bundle, folder)
    return _Effective(policy, models, chosen.version, rule_set, _layouts(day, policy, models))


def _deciding(day: Day) -> Promotion | ModelVersion | None:
    """The model version that was chosen for the day, or the one effective on it; None for policy 0."""
    if MODEL in day.decided_by:
        return day.decided_by[MODEL]
    return policy_effective(day.settings, MODEL, day.as_of)


def _loaded(bundle: Bundle, folder: Path) -> dict[str, Recommender]:
    used = {placement.recipe: placement.folder for placement in bundle.placements.values()}
    return {recipe: load(folder / name) for recipe, name in used.items()}


def _layouts(day: Day, policy: Policy, models: Mapping[str, Recommender]) -> tuple[Layout, ...]:
    """The layouts in force, each ordered by value where its placements' recommenders give probabilities."""
    names = [placement.name for placement in policy.placements]
    objectives = {
        name: policy.objective(name) for name in names if models[policy.recipes[name]].scores_are_probabilities
    }
    return tuple(layout.valued(objectives) for layout in layouts_in_force(day.table(DIM_LAYOUT), names))


def scoring_of(day: Day) -> Scoring:
    """What makes the lists of a day, for whoever asks for those of a few shoppers again.

    Raises:
        StaleFeatures, ModelMissing: as ``compute``.
    """
    history, catalogue = history_of(day), day.table(DIM_ITEM)
    return Scoring(day, _effective(day, history, catalogue), history, catalogue)


@dataclass(frozen=True, eq=False)
class Scoring:
    """A day's lists, shard by shard; what shards share is made once."""

    day: Day
    effective: _Effective
    history: Interactions
    catalogue: pl.DataFrame

    @cached_property
    def profiles(self) -> pl.DataFrame:
        """The shop's table of users."""
        return self.day.table(DIM_USER)

    @cached_property
    def _items(self) -> Items:
        return Items(self.catalogue.filter(pl.col(Col.is_recommendable)))

    @cached_property
    def _due(self) -> pl.DataFrame:
        if any(placement.only_due for placement in self.effective.policy.placements):
            return due_pairs(self.day)
        return self.history.disliked.clear()

    @cached_property
    def forecast(self) -> Forecast:
        """Who gives the day's probabilities."""
        return Forecast(self.effective.policy, self.effective.models, self.day.as_of)

    def probabilities(self, users: Sequence[str]) -> pl.DataFrame:
        """Rows of ``purchase_probability``."""
        return self.forecast.of(self._anything(users))

    def _anything(self, users: Sequence[str]) -> Request:
        """The request for lists of whatever may be recommended."""
        settings = self.day.settings
        limits = Limits(settings.memory_budget, settings.threads)
        return Request(
            users, self.history, self._items, self.day.as_of, settings.k, limits=limits, profiles=self.profiles
        )

    def shelves(self, users: Sequence[str], *, by_default: bool = False) -> pl.DataFrame:
        """Every placement's lists; ``by_default`` those for somebody who chose nothing yet, the same on any."""
        anything = self._anything(users)
        made = {
            each.name: self._shelf(each, anything if by_default else self._asked(anything, each))
            for each in self.effective.policy.placements
        }
        return pl.concat(made[name] for name in sorted(made))  # as they are published: nothing has to sort them again

    def request(self, users: Sequence[str], placement: Placement) -> Request:
        """What the placement's recommender is asked for these shoppers."""
        return self._asked(self._anything(users), placement)

    def _asked(self, anything: Request, placement: Placement) -> Request:
        """A placement's request; it says whether one recommender will be asked for both anything and what is new."""
        return replace(anything.on(placement, self._due), both=placement.name in self._together)

    @cached_property
    def _together(self) -> set[str]:
        return _asked_for_both(self.effective.policy, self.effective.rule_set, self.forecast.recipe)

    def _shelf(self, placement: Placement, request: Request) -> pl.DataFrame:
        policy, name = self.effective.policy, placement.name
        model = self.effective.models[policy.recipes[name]]
        ranked = reranked(self.effective.rule_set, name, model, request, policy.objective(name))
        _log.info("%s: %s ranked %d rows", name, policy.recipes[name], len(ranked))
        return ranked.with_columns(pl.lit(name).alias(Col.placement))


def _asked_for_both(policy: Policy, rule_set: RuleSet, forecaster: str = "") -> set[str]:
    """Placements that show a recommender's own lists where it is asked both with and without what was seen, as the
    ``forecaster`` is for its probabilities."""
    plain = [
        (policy.recipes[each.name], each)
        for each in policy.placements
        if not each.only_due and is_untouched(rule_set, each.name, policy.objective(each.name))
    ]
    kinds = {(recipe, each.exclude_seen) for recipe, each in plain} | {(forecaster, False), (forecaster, True)}
    return {each.name for recipe, each in plain if {(recipe, False), (recipe, True)} <= kinds}
