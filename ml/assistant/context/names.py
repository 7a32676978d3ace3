"""Names that may stand in a document: one that states an offer, leads somewhere or instructs a model may not."""

from __future__ import annotations

import polars as pl

from ml.copy.validation.plain_names import is_plain
from ml.tables import Col


def plain_items(items: pl.DataFrame) -> pl.DataFrame:
    """Those of ``items`` (``item_name`` and others) whose name is a name and nothing else.

    A name is judged once however many items have it, quotation marks would end it where it stands.
    """
    names = items[Col.item_name].drop_nulls().unique().to_list()
    plain = [name for name in names if '"' not in name and is_plain(name)]
    return items.filter(pl.col(Col.item_name).is_in(plain))
