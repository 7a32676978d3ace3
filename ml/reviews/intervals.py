"""Intervals of shares: Wilson's of one, Newcombe's of the difference of two (95 %)."""

from __future__ import annotations

from typing import Final, NamedTuple

import polars as pl

_Z: Final = 1.959964
_DIGITS: Final = 6


class Interval(NamedTuple):
    """The share and its ends; null where nothing was counted."""

    share: pl.Expr
    low: pl.Expr
    high: pl.Expr

    @property
    def rounded(self) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
        """As they are published: six digits."""
        return self.share.round(_DIGITS), self.low.round(_DIGITS), self.high.round(_DIGITS)


def wilson(count: pl.Expr, of: pl.Expr) -> Interval:
    """The share ``count`` of ``of`` (Wilson 1927)."""
    counted = pl.when(of > 0).then(of).cast(pl.Float64)
    share = count / counted
    middle = (share + _Z**2 / (2 * counted)) / (1 + _Z**2 / counted)
    half = _Z / (1 + _Z**2 / counted) * (share * (1 - share) / counted + _Z**2 / (4 * counted**2)).sqrt()
    return Interval(share, (middle - half).clip(0, 1), (middle + half).clip(0, 1))


def difference(now: Interval, before: Interval) -> Interval:
    """``now`` less ``before``, of other reviews each (Newcombe 1998, method 10)."""
    change = now.share - before.share
    down = ((now.share - now.low) ** 2 + (before.high - before.share) ** 2).sqrt()
    up = ((now.high - now.share) ** 2 + (before.share - before.low) ** 2).sqrt()
    return Interval(change, (change - down).clip(-1, 1), (change + up).clip(-1, 1))
