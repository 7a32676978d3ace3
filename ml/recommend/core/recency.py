"""Recent popularity of items, from a request's history."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.best import NO_OPINION
from ml.recommend.core.encoding import Floats, Ints, Scores, distinct
from ml.recommend.core.interactions import Interactions
from ml.recommend.core.request import Request

WINDOW_DAYS = 28
_EPOCH = date(1970, 1, 1)


def ages(history: Interactions, as_of: date) -> Ints:
    """Age of each event in days at ``as_of``; 0 is the day itself."""
    return (as_of - _EPOCH).days - history.encoded.day


def buyers(history: Interactions, among: NDArray[np.bool_]) -> Floats:
    """For each item of the history's vocabulary its distinct shoppers, counting the events ``among``.

    Equal numbers are told apart by a fraction below one: the share of purchases that were repeats.
    """
    encoded = history.encoded
    items = len(encoded.items)
    pairs = distinct(encoded.user[among] * items + encoded.item[among])
    shoppers = np.bincount(pairs % max(items, 1), minlength=items)
    times = np.bincount(encoded.item[among], encoded.purchases[among], items)
    repeats = 1.0 - shoppers / np.maximum(times, 1)
    return (shoppers + 0.9 * np.where(shoppers > 0, repeats.clip(0.0, 1.0), 0.0)).astype(np.float32)


def popular(request: Request, days: int = WINDOW_DAYS) -> Scores:
    """``buyers`` of each eligible item in the ``days`` days that end with the request's day.

    A shop that sold nothing in them shows its whole history. Items that nobody bought have ``NO_OPINION``.
    """
    history = request.history

    def counted() -> Floats:
        recent = ages(history, request.as_of) < days
        return buyers(history, recent if recent.any() else np.ones_like(recent))

    return on_eligible(history.recent.of((request.as_of, days), counted), request)


def share_of_buyers(request: Request) -> Scores:
    """``popular`` as a share of the most popular item, in (0, 1]."""
    scores = popular(request)
    most = scores.max(initial=NO_OPINION)
    return scores / most if most > 0 else scores


def popular_share(request: Request, days: int = WINDOW_DAYS) -> float:
    """Of the shoppers who bought anything in the last ``days`` days, the share that bought the most popular item."""
    recent = ages(request.history, request.as_of) < days
    active = len(distinct(request.history.encoded.user[recent]))
    return float(min(np.floor(popular(request, days).max(initial=0.0)) / active, 1.0)) if active else 0.0


def on_eligible(counts: Floats, request: Request) -> Scores:
    """``counts`` per item of the history's vocabulary as scores of the eligible items; none where it is ≤ 0."""
    codes = request.item_codes
    known = codes >= 0
    scores = np.full(len(codes), NO_OPINION, dtype=np.float32)
    scores[known] = counts[codes[known]]
    scores[scores <= 0] = NO_OPINION
    return scores
