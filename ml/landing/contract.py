"""The landing contract: every table a shop may drop, defined here and nowhere else."""

from __future__ import annotations

import hashlib
from typing import Final

from ml.landing import marketing_tables as marketing
from ml.landing import shop_tables as shop

SUFFIXES: Final = (".parquet", ".csv", ".csv.gz", ".jsonl", ".jsonl.gz")
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2199
MAX_LINE_BYTES: Final = 16 * 2**20

CONTRACT: Final = {
    table.name: table
    for table in (
        shop.INTERACTIONS,
        shop.ITEMS,
        shop.USERS,
        shop.USER_ATTRIBUTES,
        marketing.PROMOTIONS,
        marketing.CAMPAIGNS,
        marketing.CAMPAIGN_ITEMS,
        marketing.SENDS,
        marketing.ENGAGEMENTS,
        marketing.IMPRESSIONS,
        shop.CONSENTS,
    )
}


def contract_hash(zone: str) -> str:
    """Changes when the contract or the shop's time zone does; rows judged by another one are loaded again."""
    return hashlib.sha256(f"{CONTRACT!r} {zone}".encode()).hexdigest()[:12]
