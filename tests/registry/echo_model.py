"""A model as code for the tests: answers with what the bundle's index says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd


class Echo(mlflow.pyfunc.PythonModel):
    """Recommends the recipe's name, so that a test sees which bundle was loaded."""

    def load_context(self, context: Any) -> None:
        """Remember the index."""
        self.index = json.loads(Path(context.artifacts["bundle"], "bundle.json").read_text())

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """One row per shopper."""
        recipe = self.index["placements"][(params or {}).get("placement", "for_you")]["recipe"]
        return model_input.assign(rank=1, item_id=recipe, score=1.0)


mlflow.models.set_model(Echo())
