"""What conditions of audiences may name on a day."""

from __future__ import annotations

from typing import Final

import polars as pl

from ml.audiences.columns import Aud, Scheme
from ml.audiences.conditions.vocabulary import ITEM_FIELDS, Vocabulary, columns_of
from ml.audiences.outputs import SEGMENT, TAG
from ml.audiences.parts import Segmented, Tagged
from ml.audiences.shoppers import TODAY, Shop, known_columns
from ml.tables import Col
from ml.warehouse.slices import DIM_CONSENT, DIM_ITEM
from ml.words import Words

ASSUMED: Final = "assumed"
"""The value of the setting ``consent`` for a shop that lands no consents."""


def vocabulary_of(shop: Shop, tags: Tagged, segments: Segmented) -> Vocabulary:
    """Columns of profile and predictions, the day's tags, segments, shelves, and the purposes that have a consent."""
    by_scheme = {scheme: _named(_of(segments, scheme), Aud.segment_id) for scheme in Scheme}
    return Vocabulary(
        columns=columns_of(known_columns().values()),
        tags=_named(tags.tables[TAG.name].filter(pl.col(Aud.withheld) == ""), Aud.tag_id),
        segments=by_scheme[Scheme.BEHAVIOUR],
        rfm_classes=by_scheme[Scheme.RFM],
        stages=by_scheme[Scheme.LIFECYCLE],
        placements={each.name: Words(each.name, each.name) for each in shop.settings.placements_on},
        purposes=None if shop.settings.consent == ASSUMED else _purposes(shop),
        values={**_column_values(shop.shoppers[TODAY]), **_item_values(shop)},
    )


def _of(segments: Segmented, scheme: Scheme) -> pl.DataFrame:
    return segments.tables[SEGMENT.name].filter(pl.col(Aud.scheme) == scheme)


def _named(table: pl.DataFrame, key: str) -> dict[str, Words]:
    rows = table.select(key, Aud.name_en, Aud.name_zh).iter_rows()
    return {name: Words(english, chinese) for name, english, chinese in rows}


def _purposes(shop: Shop) -> dict[str, Words]:
    found = shop.day.table(DIM_CONSENT)[Col.purpose].unique().sort()
    return {purpose: Words(purpose, purpose) for purpose in found}


def _column_values(shoppers: pl.DataFrame) -> dict[str, list[str]]:
    texts = [name for name, kind in shoppers.schema.items() if kind == pl.String and name != Col.user_id]
    return {name: shoppers[name].drop_nulls().unique().sort().to_list() for name in texts}


def _item_values(shop: Shop) -> dict[str, list[str]]:
    items = shop.day.scan(DIM_ITEM).select(ITEM_FIELDS.values()).collect()
    return {name: items[name].drop_nulls().unique().sort().to_list() for name in items.columns}
