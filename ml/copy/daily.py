"""A day's briefs, their facts, the texts that may be published, and who gets which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import polars as pl

from ml.copy.capability import COPY_DECISION, COPY_TEXT
from ml.copy.columns import Copy, Status
from ml.copy.landed import Landed
from ml.copy.outputs import COPY_BRIEF, COPY_CHECK, COPY_FACT, COPY_RECIPIENT, COPY_VARIANT
from ml.copy.recipients import recipients_of
from ml.copy.sheets.daily import requests_of
from ml.copy.variants import Desk, Refused, Variant, Written
from ml.day import Day, Result
from ml.tables import Table
from ml.text.validation.style import characters

Row = dict[str, Any]
_LISTED: Final = ", "


def compute(day: Day) -> Result:
    """Write, check and assign.

    Raises:
        StaleFeatures: the snapshot is incomplete.
    """
    requested = requests_of(day)
    landed = Landed(day.table(COPY_TEXT), day.table(COPY_DECISION))
    desk, written = Desk(landed, requested.catalogue), Written()
    for request in requested.requests:
        made = desk.write(request)
        written.variants += made.variants
        written.refused += made.refused
    rows = list(_variant_rows(written.variants, landed))
    approved = [each for each in written.variants if landed.status(each.key, each.hash)[0] == Status.APPROVED]
    tables = {
        COPY_BRIEF.name: COPY_BRIEF.checked(_counted(requested.copy_brief, written.variants, approved)),
        COPY_FACT.name: requested.copy_fact,
        COPY_VARIANT.name: _frame(COPY_VARIANT, rows),
        COPY_CHECK.name: _frame(COPY_CHECK, _check_rows(written.refused)),
        COPY_RECIPIENT.name: recipients_of(day, requested, approved),
    }
    return Result(tables, counts={"briefs": len(requested.copy_brief), "consent": day.settings.consent})


def _frame(table: Table, rows: Iterable[Row]) -> pl.DataFrame:
    return table.checked(pl.DataFrame(list(rows), schema=table.schema, orient="row"))


def _counted(briefs: pl.DataFrame, written: Iterable[Variant], approved: Iterable[Variant]) -> pl.DataFrame:
    """``copy_brief`` with the numbers of its variants."""
    for column, variants in ((Copy.variants, written), (Copy.approved, approved)):
        names = pl.Series(Copy.brief_id, [each.request.brief_id for each in variants], dtype=pl.String)
        counted = names.value_counts(name=column)
        briefs = (
            briefs.drop(column).join(counted, on=Copy.brief_id, how="left").with_columns(pl.col(column).fill_null(0))
        )
    return briefs


def _variant_rows(variants: Iterable[Variant], landed: Landed) -> Iterator[Row]:
    for variant in variants:
        shared = _key(variant.request.brief_id, variant.request.language, variant.request.channel, variant.arm)
        status, who = landed.status(variant.key, variant.hash)
        for part, text in variant.texts.items():
            yield shared | {
                Copy.part: part,
                Copy.text: text.text,
                Copy.writer: text.writer,
                Copy.template_id: text.template_id,
                Copy.text_id: text.text_id,
                Copy.model: text.model,
                Copy.reason: text.reason,
                Copy.characters: characters(text.text),
                Copy.status: status,
                Copy.decided_by: who,
                Copy.variant_hash: variant.hash,
                Copy.sheet_id: variant.request.sheet_id,
            }


def _check_rows(refused: Iterable[Refused]) -> Iterator[Row]:
    """A row per finding, numbered within the part."""
    places: dict[Any, int] = {}
    for each in refused:
        request = each.request
        key = _key(request.brief_id, request.language, request.channel, each.arm) | {Copy.part: each.part}
        for finding in each.findings:
            place = places[tuple(key.values())] = places.get(tuple(key.values()), 0) + 1
            yield key | {
                Copy.check: place,
                Copy.writer: each.writer,
                Copy.rule: finding.rule,
                Copy.start: finding.start,
                Copy.found: finding.found,
                Copy.allowed: _LISTED.join(finding.allowed),
            }


def _key(brief_id: str, language: str, channel: str, arm: int) -> Row:
    return {Copy.brief_id: brief_id, Copy.language: language, Copy.channel: channel, Copy.arm: arm}
