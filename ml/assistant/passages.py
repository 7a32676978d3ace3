"""Passages from which customers' questions are answered: the shop's documents by paragraph, products by document."""

from __future__ import annotations

import hashlib
from typing import Final

import polars as pl

from ml.assistant.columns import Ask
from ml.assistant.outputs import ASSISTANT_PASSAGE
from ml.tables import Col

DOCUMENT, PRODUCT = "document", "product"
_ID_DIGITS: Final = 16
_CITED: Final = r" \[\d+\]"


def passages_of(documents: pl.DataFrame, products: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """``assistant_passage``.

    Args:
        documents: ``dim_shop_document``.
        products: rows of ``assistant_context`` about products.
        items: ``item_id``, ``item_name``.
    """
    both = pl.concat([_paragraphs(documents), _products(products, items)])
    key = pl.struct(Ask.source, Ask.language, Ask.text)
    named = both.with_columns(key.map_elements(_id_of, pl.String).alias(Ask.passage_id))
    return named.unique(Ask.passage_id, keep="first", maintain_order=True).select(
        column.name for column in ASSISTANT_PASSAGE.columns
    )


def _paragraphs(documents: pl.DataFrame) -> pl.DataFrame:
    paragraphs = pl.col(Ask.text).str.replace_all("\r\n", "\n").str.split("\n\n")
    return (
        documents.filter(pl.col(Ask.is_enabled))
        .with_columns(paragraphs)
        .explode(Ask.text)
        .with_columns(pl.col(Ask.text).str.strip_chars())
        .filter(pl.col(Ask.text) != "")
        .select(
            pl.lit(DOCUMENT).alias(Ask.kind),
            Ask.language,
            Ask.title,
            Ask.text,
            pl.lit(None, pl.String).alias(Col.item_id),
            pl.format("shop_documents {} {}", Ask.document_id, Ask.language).alias(Ask.source),
            Ask.link,
        )
    )


def _products(products: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """What a product's document says, without the numbers of its citations."""
    named = products.join(items.select(pl.col(Col.item_id).alias(Ask.subject_id), Col.item_name), on=Ask.subject_id)
    return named.select(
        pl.lit(PRODUCT).alias(Ask.kind),
        Ask.language,
        pl.col(Col.item_name).alias(Ask.title),
        pl.col(Ask.text).str.replace_all(_CITED, ""),
        pl.col(Ask.subject_id).alias(Col.item_id),
        pl.format("items {}", Ask.subject_id).alias(Ask.source),
        pl.lit(None, pl.String).alias(Ask.link),
    )


def _id_of(key: dict[str, str]) -> str:
    said = "\x1f".join(key[name] or "" for name in (Ask.source, Ask.language, Ask.text))
    return hashlib.sha256(said.encode()).hexdigest()[:_ID_DIGITS]
