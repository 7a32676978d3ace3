"""The contract's table of documents of the shop: delivery, returns, opening hours, whatever customers ask about."""

from __future__ import annotations

from typing import Final

from ml.landing.schema import Column, Kind, LandingTable, Rule, Type, identifier, text

SHOP_DOCUMENTS: Final = LandingTable(
    "shop_documents",
    Kind.ENTITY,
    ("document_id", "language"),
    (
        identifier("document_id", "the document, such as returns", required=True),
        text("title", "what it is about", required=True),
        text("text", "the document, paragraphs apart by an empty line", required=True),
        text("language", "its language, such as en; absent means en"),
        text("link", "where customers can read it"),
        Column("enabled", Type.BOOLEAN, "false switches it off; absent means true"),
    ),
    "Documents from which customers' questions are answered: one row per document and language.",
    (Rule("text", "trim(text) = ''", "the text is empty", "Write the document, or switch it off by enabled"),),
)
