"""The landing contract: every table a shop may drop, defined here and nowhere else."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Final

from ml.landing import marketing_tables as marketing
from ml.landing import shop_tables as shop
from ml.landing.audience_tables import AUDIENCE_USERS, AUDIENCES, TAGS
from ml.landing.copy_tables import COPY_BRIEF_ITEMS, COPY_BRIEFS, COPY_DECISIONS, COPY_TERMS, COPY_TEXTS
from ml.landing.document_tables import SHOP_DOCUMENTS
from ml.landing.forms import FORMS
from ml.landing.layout_table import LAYOUTS
from ml.landing.masked_texts import masking_revision
from ml.landing.review_tables import REVIEW_ASPECTS, REVIEWS
from ml.landing.rule_table import RULES
from ml.landing.schema import Column, LandingTable
from ml.landing.waiver_table import WAIVERS

SUFFIXES: Final = (".parquet", ".csv", ".csv.gz", ".tsv", ".tsv.gz", ".jsonl", ".jsonl.gz")
FIRST_YEAR: Final = 1970
USUAL_FIRST_YEAR: Final = 1990
"""Of what arrives from then on: a timestamp of 1970 is a zero there, or seconds that were read as milliseconds."""
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
        RULES,
        LAYOUTS,
        TAGS,
        AUDIENCES,
        AUDIENCE_USERS,
        COPY_BRIEFS,
        COPY_BRIEF_ITEMS,
        COPY_TERMS,
        COPY_TEXTS,
        COPY_DECISIONS,
        SHOP_DOCUMENTS,
        REVIEWS,
        REVIEW_ASPECTS,
        WAIVERS,
    )
}


_RESTRICTS: Final = " A refused row stops publication until its key is accepted later or waived."
_READER: Final = 2
"""Counts up when files are read in another way, so that what was read before is read again."""


def contract_hash(table: LandingTable, zone: str, *settings: object) -> str:
    """Changes when what the contract asks of a table, the forms of values, reader, zone, settings or masking do.

    Then rows are judged again. Descriptions and other tables do not count.
    """
    columns = tuple(replace(column, doc="") for column in table.columns)
    asked = replace(table, columns=columns, doc="")
    masking = f" {masking_revision()} {table.masked}" if table.masked else ""
    return hashlib.sha256(f"{asked!r} {FORMS!r} {zone} {_READER} {settings}{masking}".encode()).hexdigest()[:12]


def contract_markdown() -> str:
    """The whole contract as Markdown, a section per table; ``docs/reference/landing.md`` holds the same text."""
    return "\n\n".join(_section(table) for table in CONTRACT.values())


def _row(column: Column) -> str:
    name = f"**{column.name}**" if column.required else column.name
    words = f": {', '.join(column.one_of)}" if column.one_of else ""
    return f"| {name} | {column.type.value} | {column.unit} | {column.doc}{words} |"


def _section(table: LandingTable) -> str:
    lines = [
        f"### {table.name}",
        f"{table.doc} Key: {' + '.join(table.key)}; {table.repeated}." + (_RESTRICTS if table.restricts else ""),
        "| column | type | unit | meaning |\n|---|---|---|---|",
    ]
    rows = "\n".join(map(_row, table.columns))
    rules = "".join(f"\n- Refused: {rule.reason}." for rule in table.rules)
    return "\n\n".join(lines) + "\n" + rows + (f"\n{rules}" if rules else "")
