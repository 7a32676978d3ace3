"""A day's briefs as fact sheets and requests: what a template, a language model or a person may write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from ml.copy.capability import DIM_COPY_BRIEF, DIM_COPY_BRIEF_ITEM, DIM_COPY_TERM
from ml.copy.columns import Copy
from ml.copy.outputs import COPY_BRIEF, COPY_FACT
from ml.copy.request import Request
from ml.copy.sheets.audience import Readers
from ml.copy.sheets.briefs import Brief, briefs_of
from ml.copy.sheets.conflicts import refused_offer, refused_products
from ml.copy.sheets.facts import Fact, facts_of
from ml.copy.sheets.products import Choice, Shop
from ml.copy.sheets.sheet import canonical, request_of, sheet_of
from ml.copy.sheets.terms import Terms
from ml.day import Day
from ml.tables import Col
from ml.text.validation.names import Catalogue
from ml.warehouse.slices import DIM_ITEM
from ml.words import Language


@dataclass(frozen=True, eq=False)
class Planned:
    """A brief that can be written, with its products."""

    brief: Brief
    choice: Choice


@dataclass(frozen=True, eq=False)
class Requested:
    """What a day's briefs ask for.

    Attributes:
        requests: by brief, language and channel, in this order; none of a brief that is withheld.
        copy_brief: the published table; what is written and approved is counted later.
        copy_fact: the published table.
        planned: the briefs of the requests, by their id.
        readers: whom they are written for.
    """

    requests: tuple[Request, ...]
    copy_brief: pl.DataFrame
    copy_fact: pl.DataFrame
    planned: tuple[Planned, ...]
    readers: Readers
    day: Day

    @cached_property
    def catalogue(self) -> Catalogue:
        """Names of everything that the shop sells, which texts may not name beyond their sheets."""
        table = self.day.table(DIM_ITEM).select(Col.item_name, Col.item_brand)
        names, brands = (table[column].drop_nulls().unique().sort() for column in table.columns)
        return Catalogue(names, brands)


def requests_of(day: Day) -> Requested:
    """The requests of a day's briefs, with the published tables ``copy_brief`` and ``copy_fact``.

    A brief that cannot be written is in ``copy_brief`` with the reason and what to do.
    """
    readers, terms = Readers(day), Terms(day.table(DIM_COPY_TERM))
    shop = Shop(day.table(DIM_ITEM), day.table(DIM_COPY_BRIEF_ITEM), readers)
    requests: list[Request] = []
    rows: list[dict[str, Any]] = []
    told: list[dict[str, Any]] = []
    planned: list[Planned] = []
    for brief in briefs_of(day.table(DIM_COPY_BRIEF)):
        choice, withheld = _planned(brief, day, readers, shop)
        rows.append(_row(brief, choice, readers, withheld))
        if withheld:
            continue
        planned.append(Planned(brief, choice))
        for language in brief.languages:
            sheet = sheet_of(brief, language, choice, terms)
            told += _told(brief.brief_id, language, facts_of(brief, choice, sheet))
            said = canonical(sheet)
            requests += [request_of(brief, sheet, channel, said) for channel in brief.channels]
    return Requested(
        tuple(requests),
        COPY_BRIEF.checked(pl.DataFrame(rows, schema=COPY_BRIEF.schema, orient="row")),
        COPY_FACT.checked(pl.DataFrame(told, schema=COPY_FACT.schema, orient="row")),
        tuple(planned),
        readers,
        day,
    )


def _planned(brief: Brief, day: Day, readers: Readers, shop: Shop) -> tuple[Choice, str]:
    """The products of a brief, and why it is withheld; empty where it is not."""
    nothing = Choice((), {}, is_named=False)
    if refused := readers.refused(brief) or refused_offer(brief, day.as_of):
        return nothing, refused
    choice = shop.chosen(brief)
    return choice, refused_products(brief, choice)


def _row(brief: Brief, choice: Choice, readers: Readers, withheld: str) -> dict[str, Any]:
    is_published = not readers.refused(brief)
    return {
        Copy.brief_id: brief.brief_id,
        Copy.name: brief.name,
        Copy.audience_id: brief.audience_id,
        Copy.placement: None if choice.is_named else brief.placement,
        Copy.tone: brief.tone,
        Copy.occasion: brief.occasions["en"] or None,
        Copy.occasion_zh: brief.occasions["zh"] or None,
        Copy.start_date: brief.start_date,
        Copy.end_date: brief.end_date,
        Copy.send_date: brief.send_date,
        Copy.item_ids: [] if withheld else [each.item_id for each in choice.products],
        Copy.left_out: [f"{item}: {reason}" for item, reason in choice.left_out.items()],
        Copy.variants: 0,
        Copy.approved: 0,
        Copy.recipients: readers.size(brief) if is_published else None,
        Copy.withheld: withheld,
    }


def _told(brief_id: str, language: Language, facts: Iterator[Fact]) -> Iterator[dict[str, Any]]:
    for place, fact in enumerate(facts, start=1):
        yield {
            Copy.brief_id: brief_id,
            Copy.language: language,
            Copy.fact: place,
            Copy.kind: fact.kind,
            Col.item_id: fact.item_id,
            Copy.value: fact.value,
            Copy.source: fact.source,
        }
