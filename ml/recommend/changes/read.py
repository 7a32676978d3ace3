"""What a comparison reads of a published version."""

from __future__ import annotations

from typing import Final

import polars as pl

from ml.errors import NotPublished, StaleFeatures
from ml.publish.readers import manifest, read_table
from ml.publish.store import Version
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import PURCHASE_PROBABILITY, RECOMMENDATION
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import Slice, read_slice

_COLUMNS: Final = (Col.placement, Col.user_id, Col.rank, Col.item_id, Col.item_name, Col.reason_text)


def lists_of(settings: Settings, version: Version) -> pl.DataFrame:
    """What is compared of ``recommendation``."""
    return read_table(settings, RECOMMEND, RECOMMENDATION.name, version.id).select(_COLUMNS)


def probabilities_of(settings: Settings, version: Version) -> pl.DataFrame:
    """``purchase_probability``; without rows where the version no longer, or never, had it."""
    try:
        return read_table(settings, RECOMMEND, PURCHASE_PROBABILITY.name, version.id)
    except NotPublished:  # kept for some days only
        return PURCHASE_PROBABILITY.empty()


def snapshot_of(settings: Settings, version: Version) -> Slice | None:
    """The snapshot that a version was made of; None where retention removed it."""
    try:
        return read_slice(settings.home / manifest(settings, RECOMMEND, version.id).slice)
    except StaleFeatures:
        return None
