"""Past days as a ranker learns them: what was known at the end of one, and what was bought in the weeks after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ml.recommend.core.base import TrainingData
from ml.recommend.core.encoding import distinct
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.request import Request
from ml.recommend.two_stage.affinities import positions_in
from ml.recommend.two_stage.candidates import Candidates
from ml.recommend.two_stage.shop_statistics import ShopStatistics
from ml.tables import Col

_EPOCH: Final = date(1970, 1, 1)
_LEAST: Final = 28


@dataclass(frozen=True, eq=False)
class TrainingDay:
    """A day inside a history.

    Attributes:
        age: days from it to the end of the history.
        statistics: the shop as it was known at the day's end.
        request: lists for shoppers known then.
        later: what everybody bought since.
    """

    age: int
    statistics: ShopStatistics
    request: Request
    later: Interactions

    def bought(self, candidates: Candidates, within: int) -> NDArray[np.bool_]:
        """For each candidate: whether the shopper bought it in the ``within`` days that followed."""
        encoded, width = self.later.encoded, max(len(self.statistics.vocabulary), 1)
        soon = encoded.day <= (self.statistics.as_of - _EPOCH).days + within
        user = self.statistics.encoded.users.codes(encoded.users.ids)[encoded.user[soon]]
        item = self.statistics.vocabulary.codes(encoded.items.ids)[encoded.item[soon]]
        known = (user >= 0) & (item >= 0)
        wanted = candidates.shoppers.codes[candidates.shopper] * width + candidates.item
        return positions_in(distinct(user[known] * width + item[known]), wanted) >= 0


def training_days(data: TrainingData, ages: Iterable[int], *, most_shoppers: int, seed: int) -> Iterator[TrainingDay]:
    """The days so many days before the training data's end, each with at least as much history before it as 28 days.

    Of more than ``most_shoppers`` known shoppers a random part is asked for.
    """
    first = data.history.frame[Col.event_date].min()
    for age in ages:
        day = data.as_of - timedelta(days=age)
        if not isinstance(first, date) or (day - first).days < _LEAST:
            return
        history = data.history.until(day)
        items = _catalogue_then(data.items, history, day)
        users = history.encoded.users.ids
        if len(users) > most_shoppers:
            users = users.sample(most_shoppers, seed=seed).sort()
        request = Request(users.to_list(), history, items, day)
        yield TrainingDay(age, ShopStatistics(history, items, day), request, data.history.after(day, age))


def _catalogue_then(items: Items, history: Interactions, day: date) -> Items:
    """The items that had been sold by the end of ``day``, or that the catalogue dates before it."""
    sold = pl.col(Col.item_id).is_in(history.encoded.items.ids.implode())
    if Col.created_date in items.frame.columns:
        return Items(items.frame.filter(sold | (pl.col(Col.created_date) <= day).fill_null(False)))
    return Items(items.frame.filter(sold))
