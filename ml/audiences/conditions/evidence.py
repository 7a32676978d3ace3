"""Answers to what conditions ask beyond columns: from a day's tables, a value per shopper and call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Protocol

import polars as pl

from ml.audiences.columns import Aud, Scheme
from ml.audiences.conditions.calls import written_call
from ml.audiences.conditions.terms import MEASURES, Call, Function
from ml.errors import NotPublished
from ml.tables import Col

_ANSWER: Final = "answer"
_SCHEMES: Final = {
    Function.SEGMENT: Scheme.BEHAVIOUR,
    Function.RFM: Scheme.RFM,
    Function.STAGE: Scheme.LIFECYCLE,
}
_SCALE: Final = 10**12
"""Logarithms of probabilities are summed as whole numbers: the sum is the same in whatever order."""
_MOST: Final = 1 - 1e-9
_DECIMALS: Final = 6


class Evidence(Protocol):
    """What answers the calls of conditions."""

    def answer(self, call: Call, shoppers: pl.Series) -> pl.Series:
        """The answer for each of ``shoppers`` (``user_id``), in their order and never null.

        Booleans, or numbers where the function is one of ``MEASURES``.

        Raises:
            NotPublished: the tables that would tell are not there.
        """


@dataclass(frozen=True, eq=False)
class TableEvidence:
    """Answers from tables. None stands for a table that is not there; whoever asks for it is refused.

    Attributes:
        as_of: the day D that ``bought`` counts back from.
        tags: ``tag_id``, ``user_id``.
        segments: ``scheme``, ``user_id``, ``segment_id``.
        consents: ``user_id``, ``purpose``, ``is_granted``.
        is_consent_assumed: everybody has consented to everything, as the shop's settings say.
        shelves: ``placement``, ``user_id``, ``rank``, ``item_id``.
        probabilities: ``user_id``, ``item_id``, ``probability``.
        history: ``user_id``, ``item_id``, ``event_date``, ``purchases``.
        items: ``item_id`` and the columns of ``vocabulary.ITEM_FIELDS``.
    """

    as_of: date
    tags: pl.LazyFrame | None = None
    segments: pl.LazyFrame | None = None
    consents: pl.LazyFrame | None = None
    is_consent_assumed: bool = False
    shelves: pl.LazyFrame | None = None
    probabilities: pl.LazyFrame | None = None
    history: pl.LazyFrame | None = None
    items: pl.LazyFrame | None = None

    def answer(self, call: Call, shoppers: pl.Series) -> pl.Series:
        """See ``Evidence``."""
        if call.function in MEASURES:
            found = self._likely(call) if call.function is Function.LIKELY_TO_BUY else self._bought(call)
            empty = 0.0 if call.function is Function.LIKELY_TO_BUY else 0
            joined = shoppers.to_frame(Col.user_id).join(
                found.collect(), on=Col.user_id, how="left", maintain_order="left"
            )
            return joined[_ANSWER].fill_null(empty)
        if call.function is Function.CONSENT and self.is_consent_assumed:
            return pl.repeat(value=True, n=len(shoppers), dtype=pl.Boolean, eager=True)
        members = self._holders(call).select(Col.user_id).unique().collect()[Col.user_id]
        return shoppers.is_in(members.implode())

    def _holders(self, call: Call) -> pl.LazyFrame:
        """Rows with the ``user_id`` of those of whom a call is true."""
        if call.function is Function.TAG:
            return _there(self.tags, call).filter(pl.col(Aud.tag_id) == call.subject)
        if call.function is Function.CONSENT:
            return _there(self.consents, call).filter(pl.col(Col.purpose) == call.subject, pl.col(Col.is_granted))
        if call.function is Function.ON_SHELF:
            shelf = _there(self.shelves, call).filter(pl.col(Col.placement) == call.subject)
            if call.number is not None:
                shelf = shelf.filter(pl.col(Col.rank) <= call.number)
            return self._of_items(shelf, call)
        scheme, segment = _SCHEMES[call.function], call.subject
        return _there(self.segments, call).filter(pl.col(Aud.scheme) == scheme, pl.col(Aud.segment_id) == segment)

    def _likely(self, call: Call) -> pl.LazyFrame:
        """By shopper, the probability to buy at least one of the items; purchases count as independent."""
        misses = (1 - pl.col(Col.probability).clip(0, _MOST)).log()
        summed = (misses * _SCALE).round().cast(pl.Int64).sum()
        at_least_one = (1 - (summed.cast(pl.Float64) / _SCALE).exp()).round(_DECIMALS)
        return (
            self._of_items(_there(self.probabilities, call), call)
            .group_by(Col.user_id)
            .agg(at_least_one.alias(_ANSWER))
        )

    def _bought(self, call: Call) -> pl.LazyFrame:
        """By shopper, the days with a purchase among the last days up to D."""
        bought = _there(self.history, call).filter(pl.col(Col.purchases) > 0, pl.col(Col.event_date) <= self.as_of)
        if call.number is not None:
            bought = bought.filter(pl.col(Col.event_date) > self.as_of - timedelta(days=call.number))
        days = pl.col(Col.event_date).n_unique().cast(pl.Int64)
        return self._of_items(bought, call).group_by(Col.user_id).agg(days.alias(_ANSWER))

    def _of_items(self, rows: pl.LazyFrame, call: Call) -> pl.LazyFrame:
        """The rows about items that a call is about."""
        chosen = dict(call.items)
        if (item := chosen.pop(Col.item_id, None)) is not None:
            rows = rows.filter(pl.col(Col.item_id) == item)
        if not chosen:
            return rows
        matching = _there(self.items, call).filter(pl.col(column) == value for column, value in chosen.items())
        ids = matching.select(Col.item_id).collect()[Col.item_id]
        return rows.filter(pl.col(Col.item_id).is_in(ids.implode()))


def answered(shoppers: pl.DataFrame, calls: Iterable[Call], evidence: Evidence) -> pl.DataFrame:
    """``shoppers`` with a column per call, named as ``written_call`` writes it."""
    users = shoppers[Col.user_id]
    return shoppers.with_columns(evidence.answer(call, users).alias(written_call(call)) for call in calls)


def _there(table: pl.LazyFrame | None, call: Call) -> pl.LazyFrame:
    if table is None:
        raise NotPublished(
            written_call(call),
            expected="the day's table that answers it",
            found="none",
            remedy="Run: shelduck run --as-of YYYY-MM-DD",
        )
    return table
