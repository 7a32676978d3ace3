"""A split in time: training history up to a day, test purchases after it, and the requests of an evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from ml.placements import Placement
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.protocol import Recommendations, Recommender
from ml.recommend.core.request import Request
from ml.recommend.evaluation.beyond_accuracy import Backdrop
from ml.recommend.evaluation.groups import item_groups, shopper_groups
from ml.recommend.evaluation.settings import AGAIN, ALL, COLD, DUE, NEW, Terms, setting_of
from ml.recommend.rules.objectives import PURCHASE
from ml.recommend.rules.rerank import shelves
from ml.recommend.rules.rule_set import RuleSet
from ml.tables import Col

_PAIR = (Col.user_id, Col.item_id)


@dataclass(frozen=True, eq=False)
class Split:
    """What was known at the end of ``as_of``, and what was bought in the days after it.

    Attributes:
        profiles: the table of users as it was then, for who had bought nothing.
        due: pairs of user_id and item_id that were due again then.
        terms, rules: what shelves were published on and by then.
    """

    train: Interactions
    test: Interactions
    items: Items
    as_of: date
    profiles: pl.DataFrame | None = None
    due: pl.DataFrame | None = None
    terms: Terms = field(default_factory=Terms)
    rules: RuleSet | None = None

    @classmethod
    def at(cls, history: Interactions, items: Items, as_of: date, days: int) -> Split:
        """Cut ``history``: up to and including ``as_of``, and the ``days`` days that follow."""
        return cls(history.until(as_of), history.after(as_of, days), items, as_of)

    def prepared(self) -> Split:
        """The same, encoded once for all recommenders, as in a day's run: nobody's cost."""
        self.train.encoded.counts.nnz  # noqa: B018
        return self

    @cached_property
    def relevant(self) -> dict[str, pl.DataFrame]:
        """By setting: the distinct (user_id, item_id) that count."""
        everybody, past = self.test.frame.select(_PAIR).unique().sort(_PAIR), self.train.frame.select(_PAIR).unique()
        bought = everybody.join(past, on=Col.user_id, how="semi")
        again = bought.join(past, on=_PAIR, how="semi")
        return {
            ALL: bought,
            NEW: bought.join(past, on=_PAIR, how="anti"),
            AGAIN: again,
            DUE: again.clear() if self.due is None else again.join(self.due, on=_PAIR, how="semi"),
            COLD: everybody.join(past, on=Col.user_id, how="anti"),
        }

    @cached_property
    def backdrop(self) -> Backdrop:
        """Reference distributions for the beyond-accuracy metrics."""
        return Backdrop.of(self.train, self.items)

    @cached_property
    def groups(self) -> dict[str, pl.DataFrame]:
        """Evaluation segments: group labels of shoppers and of items."""
        users = self.test.frame[Col.user_id].unique().sort()
        return {
            "shoppers": shopper_groups(self.train, users, self.as_of),
            "items": item_groups(self.train, self.backdrop, self.as_of),
        }

    def users(self, setting: str) -> list[str]:
        """The shoppers who have something relevant, in order."""
        return self.relevant[setting][Col.user_id].unique().sort().to_list()

    def request(self, setting: str, k: int | None = None) -> Request:
        """The request of ``setting``; ``k`` if lists shall have another length than published ones."""
        return Request(
            # a recommender that has ranked anything for these shoppers need not do so again
            self.users(ALL if setting == AGAIN else setting),
            self.train,
            self.items,
            self.as_of,
            k or self.terms.k,
            exclude_seen=setting == NEW,
            only_seen=setting in (AGAIN, DUE),
            among=self.due if setting == DUE else None,
            profiles=self.profiles,
        )

    def shaped(self) -> Iterator[Placement]:
        """The placements whose lists differ from those of their setting because of rules or an objective."""
        for placement in self.terms.placements:
            if self.terms.objectives.get(placement.name, PURCHASE) != PURCHASE or self._rule_set.on(placement.name):
                yield placement

    def shelves(self, recommender: Recommender, placement: Placement) -> Recommendations:
        """The lists of a placement as they would have been published.

        Raises:
            ObjectiveRefused: the recommender cannot rank for the placement's objective.
        """
        objective = self.terms.objectives.get(placement.name, PURCHASE)
        request = self.request(setting_of(placement))
        return Recommendations(shelves(self._rule_set, placement.name, recommender, request, objective))

    @property
    def _rule_set(self) -> RuleSet:
        return self.rules or RuleSet((), self.as_of)
