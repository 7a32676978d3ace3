"""The registered model as MLflow loads it: code beside data, nothing pickled.

MLflow runs this file on its own (models from code), so it ends by saying what it serves.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from ml.recommend.models import load
from ml.recommend.policy import PLACEMENTS
from ml.recommend.protocol import Interactions, Items, Request
from ml.registry.bundle import read_bundle
from ml.registry.pyfunc import serve
from ml.tables import Col


class BundleShelves:
    """Ranks items for the shoppers of a request, knowing what was known when the bundle was trained."""

    def __init__(self, folder: Path) -> None:
        self._bundle = read_bundle(folder)
        self._history = Interactions(pl.read_parquet(folder / "serving" / "history.parquet"))
        self._items = Items(pl.read_parquet(folder / "serving" / "dim_item.parquet"))
        self._models = {used.recipe: load(folder / used.folder) for used in self._bundle.placements.values()}

    def rank(self, users: Sequence[str], placement: str, k: int) -> pl.DataFrame:
        """Rows of user_id, rank, item_id, score, in the order asked; unknown shoppers get what is popular."""
        terms = next(each for each in PLACEMENTS if each.name == placement)
        request = Request(
            users,
            self._history,
            self._items,
            self._bundle.trained_as_of,
            k,
            exclude_seen=terms.exclude_seen,
            only_seen=terms.only_seen,
        )
        ranked = self._models[self._bundle.placements[placement].recipe].recommend(request).frame
        order = pl.DataFrame({Col.user_id: users}, schema={Col.user_id: pl.String}).with_row_index("asked")
        lists = ranked.join(order, on=Col.user_id).sort("asked", Col.rank)
        return lists.select(Col.user_id, Col.rank, Col.item_id, Col.score)


serve(BundleShelves)
