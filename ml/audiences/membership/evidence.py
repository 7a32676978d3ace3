"""What answers the functions of conditions, on D and on the days that D is compared with."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl

from ml.audiences.conditions.evidence import TableEvidence
from ml.audiences.conditions.vocabulary import ITEM_FIELDS
from ml.audiences.membership.vocabulary import ASSUMED
from ml.audiences.parts import Segmented, Tagged
from ml.audiences.shoppers import TODAY, Shop
from ml.warehouse.slices import DIM_CONSENT, DIM_ITEM, HISTORY

RECOMMEND: Final = "recommend"
RECOMMENDATION: Final = "recommendation"
PURCHASE_PROBABILITY: Final = "purchase_probability"


def evidence_of(shop: Shop, tags: Tagged, segments: Segmented, days: int = TODAY) -> TableEvidence:
    """The answers as of ``days`` before D.

    Tags and segments are D's definitions and models on the shop of that day; consents are D's, so that who has
    withdrawn one is nowhere. Purchases are D's history up to that day. Shelves and probabilities have no past:
    conditions that ask for them are unknown before D.
    """
    day, is_today = shop.day, days == TODAY
    return TableEvidence(
        as_of=day.as_of - timedelta(days=days),
        tags=_held(tags.held.get(days)),
        segments=_held(segments.held.get(days)),
        consents=day.scan(DIM_CONSENT),
        is_consent_assumed=shop.settings.consent == ASSUMED,
        shelves=day.scan_published(RECOMMEND, RECOMMENDATION) if is_today else None,
        probabilities=day.scan_published(RECOMMEND, PURCHASE_PROBABILITY) if is_today else None,
        history=day.scan(HISTORY),
        items=day.scan(DIM_ITEM).select(*ITEM_FIELDS.values()),
    )


def _held(rows: pl.DataFrame | None) -> pl.LazyFrame | None:
    return None if rows is None else rows.lazy()
