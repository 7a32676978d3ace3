"""The registered model as MLflow loads it: code beside data, nothing pickled.

MLflow runs this file on its own (models from code), so it ends by naming its model. It is the one file outside
``ml/registry`` that imports mlflow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel

from ml.recommend.models import load
from ml.recommend.policy import PLACEMENTS
from ml.recommend.protocol import Interactions, Items, Request
from ml.registry.bundle import read_bundle
from ml.tables import Col


class ShelfModel(PythonModel):  # type: ignore[misc]
    """Ranks items for the shoppers of a request, knowing what was known when the bundle was trained."""

    def load_context(self, context: Any) -> None:
        """Read the bundle: recommenders, history and catalogue."""
        folder = Path(context.artifacts["bundle"])
        self._bundle = read_bundle(folder)
        self._history = Interactions(pl.read_parquet(folder / "serving" / "history.parquet"))
        self._items = Items(pl.read_parquet(folder / "serving" / "dim_item.parquet"))
        self._models = {used.recipe: load(folder / used.folder) for used in self._bundle.placements.values()}

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Rows of user_id, rank, item_id, score for each distinct user_id of the input, in the order asked.

        Args:
            model_input: one column ``user_id``; unknown shoppers get what is popular.
            params: ``placement`` (for_you) and ``k`` (10).
        """
        asked = params or {}
        name = asked.get("placement", "for_you")
        placement = next(each for each in PLACEMENTS if each.name == name)
        users = list(dict.fromkeys(model_input[Col.user_id].astype(str)))
        request = Request(
            users,
            self._history,
            self._items,
            self._bundle.trained_as_of,
            int(asked.get("k", 10)),
            exclude_seen=placement.exclude_seen,
            only_seen=placement.only_seen,
        )
        ranked = self._models[self._bundle.placements[name].recipe].recommend(request).frame
        order = pl.DataFrame({Col.user_id: users}, schema={Col.user_id: pl.String}).with_row_index("asked")
        lists = ranked.join(order, on=Col.user_id).sort("asked", Col.rank)
        return lists.select(Col.user_id, Col.rank, Col.item_id, Col.score).to_pandas()


set_model(ShelfModel())
