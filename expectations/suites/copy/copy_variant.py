"""Gate of ``copy_variant``: whole variants that fit their channel, whose slots and links are the brief's own.

Checked from the published rows alone, not by the code that wrote them.
"""

from __future__ import annotations

from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.copy.columns import Copy, Status, Writer
from ml.copy.outputs import COPY_FACT, COPY_VARIANT
from ml.copy.request import PARTS
from ml.copy.slots import SLOTS
from ml.text.facts import LIMITS

GATE, WATCH = 7, 1

_EMPTY: Final = "without_text"
_LONG: Final = "longer_than_the_channel_takes"
_SLOT: Final = "braces_that_are_no_slot"
_LINK: Final = "link_that_is_no_fact"
_PART: Final = "part_missing"
_MIXED: Final = "status_or_hash_differs_within_a_variant"
_ORIGIN: Final = "writer_without_its_origin"
_REPAIRED: Final = "share_of_model_texts_replaced"
_LINKS: Final = r"https?://[^\s，。；）)]+"
_MOST_REPAIRED: Final = 0.5
_VARIANT: Final = (Copy.brief_id, Copy.language, Copy.channel, Copy.arm)


def prepare(day: Day) -> pl.DataFrame:
    """One row: how many texts or variants break each claim."""
    rows = day.table(COPY_VARIANT.name)
    text, writer = pl.col(Copy.text), pl.col(Copy.writer)
    most = {part: limit.characters or limit.width for part, limit in LIMITS.items()}
    limit = pl.col(Copy.part).replace_strict(most, default=None, return_dtype=pl.Int64)
    bare = text
    for slot in SLOTS:
        bare = bare.str.replace_all(f"{{{slot}}}", "", literal=True)
    origins = {
        Writer.TEMPLATE: pl.col(Copy.template_id),
        Writer.LANGUAGE_MODEL: pl.col(Copy.text_id),
    }
    broken = {
        _EMPTY: text.str.strip_chars() == "",
        _LONG: (pl.col(Copy.characters) > limit).fill_null(value=False),
        _SLOT: bare.str.contains(r"[{}]"),
        _ORIGIN: pl.any_horizontal((writer == name) & column.is_null() for name, column in origins.items()),
    }
    sums = rows.select(claim.sum().cast(pl.Int64).alias(name) for name, claim in broken.items())
    return sums.with_columns(
        pl.lit(_foreign_links(day, rows), dtype=pl.Int64).alias(_LINK),
        *_of_variants(rows),
        pl.lit(_replaced(rows), dtype=pl.Float64).alias(_REPAIRED),
    )


def gate(_: Day) -> list[gxe.Expectation]:
    """Texts that can go out as they are."""
    claims = {
        _EMPTY: "every text says something",
        _LONG: "no text is longer than its channel takes",
        _SLOT: "braces hold slots that copy_recipient fills",
        _LINK: "every link is one of the brief's facts",
        _PART: "variants have all parts of their channel",
        _MIXED: "the parts of a variant have one status, hash and sheet",
        _ORIGIN: "a template's or model's text says which",
    }
    return [
        gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
        for column, claim in claims.items()
    ]


def watch(_: Day) -> list[gxe.Expectation]:
    """A language model of whose texts most are refused costs more than it gives."""
    return [
        gxe.ExpectColumnSumToBeBetween(
            column=_REPAIRED, max_value=_MOST_REPAIRED, description="most texts of the language model can be used"
        )
    ]


def _of_variants(rows: pl.DataFrame) -> list[pl.Expr]:
    parts = {channel: len(names) for channel, names in PARTS.items()}
    same = [pl.col(name).n_unique() > 1 for name in (Copy.status, Copy.variant_hash, Copy.sheet_id)]
    variants = rows.group_by(_VARIANT).agg(
        (pl.len() != pl.col(Copy.channel).first().replace_strict(parts, default=0, return_dtype=pl.Int64)).alias(_PART),
        (pl.any_horizontal(same) | ~pl.col(Copy.status).is_in(list(Status)).all()).alias(_MIXED),
    )
    return [pl.lit(int(variants[name].sum()), dtype=pl.Int64).alias(name) for name in (_PART, _MIXED)]


def _foreign_links(day: Day, rows: pl.DataFrame) -> int:
    """Links in texts that are no fact of their brief."""
    facts = day.table(COPY_FACT.name).filter(pl.col(Copy.kind) == "link")
    known = facts.select(Copy.brief_id, Copy.language, pl.col(Copy.value).alias(_LINK)).unique()
    shown = rows.select(Copy.brief_id, Copy.language, pl.col(Copy.text).str.extract_all(_LINKS).alias(_LINK))
    shown = shown.explode(_LINK).drop_nulls(_LINK)
    return shown.join(known, on=[Copy.brief_id, Copy.language, _LINK], how="anti").height


def _replaced(rows: pl.DataFrame) -> float:
    """Of the texts that a language model wrote or should have written the share that a template replaced."""
    writer, reason = pl.col(Copy.writer), pl.col(Copy.reason)
    by_model = rows.filter(writer == Writer.LANGUAGE_MODEL).height
    replaced = rows.filter((writer == Writer.TEMPLATE) & reason.str.contains("language model")).height
    return replaced / max(by_model + replaced, 1)
