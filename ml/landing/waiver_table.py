"""The contract's table of waivers: refused restrictions that somebody decided to do without."""

from __future__ import annotations

from typing import Final

from ml.landing.rule_table import RULES
from ml.landing.schema import Kind, LandingTable, text
from ml.landing.shop_tables import CONSENTS

WAIVERS: Final = LandingTable(
    "waivers",
    Kind.ENTITY,
    ("table_name", "key"),
    (
        text("table_name", "the table of the refused row", required=True, one_of=(CONSENTS.name, RULES.name)),
        text("key", "the refused row's key as the refusal names it, or the name of its file", required=True),
        text("who", "who decided it", required=True),
        text("why", "the reason", required=True),
    ),
    "Decisions to publish without a refused row of a table that restricts, from the waiver's arrival on: one row per "
    "refused row (see `shelduck waive --help`). A row refused after that needs a waiver of its own.",
    keeps_repetitions=True,
)
