"""The registered model as MLflow loads it: code beside data, nothing pickled.

It answers with the rows that were published, from the data home that ``SHELDUCK_HOME`` names: whoever asks gets what
the table holds. Shoppers without a prediction have no row.

MLflow runs this file on its own (models from code), so it ends by saying what it serves.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from ml.errors import NotPublished
from ml.predictions.bundle import read_bundle
from ml.predictions.capability import PREDICTIONS
from ml.predictions.interface import PREDICTIONS_MODEL
from ml.predictions.outputs import CUSTOMER_PREDICTION
from ml.publish.readers import current_version, read_table
from ml.registry.pyfunc import serve
from ml.settings import Settings
from ml.tables import Col

if TYPE_CHECKING:
    import pandas as pd


class PublishedPredictions:
    """Rows of the current version; the pointer is resolved once per request."""

    def __init__(self, folder: Path) -> None:
        read_bundle(folder)  # a bundle that cannot be read is refused when it is loaded
        self._settings = Settings()

    def answer(self, question: pd.DataFrame, params: Mapping[str, Any]) -> pl.DataFrame:  # noqa: ARG002
        """Rows of those asked for, in the order of the table; none while nothing is published."""
        asked = pl.Series([str(user) for user in question[Col.user_id]], dtype=pl.String)
        try:
            version = current_version(self._settings, PREDICTIONS).id
            table = read_table(self._settings, PREDICTIONS, CUSTOMER_PREDICTION.name, version)
        except NotPublished:
            version, table = "", CUSTOMER_PREDICTION.empty()
        return table.filter(pl.col(Col.user_id).is_in(asked.implode())).with_columns(pl.lit(version).alias(Col.version))


serve(PREDICTIONS_MODEL, PublishedPredictions)
