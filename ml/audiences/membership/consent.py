"""Consent by purpose: the last step before members are published, on whatever day they are judged."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ml.audiences.columns import Consent
from ml.audiences.membership.vocabulary import ASSUMED
from ml.settings import Settings
from ml.tables import Col


@dataclass(frozen=True, eq=False)
class Consents:
    """Who has consented to what, as of D.

    Attributes:
        words: ``dim_consent``: ``user_id``, ``purpose``, ``is_granted``, the last word of each pair.
        is_assumed: the shop lands no consents and says so in its settings.
    """

    words: pl.DataFrame
    is_assumed: bool

    @classmethod
    def of(cls, settings: Settings, words: pl.DataFrame) -> Consents:
        """Those of a day."""
        return cls(words, settings.consent == ASSUMED)

    @property
    def kind(self) -> Consent:
        """What ``audience.consent`` says."""
        return Consent.ASSUMED if self.is_assumed else Consent.GRANTED

    def given(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Those of ``rows`` (``user_id``, ``purpose`` and others) whose shopper has consented to their purpose.

        No grant, no membership. Where consent is assumed, a shopper whose last word was no is left out all the same.
        """
        pair = [Col.user_id, Col.purpose]
        if self.is_assumed:
            return rows.join(self.words.filter(~pl.col(Col.is_granted)), on=pair, how="anti")
        return rows.join(self.words.filter(pl.col(Col.is_granted)), on=pair, how="semi")
