"""What a comparison reads of a version, published or not."""

from __future__ import annotations

from typing import Final

import polars as pl

from ml.errors import StaleFeatures
from ml.publish.readers import manifest_of, not_kept, table_of
from ml.publish.store import Version
from ml.recommend.capability import RECOMMEND
from ml.recommend.changes.words import NEWER, OLDER
from ml.recommend.outputs import PURCHASE_PROBABILITY, RECOMMENDATION
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import Slice, read_slice
from ml.words import Words

_COLUMNS: Final = (Col.placement, Col.user_id, Col.rank, Col.item_id, Col.item_name, Col.reason_text)


def lists_of(version: Version) -> pl.DataFrame:
    """What is compared of ``recommendation``."""
    return table_of(RECOMMEND, version, RECOMMENDATION.name).select(_COLUMNS)


def probabilities_of(version: Version) -> pl.DataFrame:
    """``purchase_probability``; without rows where the version no longer, or never, had it.

    Raises:
        NotPublished: its file cannot be read.
    """
    name = PURCHASE_PROBABILITY.name
    if name not in manifest_of(version).tables or not_kept(RECOMMEND, version, name):
        return PURCHASE_PROBABILITY.empty()
    return table_of(RECOMMEND, version, name)


def judging_pairs(base: Version, new: Version) -> tuple[pl.DataFrame, Words]:
    """The probabilities by which both are judged, and whose they are; those of ``base`` where only it has some.

    Those of another day judge nothing: shoppers have bought since.
    """
    found = probabilities_of(new)
    if found.is_empty() and base.as_of == new.as_of:
        return probabilities_of(base), OLDER
    return found, NEWER


def snapshot_of(settings: Settings, version: Version) -> Slice | None:
    """The snapshot that a version was made of; None where retention removed it."""
    try:
        return read_slice(settings.home / manifest_of(version).slice)
    except StaleFeatures:
        return None
