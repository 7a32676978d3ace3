"""What a plan reads of a day: published tables of other capabilities, by their names and columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from ml.capabilities import named
from ml.errors import NotPublished
from ml.placements import FOR_YOU
from ml.publish.readers import scan_of, version_of_day
from ml.settings import Settings
from ml.tables import Col

LISTED: Final = 10
"""Places of a list that count: what a shopper sees of it."""


class Read:
    """Columns of other capabilities' tables."""

    audience_id: Final = "audience_id"
    name_en: Final = "name_en"
    size: Final = "size"
    withheld: Final = "withheld"
    without_consent: Final = "without_consent"
    consent: Final = "consent"
    is_member: Final = "is_member"
    trait_en: Final = "trait_en"
    share_in: Final = "share_in"
    share_all: Final = "share_all"
    scope: Final = "scope"
    churn: Final = "churn_probability"
    purchase_28d: Final = "purchase_probability_28d"
    spend_90d: Final = "predicted_clv_90d"
    historic_clv: Final = "historic_clv"
    stage: Final = "lifecycle_stage"
    campaigns: Final = "campaigns_365d"
    redemption_rate: Final = "redemption_rate_365d"
    click_rate: Final = "click_rate_365d"
    open_rate: Final = "open_rate_365d"


@dataclass(frozen=True, eq=False)
class Published:
    """The tables of a day.

    Attributes:
        audiences: one row per audience, withheld ones too.
        members: audience and shopper.
        traits: what members are or do more often than others.
        lists: shopper, place, product and its name, of the placement ``for_you``.
        popular: products and how many bought them, of all shoppers.
        predictions: one row per shopper; None where the day has none.
        profiles: stage of life and what shoppers did with campaigns in 365 days; None where the day has none.
        versions: of what was read, by capability.
    """

    audiences: pl.DataFrame
    members: pl.DataFrame
    traits: pl.DataFrame
    lists: pl.DataFrame
    popular: pl.DataFrame
    predictions: pl.DataFrame | None
    profiles: pl.DataFrame | None
    versions: dict[str, str]


def published_of(settings: Settings, day: date) -> Published:
    """Read them.

    Raises:
        NotPublished: ``audiences`` or ``recommend`` of the day is not published.
    """
    versions: dict[str, str] = {}

    def read(capability: str, table: str, *columns: str) -> pl.LazyFrame:
        version = version_of_day(settings, named(capability), day)
        if version is None:
            raise NotPublished(
                f"{capability} of {day}",
                expected="to be published before a campaign is planned from it",
                found="no version",
                remedy=f"Run: shelduck run --as-of {day} --capability {capability}",
            )
        versions[capability] = version.id
        return scan_of(named(capability), version, table).select(columns)

    def read_if_there(capability: str, table: str, *columns: str) -> pl.DataFrame | None:
        try:
            return read(capability, table, *columns).collect()
        except NotPublished:
            return None

    lists = read("recommend", "recommendation", Col.placement, Col.user_id, Col.rank, Col.item_id, Col.item_name)
    members = read("audiences", "audience_member", Read.audience_id, Col.user_id, Read.is_member)
    about = (Read.audience_id, Read.name_en, Read.size, Read.withheld, Read.consent, Read.without_consent)
    return Published(
        read("audiences", "audience", *about).collect(),
        members.filter(pl.col(Read.is_member)).drop(Read.is_member).collect(),
        read(
            "audiences", "audience_trait", Read.audience_id, Col.rank, Read.trait_en, Read.share_in, Read.share_all
        ).collect(),
        lists.filter((pl.col(Col.placement) == FOR_YOU) & (pl.col(Col.rank) <= LISTED)).drop(Col.placement).collect(),
        read("recommend", "popular_item", Read.scope, Col.rank, Col.item_id, Col.score).collect(),
        read_if_there(
            "predictions", "customer_prediction",
            Col.user_id, Read.churn, Read.purchase_28d, Read.spend_90d, Read.historic_clv,
        ),
        read_if_there(
            "profile", "customer_profile",
            Col.user_id, Read.stage, Read.campaigns, Read.redemption_rate, Read.click_rate, Read.open_rate,
        ),
        versions,
    )  # fmt: skip
