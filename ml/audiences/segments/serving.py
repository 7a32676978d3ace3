"""The registered model as MLflow loads it: code beside data, nothing pickled.

It answers with the behavioural segments that were published, from the data home that ``SHELDUCK_HOME`` names: whoever
asks gets what the table holds. Shoppers without a row there have none here.

MLflow runs this file on its own (models from code), so it ends by saying what it serves.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from ml.audiences.capability import AUDIENCES
from ml.audiences.columns import Aud, Scheme
from ml.audiences.outputs import SEGMENT_MEMBER
from ml.audiences.segments.bundle import read_bundle
from ml.audiences.segments.interface import SEGMENTS_MODEL
from ml.errors import NotPublished
from ml.publish.readers import current_version, read_table
from ml.registry.pyfunc import serve
from ml.settings import Settings
from ml.tables import Col

if TYPE_CHECKING:
    import pandas as pd


class PublishedSegments:
    """Rows of the current version; the pointer is resolved once per request."""

    def __init__(self, folder: Path) -> None:
        read_bundle(folder)  # a bundle that cannot be read is refused when it is loaded
        self._settings = Settings()

    def answer(self, question: pd.DataFrame, params: Mapping[str, Any]) -> pl.DataFrame:  # noqa: ARG002
        """Rows of those asked for, in the order of the table; none while nothing is published."""
        asked = pl.Series([str(user) for user in question[Col.user_id]], dtype=pl.String)
        try:
            version = current_version(self._settings, AUDIENCES).id
            table = read_table(self._settings, AUDIENCES, SEGMENT_MEMBER.name, version)
        except NotPublished:
            version, table = "", SEGMENT_MEMBER.empty()
        is_asked = pl.col(Col.user_id).is_in(asked.implode()) & (pl.col(Aud.scheme) == Scheme.BEHAVIOUR.value)
        return table.filter(is_asked).with_columns(pl.lit(version).alias(Col.version))


serve(SEGMENTS_MODEL, PublishedSegments)
