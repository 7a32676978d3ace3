"""Drift of a day's columns against those of an earlier day: the population stability index (PSI) of each.

Values fall into bins around and between the deciles of the earlier day, nulls into one of their own. Of a column that
counts days since something, what was a day older on each day between counts as unchanged. Up to 0.1 is the noise of a
shop; on the demo no column had more than 0.06 within three days, 0.05 within two weeks and 0.15 within four. What moves
by less than a tenth of itself is not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

_ROWS: Final = 20_000
"""Of a table, evenly spaced in the order of its key."""
_PLACE: Final = "place in the table"
_DECILES: Final = np.arange(1, 10) / 10
_SLACK: Final = 0.1
"""Bins end so much of a decile below and above it, so that many equal values stay in one when all move a little."""
_AGEING: Final = "days_since_"


def sampled(table: pl.LazyFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Some 20,000 rows of ``columns`` as numbers; the same ones each time."""
    rows = table.select(pl.len()).collect().item()
    chosen = table.select(columns).with_row_index(_PLACE).filter(pl.col(_PLACE) % max(1, rows // _ROWS) == 0)
    return chosen.select(pl.col(columns).cast(pl.Float64)).collect(engine="streaming")


def drift(earlier: pl.DataFrame, now: pl.DataFrame, days: int) -> dict[str, float]:
    """The PSI of each column that both samples have; ``days`` lie between them."""
    found = {}
    for name in now.columns:
        if name in earlier.columns:
            before = [earlier[name], earlier[name] + days] if name.startswith(_AGEING) else [earlier[name]]
            found[name] = min(stability_index(each, now[name]) for each in before)
    return found


def stability_index(before: pl.Series, now: pl.Series) -> float:
    """The population stability index: the sum over bins of (p - q) ln(p / q), 0 where nothing has changed."""
    known = _numbers(before)
    deciles = np.quantile(known, _DECILES) if len(known) else known
    slack = _SLACK * np.abs(deciles)
    edges = np.unique(np.concatenate([deciles - slack, deciles + slack]))
    p, q = _shares(before, edges), _shares(now, edges)
    return float(((p - q) * np.log(p / q)).sum())


def _shares(values: pl.Series, edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each bin and of the nulls; half a value is added to each, so that none is 0."""
    known = _numbers(values)
    counts = np.bincount(np.searchsorted(edges, known, side="right"), minlength=len(edges) + 1)
    filled = np.append(counts, len(values) - len(known)) + 0.5
    return np.asarray(filled / filled.sum())


def _numbers(values: pl.Series) -> NDArray[np.float64]:
    found: NDArray[np.float64] = values.to_numpy()  # a null is NaN there
    return found[~np.isnan(found)]
