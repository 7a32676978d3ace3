"""Ranked candidates as arrays: one row per shopper, one column per candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ml.recommend.core.encoding import Ints, Vocabulary
from ml.recommend.core.interactions import Items
from ml.recommend.rules.constraints import NONE, Bools, Fatigue
from ml.tables import Col


@dataclass(frozen=True, eq=False)
class Candidates:
    """Arrays of shoppers x candidates, each row in the order in which the candidates would be shown.

    Attributes:
        users: the shoppers, sorted.
        item: code among the eligible items; -1 where there is no candidate.
        before: rank before any rule, from 1; 0 for an item that only a rule brought in.
        score: as the recommender gave it.
        source: code of the candidate source.
        sources: the sources' names.
        tired: per fatigue rule, whether the shopper has seen the item too often; such items come last.
    """

    users: pl.Series
    item: Ints
    before: Ints
    score: NDArray[np.float64]
    source: Ints
    sources: tuple[str, ...]
    tired: tuple[Bools, ...] = ()

    @classmethod
    def of(cls, ranked: pl.DataFrame, brought: Sequence[pl.DataFrame], items: Items) -> Candidates:
        """From ranked lists (sorted by shopper and rank) and from lists that rules brought in behind them."""
        users = ranked.filter(pl.col(Col.rank) == 1)[Col.user_id]
        sources = Vocabulary.of(pl.concat([frame[Col.candidate_source] for frame in (ranked, *brought)]))
        row = np.cumsum(ranked[Col.rank].to_numpy() == 1) - 1
        code = items.vocabulary.codes(ranked[Col.item_id])
        more = _more(brought, users, items, row * len(items.frame) + code)
        rows = np.concatenate([row, more["row"].to_numpy()])
        order = np.argsort(rows, kind="stable")
        column = _counted(rows[order])
        width = int(column.max()) + 1 if len(column) else 0

        def laid(first: NDArray[Any], second: NDArray[Any], empty: float = 0) -> NDArray[Any]:
            cells: NDArray[Any] = np.full((len(users), width), empty, dtype=first.dtype)
            cells[rows[order], column] = np.concatenate([first, second])[order]
            return cells

        found = sources.codes(ranked[Col.candidate_source])
        return cls(
            users,
            laid(code, more["code"].to_numpy(), NONE),
            laid(ranked[Col.rank].to_numpy().astype(np.int64), np.zeros(len(more))),
            laid(ranked[Col.score].to_numpy(), more[Col.score].to_numpy()),
            laid(found, sources.codes(more[Col.candidate_source])),
            tuple(sources.ids),
        )

    def with_fatigue(self, fatigues: Sequence[Fatigue], items: Items) -> Candidates:
        """The same candidates, those seen too often behind the others."""
        if not fatigues:
            return self
        names = Vocabulary(self.users.rename("id"))
        size = len(items.frame)
        cell = np.arange(len(self.users))[:, None] * size + self.item
        tired = []
        for fatigue in fatigues:
            user, item = names.codes(fatigue.pairs[Col.user_id]), items.vocabulary.codes(fatigue.pairs[Col.item_id])
            known = (user >= 0) & (item >= 0)
            tired.append(np.isin(cell, (user * size + item)[known]) & (self.item >= 0))
        order = np.argsort(np.any(tired, axis=0), axis=1, kind="stable")
        return replace(self._ordered(order), tired=tuple(np.take_along_axis(each, order, axis=1) for each in tired))

    def block(self, rows: slice) -> Candidates:
        """Some of the shoppers."""
        arrays: dict[str, Any] = {
            name: getattr(self, name)[rows] for name in ("users", "item", "before", "score", "source")
        }
        return replace(self, **arrays, tired=tuple(each[rows] for each in self.tired))

    def _ordered(self, order: Ints) -> Candidates:
        arrays: dict[str, Any] = {
            name: np.take_along_axis(getattr(self, name), order, axis=1)
            for name in ("item", "before", "score", "source")
        }
        return replace(self, **arrays)


def _more(brought: Sequence[pl.DataFrame], users: pl.Series, items: Items, ranked: Ints) -> pl.DataFrame:
    """Row, item code, score and source of the added candidates that are not ranked already; each once, in order."""
    kinds = {"row": pl.Int64, "code": pl.Int64, Col.score: pl.Float64, Col.candidate_source: pl.String}
    if not brought:
        return pl.DataFrame(schema=kinds)
    joined = pl.concat([frame.select(Col.user_id, Col.item_id, Col.score, Col.candidate_source) for frame in brought])
    row, code = Vocabulary(users.rename("id")).codes(joined[Col.user_id]), items.vocabulary.codes(joined[Col.item_id])
    cell = row * len(items.frame) + code
    coded = joined.with_columns(pl.Series("row", row), pl.Series("code", code), pl.Series("cell", cell))
    new = coded.filter((pl.col("row") >= 0) & pl.Series(~np.isin(cell, ranked)))
    return new.unique("cell", keep="first", maintain_order=True).select(list(kinds))


def _counted(rows: Ints) -> Ints:
    """For each element of sorted ``rows``: how many equal elements precede it."""
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    return np.arange(len(rows)) - np.repeat(starts, np.diff(starts, append=len(rows)))
