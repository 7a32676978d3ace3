"""Shops of a few named shoppers, for tests of audiences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from ml.audiences.columns import Aud, Scheme
from ml.audiences.membership.daily import audiences_of
from ml.audiences.outputs import SEGMENT, TAG
from ml.audiences.parts import Segmented, Tagged
from ml.audiences.shoppers import Shop
from ml.capabilities import named
from ml.settings import Settings
from testkit.audience_days import AS_OF, hand_made

PROFILE = named("profile").tables["customer_profile"]
EARLIER = named("predictions").tables["customer_prediction_earlier"]
PREDICTION = named("predictions").tables["customer_prediction"]
SILENT_SHIPPED = (
    "best_customers",
    "bargain_hunters",
    "lapsing_high_value",
    "likely_top_category",
    "newcomers",
    "overdue_regulars",
)


def profile(revenues: Mapping[str, float]) -> pl.DataFrame:
    """``customer_profile`` of shoppers of whom nothing but the revenue is known."""
    rows = pl.DataFrame({"user_id": list(revenues), "revenue_365d": [float(each) for each in revenues.values()]})
    return rows.match_to_schema(PROFILE.schema, missing_columns="insert")


def granted(users: Sequence[str], purpose: str = "marketing") -> pl.DataFrame:
    """``dim_consent``: all of them said yes."""
    return pl.DataFrame({"user_id": list(users), "purpose": purpose, "is_granted": True})


def day_of(
    home: Path,
    definitions: pl.DataFrame,
    revenues: Mapping[int, Mapping[str, float]],
    minimum: int = 1,
    **given: pl.DataFrame | str,
) -> dict[str, pl.DataFrame]:
    """The tables of a day of these audiences; shipped ones left out.

    Args:
        revenues: by number of days before D, revenue by shopper.
        given: further tables of the day's snapshot, ``purchase_probability``, ``tags`` (held on D), ``consent``.
    """
    settings = Settings(home=home, minimum_audience=minimum, consent=str(given.pop("consent", "landed")))
    upstream = {("predictions", "customer_prediction"): PREDICTION.empty()}
    upstream["predictions", EARLIER.name] = EARLIER.empty()
    tables = {name: table for name, table in given.items() if isinstance(table, pl.DataFrame)}
    if "purchase_probability" in tables:
        upstream["recommend", "purchase_probability"] = tables.pop("purchase_probability")
    tags = tables.pop("tags", pl.DataFrame(schema={"tag_id": pl.String, "user_id": pl.String}))
    past = {days: {"customer_profile": profile(each)} for days, each in revenues.items() if days}
    today = {"customer_profile": profile(revenues[0]), "dim_audience": definitions, **tables}
    tables = audiences_of(Shop(hand_made(settings, AS_OF, today, upstream, past)), _tagged(tags), _segmented())
    return {name: _own(table) for name, table in tables.items()}


def _own(table: pl.DataFrame) -> pl.DataFrame:
    return table.filter(~pl.col(Aud.audience_id).is_in(SILENT_SHIPPED))


def _tagged(held: pl.DataFrame) -> Tagged:
    ids = held["tag_id"].unique().sort()
    names = dict.fromkeys((Aud.tag_id, Aud.name_en, Aud.name_zh), ids)
    return Tagged({TAG.name: pl.DataFrame(names).with_columns(pl.lit("").alias(Aud.withheld))}, {0: held})


def _segmented() -> Segmented:
    texts = dict.fromkeys((Aud.scheme, Aud.segment_id, Aud.name_en, Aud.name_zh), pl.String)
    table = pl.DataFrame([(Scheme.RFM, "champions", "Champions", "冠军")], schema=texts, orient="row")
    held = pl.DataFrame(schema={Aud.scheme: pl.String, "user_id": pl.String, Aud.segment_id: pl.String})
    return Segmented({SEGMENT.name: table}, {0: held}, "0" * 12)
