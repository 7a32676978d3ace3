"""The reason of each recommendation: code, text and evidence, computed from the day's history and catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

import polars as pl

from ml.recommend.explanations.catalogue import REASONS, phrase
from ml.recommend.explanations.labels import beside
from ml.recommend.explanations.wording import BOUGHT, Wording
from ml.recommend.popular import WINDOW_DAYS, recent_buyers
from ml.recommend.similar_items.similar import BOUGHT_TOGETHER, SIMILAR
from ml.tables import Col
from ml.words import Language, said

BOUGHT_BEFORE: Final = "bought_before"
SIMILAR_TO: Final = "similar_to"
POPULAR: Final = "popular"
NEW_IN_CATEGORY: Final = "new_in_category"

EVIDENCE: Final = 3
"""The most items named as evidence."""
POPULARITY_SOURCE: Final = "popularity"
"""Rows of this candidate source were chosen for their popularity, so that is the reason they give."""

_PAIR: Final = (Col.user_id, Col.item_id)
_DAYS: Final = "days"
_FEWEST_BUYERS: Final = 3
_POPULAR_SHARE: Final = 0.005


@dataclass(frozen=True, eq=False)
class Facts:
    """The data that reasons are computed from; made once per day.

    Attributes:
        history: one row per user, item and day (columns as in a slice's ``history``).
        dim_item: the catalogue, for names and categories.
        similar: a frame of ``SIMILAR_ITEM``.
        as_of: the day D whose end is "now".
        wording: what the texts call that a shopper bought something: in a shop of ratings nobody bought it.
        language: of the texts.
    """

    history: pl.DataFrame
    dim_item: pl.DataFrame
    similar: pl.DataFrame
    as_of: date
    wording: Wording = BOUGHT
    language: Language = "en"

    def say(self, code: str, **filled: pl.Expr | str | int) -> pl.Expr:
        """A phrase of the catalogue in the shop's words and language."""
        return phrase(code, self.language, **self.wording.of(self.language), **filled)

    def form(self, code: str) -> str:
        """A phrase of the catalogue in which nothing is filled in."""
        return said(REASONS[code], self.language)

    @cached_property
    def popular(self) -> pl.DataFrame:
        """item_id and score (shoppers in the last 28 days) of the items that may be called popular."""
        within = pl.col(Col.event_date).is_between(
            self.as_of - pl.duration(days=WINDOW_DAYS), pl.lit(self.as_of), closed="right"
        )
        active = self.history.filter(within)[Col.user_id].n_unique()
        fewest = max(_FEWEST_BUYERS, _POPULAR_SHARE * active)
        return recent_buyers(self.history, self.as_of).filter(pl.col(Col.score) >= fewest)

    @cached_property
    def bought(self) -> pl.DataFrame:
        """user_id, item_id and days: on how many days each shopper bought each item."""
        return self.history.group_by(_PAIR).agg(pl.len().alias(_DAYS))

    def of(self, pairs: pl.DataFrame) -> Facts:
        """The same facts with the history of the shoppers in ``pairs`` alone, so that a shard costs what it holds."""
        users = pairs.select(Col.user_id).unique()
        return replace(self, history=self.history.join(users, on=Col.user_id, how="semi"))


def explain(shelves: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Gives every row a reason: the first that holds of those below.

    ``bought_before``: the shopper bought the item; times are days on which it was bought, the interval is their
    mean distance (from three days on). ``bought_together``, ``similar_to``: it is related to items the shopper
    bought; the one that is named is told apart from the item if their names read alike (see ``labels``).
    ``popular``: at least 3 shoppers, and 1 in 200 of the active ones, bought it in the last 28 days; comes before the
    relations where the row's candidate source is the popularity recommender. ``new_in_category``: the rest.
    What "bought" means is bounded by the history given (in a slice, its ``history_days``).

    Args:
        shelves: rows with placement, user_id, item_id, candidate_source; other columns are kept.

    Returns:
        ``shelves`` in the same order with reason_code, reason_text and evidence_item_ids (at most 3, strongest
        first; empty for ``popular``).
    """
    wanted = shelves.select(_PAIR).unique()
    theirs = facts.of(wanted)
    bought = _bought_before(wanted, theirs)
    unknown = _without(wanted, bought)
    together = _related(unknown, theirs, BOUGHT_TOGETHER)
    unrelated = _without(unknown, together)  # each relation is looked for where no stronger one was found
    similar = _related(unrelated, theirs, SIMILAR)
    popular = _popular(unknown, facts)
    reasons: Mapping[str, pl.DataFrame] = {
        BOUGHT_BEFORE: bought,
        BOUGHT_TOGETHER: together,
        SIMILAR_TO: similar,
        POPULAR: popular,
        NEW_IN_CATEGORY: _new(_without(_without(unrelated, similar), popular), theirs),
    }
    given = shelves
    for code, reason in reasons.items():
        given = given.join(reason.select(*_PAIR, pl.struct(_text, _evidence).alias(code)), on=_PAIR, how="left")
    given = given.with_columns(_first(list(reasons)).alias(Col.reason_code))
    chosen = pl.coalesce(pl.when(pl.col(Col.reason_code) == code).then(pl.col(code)) for code in reasons)
    return given.with_columns(chosen.struct.unnest()).drop(list(reasons))


_text: Final = pl.col(Col.reason_text)
_evidence: Final = pl.col(Col.evidence_item_ids)


def _without(wanted: pl.DataFrame, explained: pl.DataFrame) -> pl.DataFrame:
    return wanted.join(explained, on=_PAIR, how="anti")


def _first(codes: list[str]) -> pl.Expr:
    """The first code that holds; popularity before relations where popularity proposed the row."""
    proposed = pl.col(Col.candidate_source) == POPULARITY_SOURCE
    bought = pl.when(pl.col(BOUGHT_BEFORE).is_not_null()).then(pl.lit(BOUGHT_BEFORE))
    popular = pl.when(proposed & pl.col(POPULAR).is_not_null()).then(pl.lit(POPULAR))
    others = (pl.when(pl.col(code).is_not_null()).then(pl.lit(code)) for code in codes)
    return pl.coalesce(bought, popular, *others)


def _bought_before(wanted: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Wanted pairs that the shopper bought, with how often, when last and how regularly."""
    day = pl.col(Col.event_date)
    bought = (
        facts.history.join(wanted, on=_PAIR, how="semi")
        .group_by(_PAIR)
        .agg(day.n_unique().alias("times"), day.min().alias("first"), day.max().alias("last"))
    )
    times, last = pl.col("times"), pl.col("last")
    own_year, other_year = facts.form("bought_before.day"), facts.form("bought_before.day_of_another_year")
    this_year = last.dt.year() == facts.as_of.year
    on = pl.when(this_year).then(last.dt.strftime(own_year)).otherwise(last.dt.strftime(other_year))
    every = ((last - pl.col("first")).dt.total_days() / (times - 1)).round().cast(pl.Int64)
    regularly = facts.say("bought_before.every", days=every)
    rhythm = pl.when(every > 1).then(regularly).otherwise(facts.say("bought_before.daily"))
    text = (
        pl.when(times == 1)
        .then(facts.say("bought_before.once", day=on))
        .when(times == 2)
        .then(facts.say("bought_before.twice", day=on))
        .otherwise(facts.say("bought_before.often", times=times, day=on, rhythm=rhythm))
    )
    return bought.with_columns(text.alias(Col.reason_text), pl.concat_list(Col.item_id).alias(Col.evidence_item_ids))


def _related(wanted: pl.DataFrame, facts: Facts, relation: str) -> pl.DataFrame:
    """Wanted pairs whose own list of related items names something the shopper bought, the strongest first."""
    links = facts.similar.filter(pl.col(Col.relation) == relation).select(
        Col.item_id, Col.related_item_id, Col.support, Col.score, Col.lift
    )
    bought = facts.bought.rename({Col.item_id: Col.related_item_id})
    found = wanted.join(links, on=Col.item_id).join(bought, on=[Col.user_id, Col.related_item_id], how="semi")
    strength = Col.lift if relation == BOUGHT_TOGETHER else Col.score
    ordered = found.sort(*_PAIR, strength, Col.related_item_id, descending=[False, False, True, False])
    best = ordered.group_by(_PAIR, maintain_order=True).agg(
        pl.col(Col.related_item_id).head(EVIDENCE).alias(Col.evidence_item_ids), pl.col(Col.support).first()
    )
    named = best.with_columns(_evidence.list.first().alias("because"))
    named = named.with_columns(beside(named, "because", facts.dim_item, facts.language).alias("because"))
    because, support = pl.col("because"), pl.col(Col.support)
    if relation == BOUGHT_TOGETHER:
        text = facts.say("bought_together", item=because, times=support)
    else:
        text = facts.say("similar_to", item=because, shoppers=support)
    return named.with_columns(text.alias(Col.reason_text))


def _popular(wanted: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Wanted pairs whose item many shoppers bought lately."""
    text = facts.say("popular", shoppers=pl.col(Col.score).cast(pl.Int64), days=WINDOW_DAYS)
    return wanted.join(facts.popular, on=Col.item_id).with_columns(text.alias(Col.reason_text), _nothing())


def _new(wanted: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Every wanted pair: new to the shopper, and what the shopper bought in its category."""
    categories = facts.dim_item.select(Col.item_id, Col.item_category)
    asked = wanted.join(categories, on=Col.item_id, how="left")
    told = facts.bought.join(categories, on=Col.item_id).join(asked, on=[Col.user_id, Col.item_category], how="semi")
    ordered = told.sort(Col.user_id, Col.item_category, _DAYS, Col.item_id, descending=[False, False, True, False])
    known = ordered.group_by(Col.user_id, Col.item_category, maintain_order=True).agg(
        pl.len().alias("items"), pl.col(Col.item_id).head(EVIDENCE).alias(Col.evidence_item_ids)
    )
    placed = asked.join(known, on=[Col.user_id, Col.item_category], how="left")
    category, items = pl.col(Col.item_category), pl.col("items")
    text = (
        pl.when(items == 1)
        .then(facts.say("new_in_category.known_one", category=category, items=items))
        .when(items.is_not_null())
        .then(facts.say("new_in_category.known", category=category, items=items))
        .when(category.is_not_null())
        .then(facts.say("new_in_category.from", category=category))
        .otherwise(facts.say("new_in_category"))
    )
    return placed.with_columns(text.alias(Col.reason_text), pl.coalesce(_evidence, _nothing()))


def _nothing() -> pl.Expr:
    return pl.lit([], dtype=pl.List(pl.String)).alias(Col.evidence_item_ids)
