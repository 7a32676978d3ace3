"""Published tables of a small shop from which campaigns are planned: who is worth what is known by construction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from ml.copy.campaigns.published import Published, Read
from ml.tables import Col

LEAVING, LOYAL, SMALL, NEW, EVERYBODY = "leaving", "loyal", "small", "new", "everybody"
SHOPPERS: Final = [f"s{number:03}" for number in range(200)]
MEMBERS: Final[Mapping[str, Sequence[str]]] = {
    EVERYBODY: SHOPPERS,
    LEAVING: SHOPPERS[:40],
    LOYAL: SHOPPERS[100:180],
    SMALL: SHOPPERS[:4],
    NEW: SHOPPERS[180:],
}
"""The first 40 have spent most and leave; the next to last 80 spend most in future; the last 20 are new."""
WINE, TEA, TWIN, RARE, LURE, OTHER = "wine", "tea", "tea-2", "rare", "lure", "other"
NAMES: Final = {
    WINE: "Alpine Red",
    TEA: "Twin Peaks Tea",
    TWIN: "twin  peaks tea",
    RARE: "Oat Bar",
    LURE: "90% off now",
    OTHER: "Bread",
}


def published(*, with_predictions: bool = True, withheld: str = "") -> Published:
    """Everything a plan reads; ``withheld`` names an audience whose members are not published."""
    audiences = [
        {
            Read.audience_id: name, Read.name_en: name.capitalize(), Read.consent: "granted", Read.without_consent: 7,
            Read.size: None if name == withheld else len(members),
            Read.withheld: "it has fewer than 20 members" if name == withheld else "",
        }
        for name, members in MEMBERS.items()
    ]  # fmt: skip
    members = [
        {Read.audience_id: name, Col.user_id: user}
        for name, users in MEMBERS.items()
        if name != withheld
        for user in users
    ]
    trait = {Read.trait_en: "tag | Likely to leave", Read.share_in: 0.5, Read.share_all: 0.1}
    return Published(
        pl.DataFrame(audiences, schema_overrides={Read.size: pl.Int64}),
        pl.DataFrame(members),
        pl.DataFrame([{Read.audience_id: LEAVING, Col.rank: 1} | trait]),
        lists(),
        pl.DataFrame({Read.scope: ["all"], Col.rank: [1], Col.item_id: [WINE], Col.score: [120.0]}),
        pl.DataFrame(list(map(_prediction, range(200)))) if with_predictions else None,
        pl.DataFrame(list(map(_profile, range(200)))) if with_predictions else None,
        {"audiences": "v1", "recommend": "v1"},
    )


def lists() -> pl.DataFrame:
    """Of those who leave: wine on the lists of 30, tea of 12, 8 of whom have no wine, its twin too, rare of one.

    Bread stands on the lists of all others.
    """
    held = {WINE: SHOPPERS[:30], TEA: SHOPPERS[26:38], TWIN: SHOPPERS[26:38], RARE: SHOPPERS[39:40]}
    held |= {LURE: SHOPPERS[:40], OTHER: SHOPPERS[40:]}
    rows = [
        {Col.user_id: user, Col.rank: rank, Col.item_id: item, Col.item_name: NAMES[item]}
        for rank, (item, users) in enumerate(held.items(), 1)
        for user in (*users, *(SHOPPERS[100:103] if item == WINE else ()))
    ]
    return pl.DataFrame(rows)


def _prediction(number: int) -> dict[str, object]:
    return {
        Col.user_id: SHOPPERS[number],
        Read.churn: 0.8 if number < 40 else 0.1,
        Read.purchase_28d: 0.25 if number < 40 else 0.75,
        Read.spend_90d: 300.0 + number if 100 <= number < 180 else 20.0,
        Read.historic_clv: 1000.0 + number if number < 40 else 100.0,
    }


def _profile(number: int) -> dict[str, object]:
    return {
        Col.user_id: SHOPPERS[number],
        Read.stage: "new" if number >= 180 else "active",
        Read.campaigns: 4 if number < 40 else 0,
        Read.redemption_rate: 0.25 if number < 40 else None,
        Read.click_rate: 0.5 if number < 40 else None,
        Read.open_rate: None,
    }
