"""What to show a shopper of whom nothing was bought yet: what is popular among shoppers who signed up alike.

A newcomer's group is what the shop's user table says (country, language; never a protected attribute). Its buyers of
the last weeks count in full; a small group leans on everybody's, so that three shoppers decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ml.recommend.encoding import Floats, Ints
from ml.recommend.protocol import Request
from ml.recommend.recency import WINDOW_DAYS, ages, on_eligible
from ml.recommend.topk import Top, best_of
from ml.tables import Col

TRAITS: Final = (Col.country, Col.language)
LEAN: Final = 50.0
"""Shoppers of the whole shop that are added, in its proportions, to every group."""


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
    pairs = np.unique(encoded.user[recent] * width + encoded.item[recent])
    everybody = np.ones(len(encoded.users), dtype=np.bool_)
    overall = _share(pairs, width, everybody, np.zeros(width), 0.0)
    traits = _traits(request, encoded.users.ids)
    wanted = _traits(request, pl.Series(request.users, dtype=pl.String).gather(pl.Series(strangers)))
    for trait in np.unique(wanted):
        alike = everybody if trait == "" else traits == trait
        likely = _share(pairs, width, alike, overall, LEAN)
        yield strangers[wanted == trait], likely[: len(encoded.items)].astype(np.float32)


def _share(
    pairs: Ints, width: int, among: NDArray[np.bool_], prior: NDArray[np.float64], weight: float
) -> NDArray[np.float64]:
    """Per item: the share of buyers ``among`` the shoppers who bought anything, leaning on ``prior``."""
    kept = pairs[among[pairs // width]]
    buyers = np.bincount(kept % width, minlength=width)
    active = len(np.unique(kept // width))
    return np.asarray((buyers + weight * prior) / max(active + weight, 1.0))


def _traits(request: Request, users: pl.Series) -> NDArray[np.str_]:
    """Each user's group; an empty text for one of whom the user table says nothing."""
    known = request.profiles
    present = [name for name in TRAITS if known is not None and name in known.columns]
    if known is None or not present:
        return np.full(len(users), "")
    named = known.select(Col.user_id, pl.concat_str(present, separator="\x1f", ignore_nulls=True).alias("group"))
    frame = pl.DataFrame({Col.user_id: users}).join(named, on=Col.user_id, how="left", maintain_order="left")
    return frame["group"].fill_null("").to_numpy().astype(np.str_)
