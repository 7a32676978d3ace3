"""The reason of each recommendation: code, text and evidence, computed from the day's history and catalogue."""

from __future__ import annotations

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
_TIMES: Final = "times"
_FIRST: Final = "first day"
_LAST: Final = "last day"
_DAY: Final = "last day in words"
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
        """user_id, item_id, and of each such pair: times (days on which it was bought), first and last (days)."""
        ordered = self.history.select(*_PAIR, Col.event_date).sort(*_PAIR, Col.event_date)
        starts = ordered.select((pl.struct(_PAIR) != pl.struct(_PAIR).shift(1)).fill_null(value=True).arg_true())
        start = starts.to_series()
        end = start.shift(-1, fill_value=len(ordered))
        days = ordered[Col.event_date]
        return ordered.select(_PAIR)[start].with_columns(
            (end - start).alias(_TIMES), days[start].alias(_FIRST), days[end - 1].alias(_LAST)
        )

    @cached_property
    def in_order(self) -> pl.DataFrame:
        """The history in the order of its shoppers."""
        return self.history if self.history[Col.user_id].is_sorted() else self.history.sort(Col.user_id)

    def of(self, users: pl.Series) -> Facts:
        """The same facts with the history of these shoppers alone, so that a shard costs what it holds."""
        rows, theirs = self.in_order[Col.user_id], users.unique().sort()
        start = next(iter(rows.search_sorted(theirs.head(1), "left")), 0)
        end = next(iter(rows.search_sorted(theirs.tail(1), "right")), 0)
        near = self.in_order.slice(start, end - start)
        return replace(self, history=near.join(theirs.to_frame(), on=Col.user_id, how="semi"))


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
    theirs = facts.of(shelves[Col.user_id])
    own = _bought_before(shelves, theirs)
    own = own.join(_popular(facts), on=Col.item_id, how="left", maintain_order="left")
    bought, popular = pl.col(BOUGHT_BEFORE).is_not_null(), pl.col(POPULAR).is_not_null()
    proposed = popular & (pl.col(Col.candidate_source) == POPULARITY_SOURCE)
    # what else there is to say is looked for only where nothing that comes first was found
    given = own.join(_otherwise(own.filter(~bought & ~proposed), theirs), on=_PAIR, how="left", maintain_order="left")
    first = pl.when(bought).then(pl.lit(BOUGHT_BEFORE)).when(proposed).then(pl.lit(POPULAR))
    code = first.otherwise(pl.coalesce(Col.reason_code, pl.lit(POPULAR)))
    text = pl.coalesce(BOUGHT_BEFORE, pl.when(proposed).then(POPULAR), Col.reason_text, POPULAR)
    evidence = pl.when(bought).then(pl.concat_list(Col.item_id)).when(~proposed).then(Col.evidence_item_ids)
    return given.select(
        *shelves.columns,
        code.alias(Col.reason_code),
        text.alias(Col.reason_text),
        pl.coalesce(evidence, _nothing()).alias(Col.evidence_item_ids),
    )


_evidence: Final = pl.col(Col.evidence_item_ids)


def _otherwise(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Per pair of ``rows`` the first reason that holds of the relations and, of what is not popular, of being new.

    Returns:
        user_id, item_id, reason_code, reason_text, evidence_item_ids; a pair without a row is popular.
    """
    unknown = rows.select(*_PAIR, POPULAR).unique()
    together = _related(unknown, facts, BOUGHT_TOGETHER)
    unrelated = _without(unknown, together)
    similar = _related(unrelated, facts, SIMILAR)
    new = _new(_without(unrelated, similar).filter(pl.col(POPULAR).is_null()), facts)
    found = {BOUGHT_TOGETHER: together, SIMILAR_TO: similar, NEW_IN_CATEGORY: new}
    return pl.concat(
        reason.select(*_PAIR, pl.lit(code).alias(Col.reason_code), Col.reason_text, Col.evidence_item_ids)
        for code, reason in found.items()
    )


def _without(wanted: pl.DataFrame, explained: pl.DataFrame) -> pl.DataFrame:
    return wanted.join(explained, on=_PAIR, how="anti")


def _bought_before(shelves: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """``shelves`` with a column ``bought_before``: how often, when last and how regularly; null of what was not."""
    known = shelves.join(facts.bought, on=_PAIR, how="left", maintain_order="left")
    kinds = known.select(_TIMES, _FIRST, _LAST).unique()  # few beside the rows: a text is put together once for each
    kinds = kinds.join(_named_days(kinds[_LAST], facts), on=_LAST)
    times, last, on = pl.col(_TIMES), pl.col(_LAST), pl.col(_DAY)
    every = ((last - pl.col(_FIRST)).dt.total_days() / (times - 1)).round().cast(pl.Int64)
    regularly = facts.say("bought_before.every", days=every)
    rhythm = pl.when(every > 1).then(regularly).otherwise(facts.say("bought_before.daily"))
    text = (
        pl.when(times == 1)
        .then(facts.say("bought_before.once", day=on))
        .when(times == 2)
        .then(facts.say("bought_before.twice", day=on))
        .when(times > 2)
        .then(facts.say("bought_before.often", times=times, day=on, rhythm=rhythm))
    )
    told = kinds.with_columns(text.alias(BOUGHT_BEFORE)).drop(_DAY)
    known = known.join(told, on=[_TIMES, _FIRST, _LAST], how="left", maintain_order="left")
    return known.select(*shelves.columns, BOUGHT_BEFORE)


def _named_days(days: pl.Series, facts: Facts) -> pl.DataFrame:
    """Each of ``days`` in words, with the year where it is not that of the facts' day."""
    own_year, other_year = facts.form("bought_before.day"), facts.form("bought_before.day_of_another_year")
    day, this_year = pl.col(days.name), pl.col(days.name).dt.year() == facts.as_of.year
    named = pl.when(this_year).then(day.dt.strftime(own_year)).otherwise(day.dt.strftime(other_year))
    return days.drop_nulls().unique().to_frame().with_columns(named.alias(_DAY))


def _related(wanted: pl.DataFrame, facts: Facts, relation: str) -> pl.DataFrame:
    """Wanted pairs whose own list of related items names something the shopper bought, the strongest first."""
    strength = Col.lift if relation == BOUGHT_TOGETHER else Col.score
    # of every wanted pair there are as many rows as its item has links: no column more than is read
    links = facts.similar.filter(pl.col(Col.relation) == relation).select(
        Col.item_id, Col.related_item_id, Col.support, strength
    )
    bought = facts.bought.select(Col.user_id, pl.col(Col.item_id).alias(Col.related_item_id))
    linked = wanted.select(_PAIR).join(links, on=Col.item_id)
    found = linked.join(bought, on=[Col.user_id, Col.related_item_id], how="semi")
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


def _popular(facts: Facts) -> pl.DataFrame:
    """item_id and a column ``popular``: that many shoppers bought it lately."""
    text = facts.say("popular", shoppers=pl.col(Col.score).cast(pl.Int64), days=WINDOW_DAYS)
    return facts.popular.select(Col.item_id, text.alias(POPULAR))


def _new(wanted: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Every wanted pair: new to the shopper, and what the shopper bought in its category."""
    categories = facts.dim_item.select(Col.item_id, Col.item_category)
    asked = wanted.join(categories, on=Col.item_id, how="left")
    told = facts.bought.join(categories, on=Col.item_id).join(asked, on=[Col.user_id, Col.item_category], how="semi")
    ordered = told.sort(Col.user_id, Col.item_category, _TIMES, Col.item_id, descending=[False, False, True, False])
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
