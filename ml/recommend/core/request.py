"""Input of a recommender: users, history, eligible items, cutoff date, list length, filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl
from scipy import sparse

from ml.placements import Placement
from ml.recommend.core.encoding import Ints, Matrix, Vocabulary, on_columns, rows_of
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.topk import Limits, Mask
from ml.recommend.core.typed_tables import invalid_table
from ml.tables import Col


@dataclass(frozen=True, eq=False)
class Request:
    """Input of ``recommend``: users, history, eligible items, cutoff date, list length.

    Attributes:
        users: the shoppers to score; unknown ones are fine and count as new.
        history: the whole shop's history as of the day, of all shoppers.
        items: the eligible items; nothing else is recommended.
        as_of: the day whose end is "now"; the history holds nothing later.
        k: the longest list, ≥ 1.
        exclude_seen: leave out what a shopper has in the history.
        only_seen: rank nothing but what a shopper has in the history…
        among: …and of that only these pairs (user_id, item_id), where they are given.
        limits: memory and threads; they change no list.
        both: lists with and without ``exclude_seen`` will be asked, of the same shoppers and items; they may be made at
            once, and are the same then.
        profiles: the shop's table of users (user_id, country, language, last_channel, last_store_id…), for those
            who bought nothing yet.

    Raises:
        InvalidTable: k < 1, a user twice, filters that contradict each other, or an event after ``as_of``.
    """

    users: Sequence[str]
    history: Interactions
    items: Items
    as_of: date
    k: int = 10
    exclude_seen: bool = False
    only_seen: bool = False
    among: pl.DataFrame | None = None
    both: bool = False
    limits: Limits = field(default_factory=Limits)
    profiles: pl.DataFrame | None = None

    def __post_init__(self) -> None:
        if self.k < 1:
            raise invalid_table("request", "k of at least 1", str(self.k))
        if len(set(self.users)) != len(self.users):
            raise invalid_table("request", "every user once", f"{len(self.users) - len(set(self.users))} repeated")
        if self.exclude_seen and self.only_seen:
            raise invalid_table("request", "exclude_seen or only_seen", "both")
        if self.among is not None and not self.only_seen:
            raise invalid_table("request", "only_seen where pairs are given", "pairs without it")
        latest = self.history.last_day
        if latest is not None and latest > self.as_of:
            raise invalid_table("request", f"a history that ends on {self.as_of}", f"an event of {latest}")

    def on(self, placement: Placement, due: pl.DataFrame) -> Request:
        """The same request for a placement; ``due`` holds the pairs (user_id, item_id) that are due again."""
        return replace(
            self,
            exclude_seen=placement.exclude_seen,
            only_seen=placement.only_seen,
            among=due if placement.only_due else None,
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Users and eligible items: the shape of a block of scores for everybody."""
        return len(self.users), len(self.items.vocabulary)

    @cached_property
    def user_rows(self) -> Ints:
        """The row of each user in the history's matrices; -1 for a new one."""
        return self.history.encoded.users.codes(self.users)

    @cached_property
    def item_codes(self) -> Ints:
        """The column of each eligible item in the history's matrices; -1 for one that nobody bought."""
        return self.history.encoded.items.codes(self.items.vocabulary.ids)

    @cached_property
    def seen(self) -> Matrix:
        """Requested users x eligible items: times bought."""
        encoded = self.history.encoded
        return on_columns(rows_of(encoded.counts, self.user_rows), encoded.items, self.items.vocabulary)

    @cached_property
    def mask(self) -> Mask:
        """Which cells of requested users x eligible items may be ranked."""
        return Mask(self.shape, self._left_out(), self._kept())

    def _left_out(self) -> Matrix | None:
        seen = self.seen if self.exclude_seen else None
        if self.history.disliked.is_empty():
            return seen
        disliked = self._cells(self.history.disliked)
        return disliked if seen is None else disliked + seen

    def _kept(self) -> Matrix | None:
        if self.among is None:
            return self.seen if self.only_seen else None
        return self.seen.multiply(self._cells(self.among)).tocsr()

    def _cells(self, pairs: pl.DataFrame) -> Matrix:
        """Requested users x eligible items with a 1 per pair (user_id, item_id); other pairs are dropped."""
        users = Vocabulary.of(pl.Series(self.users, dtype=pl.String))
        position = np.empty(len(users), dtype=np.int64)
        position[users.codes(self.users)] = np.arange(len(self.users))
        row, column = users.codes(pairs[Col.user_id]), self.items.vocabulary.codes(pairs[Col.item_id])
        known = (row >= 0) & (column >= 0)
        cells = np.ones(int(known.sum()), dtype=np.float32), (position[row[known]], column[known])
        return sparse.csr_matrix(cells, shape=self.shape)
