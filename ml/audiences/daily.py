"""A day's tags, segments and audiences, each made of those before it."""

from __future__ import annotations

from ml.audiences.membership.daily import audiences_of
from ml.audiences.outputs import TABLES
from ml.audiences.segments.daily import segmented
from ml.audiences.shoppers import TODAY, Shop
from ml.audiences.tags.daily import tagged
from ml.day import Day, Result


def compute(day: Day) -> Result:
    """Tag, segment and group every shopper.

    Raises:
        StaleFeatures: a snapshot is incomplete.
        ModelMissing: the registry does not hold the version that was promoted.
    """
    shop = Shop(day)
    tags, segments = tagged(shop), segmented(shop)
    made = {**tags.tables, **segments.tables, **audiences_of(shop, tags, segments)}
    return Result(
        {table.name: table.checked(made[table.name]) for table in TABLES},
        key=segments.policy_id,
        policy=segments.told,
        counts={"shoppers": len(shop.shoppers[TODAY]), "consent": day.settings.consent},
    )
