"""The lists of one placement: ranked, sorted by its objective, re-ranked by its rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from pydantic import JsonValue

from ml.recommend.core.interactions import Items
from ml.recommend.core.protocol import Recommender
from ml.recommend.core.request import Request
from ml.recommend.rules.candidates import Candidates
from ml.recommend.rules.constraints import DEPTH, NONE, Constraints
from ml.recommend.rules.exploration import seeds_of
from ml.recommend.rules.objectives import PURCHASE, ranked_for
from ml.recommend.rules.offers import Offer, offers
from ml.recommend.rules.rule_set import RuleSet
from ml.recommend.rules.slate_filler import SlateFiller, Slates
from ml.tables import Col

_BLOCK: Final = 8192
"""Shoppers whose lists are filled at once; bounds the memory of the steps between."""
LOST: Final = "lost"
BY_RULE: Final = "rule"
"""``candidate_source`` of an item that a rule brought in and the recommender says nothing about; its score is 0."""
_SCHEMA: Final = pl.Schema(
    {
        Col.user_id: pl.String(),
        Col.item_id: pl.String(),
        Col.rank: pl.Int32(),
        Col.score: pl.Float64(),
        Col.candidate_source: pl.String(),
        Col.rank_before_rules: pl.Int32(),
        Col.propensity: pl.Float64(),
        Col.rules_applied: pl.List(pl.String()),
    }
)


def shelves(
    rule_set: RuleSet, placement: str, recommender: Recommender, request: Request, objective: str = PURCHASE
) -> pl.DataFrame:
    """The lists of one placement. Each shopper's list depends on nobody else in the request.

    Returns:
        One row per user and rank, sorted by them, with item_id, score (of the objective; it may rise with the rank
        where a rule moved an item), candidate_source, rank_before_rules (null for an item that only a rule brought
        in), propensity (1 where nothing was drawn) and rules_applied (ids of the rules that changed what stands
        there, sorted). Without rules: the recommender's own lists.

    Raises:
        ObjectiveRefused: the objective needs what the recommender or the catalogue does not have.
    """
    if is_untouched(rule_set, placement, objective):
        return _untouched(recommender.recommend(request).frame)
    found = [pl.DataFrame(schema=_SCHEMA)]
    for users, offer in offers(rule_set, placement, request):
        if len(offer.items.frame):
            ranker = _Ranker(recommender, replace(request, users=users, items=offer.items), objective)
            found.append(_Shaping(rule_set, placement, offer, ranker).lists())
    return pl.concat(found).sort(Col.user_id, Col.rank)


def is_untouched(rule_set: RuleSet, placement: str, objective: str = PURCHASE) -> bool:
    """Whether a placement's lists are the recommender's own."""
    return not rule_set.on(placement) and objective == PURCHASE


@dataclass(frozen=True, eq=False)
class _Ranker:
    """A recommender with the request and the objective that it ranks for."""

    recommender: Recommender
    request: Request
    objective: str

    def of(self, users: Sequence[str], items: Items, k: int) -> pl.DataFrame:
        """The k best of ``items`` for ``users``."""
        depth = DEPTH * k if self.objective != PURCHASE else k
        request = replace(self.request, users=users, items=items, k=max(1, min(depth, len(items.frame))))
        ranked = self.recommender.recommend(request).frame
        return ranked_for(self.objective, self.recommender, ranked, items).filter(pl.col(Col.rank) <= k)


@dataclass(frozen=True, eq=False)
class _Shaping:
    """The lists of one offer: ranked, then filled as its constraints ask."""

    rule_set: RuleSet
    placement: str
    offer: Offer
    ranker: _Ranker

    @property
    def constraints(self) -> Constraints:
        """What shapes the lists."""
        return self.offer.constraints

    def lists(self) -> pl.DataFrame:
        """The lists; those that caps left short are made once more from longer ranked lists."""
        request, depth = self.ranker.request, self.constraints.depth
        made = self._made(request.users, depth)
        if not self.constraints.caps or depth >= len(request.items.frame):
            return made
        lengths = made.group_by(Col.user_id).len()
        short = lengths.filter(pl.col("len") < self.constraints.room)[Col.user_id].sort()
        if short.is_empty():
            return made
        longer = self._made(short.to_list(), DEPTH * depth)
        return pl.concat([made.filter(~pl.col(Col.user_id).is_in(short.implode())), longer])

    def _made(self, users: Sequence[str], depth: int) -> pl.DataFrame:
        items = self.ranker.request.items
        ranked = self.ranker.of(users, items, depth)
        if ranked.is_empty():
            return pl.DataFrame(schema=_SCHEMA)
        found = Candidates.of(ranked, list(self._brought(users)), items).with_fatigue(self.constraints.fatigues, items)
        seeds = seeds_of(self.rule_set.as_of, self.placement, found.users)
        parts = []
        for start in range(0, len(found.users), _BLOCK):
            rows = slice(start, start + _BLOCK)
            block = found.block(rows)
            parts.append(_frame(block, SlateFiller(self.constraints, block).filled(seeds[rows]), items))
        return pl.concat(parts)

    def _brought(self, users: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Candidates that rules add: pinned items and quota members; first the ranked ones, then all in rotation."""
        for members, count in self.offer.brought:
            yield self.ranker.of(users, members, count)
            yield self._unranked(users, members, min(count, len(members.frame)))

    def _unranked(self, users: Sequence[str], members: Items, count: int) -> pl.DataFrame:
        """Items without a score, such as new ones, in rotation: each shopper's list begins at another item."""
        seeds = seeds_of(self.rule_set.as_of, self.placement, users)
        size = len(members.frame)
        first = (seeds % np.uint64(size)).astype(np.int64)
        column = (first[:, None] + np.arange(count)) % size
        row, column = np.repeat(np.arange(len(users)), count), column.ravel()
        # nobody ranks these, so nobody else applies the request's mask; members are in the order of their ids
        asked = replace(self.ranker.request, users=users, items=members)
        allowed = asked.mask.allows(row, column)
        return pl.DataFrame(
            {
                Col.user_id: pl.Series(users, dtype=pl.String).gather(pl.Series(row[allowed])),
                Col.item_id: members.vocabulary.names(column[allowed]),
                Col.score: 0.0,
                Col.candidate_source: BY_RULE,
            }
        )


def _frame(candidates: Candidates, shelves: Slates, items: Items) -> pl.DataFrame:
    row, place = np.nonzero(shelves.column != NONE)
    cell = (row, shelves.column[row, place])
    before = pl.Series(candidates.before[cell])
    touched = {rule: shelves.touched[rule][row, place] for rule in sorted(shelves.touched)}
    applied = [pl.when(pl.Series(flags)).then(pl.lit(rule)) for rule, flags in touched.items()]
    frame = pl.DataFrame(
        {
            Col.user_id: candidates.users.gather(pl.Series(row)),
            Col.item_id: items.vocabulary.names(candidates.item[cell]),
            Col.score: candidates.score[cell],
            Col.candidate_source: pl.Series(candidates.sources).gather(pl.Series(candidates.source[cell])),
            Col.rank_before_rules: before.set(before == 0, None),
            Col.propensity: shelves.propensity[row, place],
        }
    )
    names = pl.concat_list(applied).list.drop_nulls() if applied else pl.lit([], dtype=pl.List(pl.String))
    rank = pl.int_range(1, pl.len() + 1).over(Col.user_id)
    return (
        frame.select(*frame.columns, names.alias(Col.rules_applied), rank.alias(Col.rank))
        .cast(_SCHEMA)
        .select(list(_SCHEMA))
    )


def _untouched(ranked: pl.DataFrame) -> pl.DataFrame:
    return ranked.with_columns(
        pl.col(Col.rank).alias(Col.rank_before_rules),
        pl.lit(1.0).alias(Col.propensity),
        pl.lit([], dtype=pl.List(pl.String)).alias(Col.rules_applied),
    ).select(list(_SCHEMA))


def relevance_lost(lists: pl.DataFrame) -> dict[str, JsonValue]:
    """What rules cost each placement in relevance, 0 to 1: the mean over its lists of 1 - gained / possible.

    A place gains 1 / log2(1 + rank_before_rules), nothing for an item that only a rule brought in; possible is what
    the list of that length gains without rules. Ranks, not scores, because scores of recommenders have no common scale.

    Args:
        lists: rows with placement, user_id, rank, rank_before_rules.
    """
    return mean_lost(lists.group_by(Col.placement, Col.user_id).agg(lost_to_rules().alias(LOST)))


def lost_to_rules() -> pl.Expr:
    """Of the rows of one list, what rules cost it in relevance (see ``relevance_lost``)."""
    gain = (1.0 / (1.0 + pl.col(Col.rank_before_rules)).log(2.0)).fill_null(0.0)
    possible = 1.0 / (1.0 + pl.col(Col.rank)).log(2.0)
    return 1.0 - gain.sum() / possible.sum()


def mean_lost(lists: pl.DataFrame) -> dict[str, JsonValue]:
    """By placement the mean of the column ``lost`` of its lists."""
    # sorted, so that the sum's last bits do not depend on the order of the groups
    ordered = lists.sort(Col.placement, LOST)
    mean = ordered.group_by(Col.placement, maintain_order=True).agg(pl.col(LOST).mean())
    return {placement: round(lost, 6) for placement, lost in mean.iter_rows()}
