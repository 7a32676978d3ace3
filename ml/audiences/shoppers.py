"""The shop as tags, segments and audiences see it: its shoppers on D and on the days that D is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from ml.audiences.columns import Aud
from ml.capabilities import named
from ml.day import Day
from ml.settings import Settings
from ml.tables import Col, Column

PREDICTIONS: Final = "predictions"
_PREDICTION, _EARLIER = "customer_prediction", "customer_prediction_earlier"
PROFILE_TABLE: Final = "customer_profile"
TODAY: Final = 0


def known_columns() -> dict[str, Column]:
    """What is known of a shopper: the columns of the profile and of the predictions, by name."""
    tables = (named("profile").tables[PROFILE_TABLE], named(PREDICTIONS).tables[_PREDICTION])
    left_out = (Col.user_id, Col.as_of_date, Col.policy_id)
    return {column.name: column for table in tables for column in table.columns if column.name not in left_out}


@dataclass(frozen=True, eq=False)
class Shop:
    """A day's shoppers.

    Attributes:
        day: what the capability declares that it reads.
    """

    day: Day

    @property
    def settings(self) -> Settings:
        """The shop's settings."""
        return self.day.settings

    @cached_property
    def days(self) -> dict[int, Day]:
        """By number of days before D, the shop as it was known then; D itself is 0.

        Days without a file are missing, and where D has predictions those on which the shop was too young for any.
        """
        earlier = {days: self.day.before(days) for days in self.day.capability.compares}
        predicted = self.day.published(PREDICTIONS, _EARLIER)[Aud.days_before].unique().to_list()
        is_young = self.day.published(PREDICTIONS, _PREDICTION).is_empty()
        known = {days: each for days, each in earlier.items() if each and (is_young or days in predicted)}
        return {TODAY: self.day, **known}

    @cached_property
    def shoppers(self) -> dict[int, pl.DataFrame]:
        """By number of days before D: ``user_id`` and ``known_columns()``, a row per shopper, sorted by ``user_id``.

        Predictions are those of D's model, also of earlier days; null for who never bought anything.
        """
        return {days: self._known(days, each) for days, each in self.days.items()}

    def _known(self, days: int, day: Day) -> pl.DataFrame:
        predicted = (
            self.day.published(PREDICTIONS, _PREDICTION)
            if days == TODAY
            else self.day.published(PREDICTIONS, _EARLIER).filter(pl.col(Aud.days_before) == days)
        )
        profile = day.table(PROFILE_TABLE)
        new = [name for name in known_columns() if name not in profile.columns]
        return (
            profile.join(predicted.select(Col.user_id, *new), on=Col.user_id, how="left")
            .select(Col.user_id, *known_columns())
            .sort(Col.user_id)
        )
