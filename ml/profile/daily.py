"""A day's profiles: what dbt made of them, as it stands in the snapshot."""

from __future__ import annotations

import polars as pl

from ml.day import Day, Result
from ml.profile.columns import Profile
from ml.profile.outputs import CUSTOMER_PROFILE


def compute(day: Day) -> Result:
    """The profile of every shopper; the manifest counts them by life-cycle stage.

    Raises:
        StaleFeatures: the snapshot is incomplete.
    """
    profiles = day.table(CUSTOMER_PROFILE.name)
    stages = profiles.group_by(Profile.lifecycle_stage).agg(pl.len()).sort(Profile.lifecycle_stage)
    return Result(
        {CUSTOMER_PROFILE.name: profiles}, counts={"shoppers": len(profiles), "stages": dict(stages.iter_rows())}
    )
