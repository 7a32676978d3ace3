"""What to show a shopper of whom nothing was bought yet: what is popular among shoppers alike.

Alike is who signed up alike (country, language), and closer, who was met last in the same channel, and closer still,
in the same store: a newcomer who has only looked has been somewhere. Never a protected attribute. The buyers of a group
in the last weeks count in full; each group leans on the wider one, so that three shoppers decide nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ml.recommend.core.best import Top, best_of
from ml.recommend.core.encoding import Floats, Ints, Reals, distinct
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.recency import on_eligible
from ml.recommend.core.request import Request
from ml.recommend.core.snapshots import USER_ITEM, snapshot_of
from ml.tables import Col

LEVELS: Final = ((Col.country, Col.language), (Col.last_channel,), (Col.last_channel, Col.last_store_id))
"""What a group has in common, from the widest to the closest; who lacks one is judged by the others."""
LEAN: Final = 50.0
"""Shoppers of the wider group that are added, in its proportions, to each."""


@dataclass(frozen=True, eq=False)
class Groups:
    """The groups of a shop's shoppers and what each bought in the last weeks; made once per day.

    Attributes:
        history: as in ``Request``, with ``items``, ``as_of`` and ``profiles``.
    """

    history: Interactions
    items: Items
    as_of: date
    profiles: pl.DataFrame | None

    def of(self, users: pl.Series) -> NDArray[np.str_]:
        """Users x ``LEVELS``: the group of each user; an empty text where the user table does not say."""
        if self._named is None:
            return np.full((len(users), len(LEVELS)), "")
        asked = pl.DataFrame({Col.user_id: users})
        known = asked.join(self._named, on=Col.user_id, how="left", maintain_order="left")
        return known.drop(Col.user_id).fill_null("").to_numpy().astype(np.str_)

    def likely(self, group: Sequence[str]) -> Floats:
        """For each item of the history: the share of the group's recent shoppers who bought it, float32.

        Each level's share leans on the share of the wider one; ``group`` is a row of what ``of`` gives.
        """
        shares = self._overall
        for level, trait in enumerate(group):
            if trait:
                shares = self._share(self._known[:, level] == trait, shares, LEAN)
        return shares.astype(np.float32)

    @cached_property
    def _named(self) -> pl.DataFrame | None:
        """user_id and the name of its group on each level, of all users of the table."""
        if self.profiles is None:
            return None
        levels = (_together(level, self.profiles.columns).alias(f"level {n}") for n, level in enumerate(LEVELS))
        return self.profiles.select(Col.user_id, *levels)

    @cached_property
    def _known(self) -> NDArray[np.str_]:
        """The groups of the history's shoppers."""
        return self.of(self.history.encoded.users.ids)

    @cached_property
    def _recent(self) -> tuple[Ints, Ints]:
        """Shopper and item of each pair bought in the last weeks, each pair once, sorted by shopper; in a shop that
        sold nothing in them, in a year."""
        encoded, known = self.history.encoded, snapshot_of(self.history, self.items, self.as_of)
        table = known.features(USER_ITEM, [Col.purchases_28d, Col.purchases_365d])
        lately = table.filter(pl.col(Col.purchases_28d) > 0)
        bought = lately if len(lately) else table.filter(pl.col(Col.purchases_365d) > 0)
        user, item = encoded.users.codes(bought[Col.user_id]), encoded.items.codes(bought[Col.item_id])
        width = max(len(encoded.items), 1)
        pairs = distinct((user * width + item)[(user >= 0) & (item >= 0)])
        return pairs // width, pairs % width

    @cached_property
    def _overall(self) -> Reals:
        encoded = self.history.encoded
        return self._share(np.ones(len(encoded.users), dtype=np.bool_), np.zeros(len(encoded.items)), 0.0)

    def _share(self, among: NDArray[np.bool_], prior: Reals, weight: float) -> Reals:
        """For each item: the share of buyers ``among`` the recent shoppers; ``prior`` counts as ``weight`` shoppers."""
        shopper, item = self._recent
        kept = among[shopper]
        buyers = np.bincount(item[kept], minlength=len(prior))
        active = np.count_nonzero(np.diff(shopper[kept], prepend=-1))
        return np.asarray((buyers + weight * prior) / max(active + weight, 1.0))


def popular_among_alike(request: Request, groups: Groups) -> Top:
    """At most k items for each of the request's shoppers who are not in the history, best first.

    The score is the share of the shopper's group, among those who bought in the last weeks, who bought the item.
    """
    strangers = np.flatnonzero(request.user_rows < 0)
    if not len(strangers) or not len(request.history.frame):
        return Top.none()
    wanted = groups.of(pl.Series(request.users, dtype=pl.String).gather(pl.Series(strangers)))
    rows, columns, scores = [], [], []
    for group in np.unique(wanted, axis=0):
        members = strangers[(wanted == group).all(axis=1)]
        best = best_of(on_eligible(groups.likely(group), request)[None, :], request.k)
        rows.append(np.repeat(members, len(best.row)))
        columns.append(np.tile(best.column, len(members)))
        scores.append(np.tile(best.score, len(members)))
    return Top(np.concatenate(rows), np.concatenate(columns), np.concatenate(scores))


def _together(level: Sequence[str], columns: Sequence[str]) -> pl.Expr:
    present = [name for name in level if name in columns]
    return pl.concat_str(present, separator="\x1f", ignore_nulls=True).fill_null("") if present else pl.lit("")
