"""Past days as a ranker learns them: what was known at the end of one, and what was bought in the weeks after it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.base import TrainingData
from ml.recommend.core.encoding import distinct, positions_in
from ml.recommend.core.interactions import Interactions
from ml.recommend.core.request import Request
from ml.recommend.core.snapshots import Snapshot
from ml.recommend.two_stage.candidates import Candidates
from ml.recommend.two_stage.day_features import DayFeatures, Wanted
from ml.tables import Col

_EPOCH: Final = date(1970, 1, 1)
LEAST_HISTORY: Final = 28
"""Days of purchases that a day must have before it to be learned from."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class TrainingDay:
    """A day before the end of a history.

    Attributes:
        age: days from it to the end of the history.
        features: the shop as it was known at the day's end.
        request: lists for shoppers known then.
        later: what everybody bought since.
    """

    age: int
    features: DayFeatures
    request: Request
    later: Interactions

    def bought(self, candidates: Candidates, within: int) -> NDArray[np.bool_]:
        """For each candidate: whether the shopper bought it in the ``within`` days that followed."""
        encoded, width = self.later.encoded, max(len(self.features.vocabulary), 1)
        soon = encoded.day <= (self.request.as_of - _EPOCH).days + within
        user = self.features.encoded.users.codes(encoded.users.ids)[encoded.user[soon]]
        item = self.features.vocabulary.codes(encoded.items.ids)[encoded.item[soon]]
        known = (user >= 0) & (item >= 0)
        wanted = candidates.shoppers.codes[candidates.shopper] * width + candidates.item
        return positions_in(distinct(user[known] * width + item[known]), wanted) >= 0


def training_days(
    data: TrainingData, ages: Iterable[int], columns: Wanted, *, most_shoppers: int, seed: int
) -> Iterator[TrainingDay]:
    """The days so many days before the training data's end that a snapshot is at hand of; none of a young shop's first.

    Of more than ``most_shoppers`` known shoppers a random part is asked for.
    """
    first = data.history.frame[Col.event_date].min()
    for age in ages:
        day = data.as_of - timedelta(days=age)
        if not isinstance(first, date) or (day - first).days < LEAST_HISTORY:
            return
        known = data.history.snapshots.of(data.history, data.items, day)
        if known is None:
            _log.warning("nothing is learned of %s: there is no snapshot of it", day)
            continue
        yield _training_day(data, known, columns, most_shoppers, seed)


def _training_day(data: TrainingData, known: Snapshot, columns: Wanted, most_shoppers: int, seed: int) -> TrainingDay:
    history, age = known.history, (data.as_of - known.as_of).days
    users = history.encoded.users.ids
    if len(users) > most_shoppers:
        users = users.sample(most_shoppers, seed=seed).sort()
    request = Request(users.to_list(), history, known.items, known.as_of)
    features = DayFeatures(known, history.encoded, known.items, columns)
    return TrainingDay(age, features, request, data.history.after(known.as_of, age))
