"""The published tables of ``assistant``."""

from __future__ import annotations

from typing import Final

from ml.assistant.columns import Ask
from ml.tables import Col, Column, Kind, Table

_TEXT: Final = Kind.TEXT

ASSISTANT_CONTEXT: Final = Table(
    "assistant_context",
    (Ask.subject, Ask.subject_id, Ask.language),
    (
        Column(Ask.subject, _TEXT, "What it is about: customer or product."),
        Column(Ask.subject_id, _TEXT, "Id of the customer or product, as landed."),
        Column(Ask.language, _TEXT, "Language of the text: en or zh."),
        Column(Col.user_id, _TEXT, "The customer; null beside products."),
        Column(Ask.text, _TEXT, "What a chatbot may know, each statement with the number of its citation."),
        Column(Ask.characters, Kind.COUNT, "Length of the text.", "characters"),
        Column(Ask.citations, Kind.TEXTS, "By number, from 1: table and key that the statement comes from."),
    ),
    description="One row per customer who agreed, or product, and language: a short document with its sources.",
    person=Col.user_id,
)
ASSISTANT_PASSAGE: Final = Table(
    "assistant_passage",
    (Ask.passage_id,),
    (
        Column(Ask.passage_id, _TEXT, "Id of the passage; the same text of the same source keeps it."),
        Column(Ask.kind, _TEXT, "What it comes from: product, reviews or document."),
        Column(Ask.language, _TEXT, "Language of the passage: en or zh, as landed."),
        Column(Ask.title, _TEXT, "What the passage is about: a document's title, a product's name."),
        Column(Ask.text, _TEXT, "What the passage says, as customers read it."),
        Column(Col.item_id, _TEXT, "Id of the item, as in the catalogue."),
        Column(Ask.source, _TEXT, "Table and key that it comes from."),
        Column(Ask.link, _TEXT, "Where customers can read it; null where nothing was said."),
    ),
    description="One row per passage that answers customers' questions; a document's is about no item.",
)
TABLES: Final = (ASSISTANT_CONTEXT, ASSISTANT_PASSAGE)
