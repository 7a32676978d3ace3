"""Statements about customers or products, and the documents that they add up to."""

from __future__ import annotations

from typing import Final

import polars as pl

from ml.assistant.columns import Ask
from ml.tables import Col

SUBJECT: Final = Ask.subject_id
ORDER, EN, ZH, CITATION = "order", "en", "zh", "citation"
MOST_CHARACTERS: Final = 1200
"""Of a document. A statement that would lead beyond it is left out, and so are those after it."""
_TEXT: Final = {"en": EN, "zh": ZH}


def statements(
    frame: pl.DataFrame, order: int, *, subject: str, words: tuple[pl.Expr, pl.Expr], citation: pl.Expr
) -> pl.DataFrame:
    """One statement per row of ``frame``: ``subject_id``, ``order``, ``en``, ``zh``, ``citation``.

    A row whose words are null in either language states nothing.

    Args:
        subject: column with the id of the customer or product.
        words: the statement in English and in Chinese.
        citation: table and key that it comes from.
    """
    made = frame.select(
        pl.col(subject).alias(SUBJECT),
        pl.lit(order, pl.Int32).alias(ORDER),
        words[0].alias(EN),
        words[1].alias(ZH),
        citation.alias(CITATION),
    )
    return made.drop_nulls([EN, ZH])


def documents(kind: str, said: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``assistant_context`` about subjects of one kind, but for ``user_id``.

    Each statement ends in the number of its citation, in brackets, from 1 in the order of ``citations``.
    """
    return pl.concat([_in_language(kind, said, language) for language in _TEXT])


def _in_language(kind: str, said: pl.DataFrame, language: str) -> pl.DataFrame:
    number = pl.int_range(1, pl.len() + 1).over(SUBJECT)
    text = pl.format("{} [{}]", pl.col(_TEXT[language]), number)
    lines = said.sort(SUBJECT, ORDER, CITATION).with_columns(text.alias(Ask.text))
    length = (pl.col(Ask.text).str.len_chars() + 1).cum_sum().over(SUBJECT) - 1
    return (
        lines.filter(length <= MOST_CHARACTERS)
        .group_by(SUBJECT, maintain_order=True)
        .agg(pl.col(Ask.text).str.join("\n"), pl.col(CITATION).alias(Ask.citations))
        .with_columns(
            pl.lit(kind).alias(Ask.subject),
            pl.lit(language).alias(Ask.language),
            pl.col(Ask.text).str.len_chars().cast(pl.Int64).alias(Ask.characters),
        )
    )


def listed(names: pl.DataFrame, *, by: list[str], most: int) -> pl.DataFrame:
    """The first ``most`` different item names of each group by rank, as a text: ``by``, ``names_en``, ``names_zh``."""
    different = pl.col(Col.item_name).unique(maintain_order=True).head(most)
    first = names.sort(*by, Col.rank).group_by(by, maintain_order=True).agg(different)
    quoted = pl.col(Col.item_name).list.eval(pl.format('"{}"', pl.element()))
    return first.select(*by, quoted.list.join(", ").alias("names_en"), quoted.list.join("、").alias("names_zh"))
