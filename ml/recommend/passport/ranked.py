"""The lists of one shopper, ranked again by the code that ranked everybody's, and what was asked on the way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import polars as pl

from ml.placements import Placement
from ml.recommend.core.explanation import Explaining, Explanation
from ml.recommend.core.protocol import Recommendations, Recommender
from ml.recommend.core.request import Request
from ml.recommend.daily import Scoring
from ml.recommend.rules.objectives import ranked_for
from ml.recommend.rules.offers import Offer, offers
from ml.recommend.rules.rerank import shelves
from ml.recommend.rules.rule_set import RuleSet
from ml.tables import Col


@dataclass(eq=False)
class Observed:
    """A recommender that notes what it is asked, and answers the same question once."""

    recommender: Recommender
    answers: dict[tuple[object, ...], Recommendations] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    @property
    def scores_are_probabilities(self) -> bool:
        """As the recommender's."""
        return self.recommender.scores_are_probabilities

    def recommend(self, request: Request) -> Recommendations:
        """The recommender's own answer."""
        if all(request is not each for each in self.asked):
            self.asked.append(request)
        items = int(request.items.vocabulary.ids.hash().sum() or 0)
        filters = (request.exclude_seen, request.only_seen, request.among is None)
        key = (*request.users, items, len(request.items.frame), request.k, *filters)
        if key not in self.answers:
            self.answers[key] = self.recommender.recommend(request)
        return self.answers[key]


@dataclass(frozen=True, eq=False)
class Ranked:
    """One shopper on one shelf.

    Attributes:
        scoring: the day's.
        placement: the shelf.
        user_id: the shopper.
        observed: the shelf's recommender; one for all shoppers, so that it answers each question once.
    """

    scoring: Scoring
    placement: Placement
    user_id: str

    @cached_property
    def observed(self) -> Observed:
        """The shelf's recommender."""
        policy = self.scoring.effective.policy
        return Observed(self.scoring.effective.models[policy.recipes[self.placement.name]])

    @cached_property
    def request(self) -> Request:
        """The shelf's request, before rules."""
        return self.scoring.request([self.user_id], self.placement)

    @property
    def rule_set(self) -> RuleSet:
        """The rules in force on the day."""
        return self.scoring.effective.rule_set

    @cached_property
    def rows(self) -> pl.DataFrame:
        """The shelf's rows; see ``ml.recommend.rules.rerank.shelves``."""
        return self.under(self.rule_set)

    def under(self, rule_set: RuleSet) -> pl.DataFrame:
        """The rows under other rules."""
        model: Recommender = self.observed  # type: ignore[assignment]  # of a recommender, what the rules ask
        return shelves(rule_set, self.placement.name, model, self.request, self.objective)

    @property
    def objective(self) -> str:
        """What the shelf is ranked for."""
        return self.scoring.effective.policy.objective(self.placement.name)

    def without(self, rule_id: str) -> pl.DataFrame:
        """The rows if one rule were not."""
        others = tuple(rule for rule in self.rule_set.rules if rule.rule_id != rule_id)
        return self.under(replace(self.rule_set, rules=others, offers={}))

    @cached_property
    def offer(self) -> Offer:
        """What rules leave of the catalogue for the shopper."""
        ((_, offer),) = offers(self.rule_set, self.placement.name, self.request)
        return offer

    @cached_property
    def whole(self) -> Request:
        """What the recommender was asked for the whole shelf, of all that rules leave."""
        self.rows  # noqa: B018  -- asks
        return max(self.observed.asked, key=lambda each: (len(each.items.frame), each.k))

    def explain(self, item_id: str) -> Explanation | None:
        """What the recommender says of an item that rules leave; None where it does not explain itself."""
        model = self.observed.recommender
        return model.explain(self._answered(item_id), item_id) if isinstance(model, Explaining) else None

    def _answered(self, item_id: str) -> Request:
        """The question whose answer has the item: that for the whole shelf, or for what a rule brought in."""
        whole = self.whole
        others = [each for each in self.observed.asked if each is not whole and each.k <= whole.k]
        for asked in (whole, *others):
            if item_id in self.observed.recommend(asked).frame[Col.item_id]:
                return asked
        return whole

    def rank(self, item_id: str) -> int | None:
        """The rank of an item before rules, by the shelf's objective, in the list that the shelf was made of."""
        found = self.observed.recommend(self.whole).frame
        found = ranked_for(self.objective, self.observed.recommender, found, self.whole.items)
        rank: int | None = found.filter(pl.col(Col.item_id) == item_id)[Col.rank].max()  # type: ignore[assignment]
        return rank

    def place(self, item_id: str) -> tuple[int, str] | None:
        """The rank, and the source, of an item in the list of everything that the recommender ranks."""
        everything = replace(self.whole, k=max(len(self.whole.items.frame), 1))
        found = self.observed.recommend(everything).frame.filter(pl.col(Col.item_id) == item_id)
        return (found[Col.rank][0], found[Col.candidate_source][0]) if len(found) else None
