"""What to show a shopper of whom nothing was bought yet: what is popular among shoppers alike.

Alike is who signed up alike (country, language), and closer, who was met last in the same channel, and closer still,
in the same store: a newcomer who has only looked has been somewhere. Never a protected attribute. The buyers of a group
in the last weeks count in full; each group leans on the wider one, so that three shoppers decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ml.recommend.core.best import Top, best_of
from ml.recommend.core.encoding import Floats, Ints, distinct
from ml.recommend.core.recency import WINDOW_DAYS, ages, on_eligible
from ml.recommend.core.request import Request
from ml.tables import Col

LEVELS: Final = ((Col.country, Col.language), (Col.last_channel,), (Col.last_channel, Col.last_store_id))
"""What a group has in common, from the widest to the closest; who lacks one is judged by the others."""
LEAN: Final = 50.0
"""Shoppers of the wider group that are added, in its proportions, to each."""


def popular_among_alike(request: Request) -> Top:
    """Rows of the request's newcomers: at most k items each, with the probability of a purchase in the coming weeks.

    That is the share of the group's shoppers, active in the last weeks, who bought the item in them.
    """
    strangers = np.flatnonzero(request.user_rows < 0)
    rows, columns, scores = [], [], []
    for members, likely in _groups(request, strangers):
        best = best_of(on_eligible(likely, request)[None, :], request.k)
        rows.append(np.repeat(members, len(best.row)))
        columns.append(np.tile(best.column, len(members)))
        scores.append(np.tile(best.score, len(members)))
    if not rows:
        return Top.none()
    return Top(np.concatenate(rows), np.concatenate(columns), np.concatenate(scores))


def _groups(request: Request, strangers: Ints) -> Iterator[tuple[Ints, Floats]]:
    """The strangers of each group, and how likely it buys each item of the history."""
    encoded = request.history.encoded
    recent = ages(request.history, request.as_of) < WINDOW_DAYS
    if not recent.any():
        recent[:] = True
    width = max(len(encoded.items), 1)
    pairs = distinct(encoded.user[recent] * width + encoded.item[recent])
    everybody = np.ones(len(encoded.users), dtype=np.bool_)
    overall = _share(pairs, width, everybody, np.zeros(width), 0.0)
    known = _traits(request, encoded.users.ids)
    wanted = _traits(request, pl.Series(request.users, dtype=pl.String).gather(pl.Series(strangers)))
    for group in np.unique(wanted, axis=0):
        likely = overall
        for level, trait in enumerate(group):
            if trait:
                likely = _share(pairs, width, known[:, level] == trait, likely, LEAN)
        yield strangers[(wanted == group).all(axis=1)], likely[: len(encoded.items)].astype(np.float32)


def _share(
    pairs: Ints, width: int, among: NDArray[np.bool_], prior: NDArray[np.float64], weight: float
) -> NDArray[np.float64]:
    """Per item: the share of buyers ``among`` the shoppers who bought anything, leaning on ``prior``."""
    kept = pairs[among[pairs // width]]
    buyers = np.bincount(kept % width, minlength=width)
    active = len(distinct(kept // width))
    return np.asarray((buyers + weight * prior) / max(active + weight, 1.0))


def _traits(request: Request, users: pl.Series) -> NDArray[np.str_]:
    """Users x ``LEVELS``: each user's group; an empty text where the user table does not say."""
    if request.profiles is None:
        return np.full((len(users), len(LEVELS)), "")
    asked = pl.DataFrame({Col.user_id: users})
    known = asked.join(request.profiles, on=Col.user_id, how="left", maintain_order="left")
    named = known.with_columns(_together(level, known.columns).alias(f"level {n}") for n, level in enumerate(LEVELS))
    return named.select(f"level {n}" for n in range(len(LEVELS))).to_numpy().astype(np.str_)


def _together(level: Sequence[str], columns: Sequence[str]) -> pl.Expr:
    present = [name for name in level if name in columns]
    return pl.concat_str(present, separator="\x1f", ignore_nulls=True).fill_null("") if present else pl.lit("")
