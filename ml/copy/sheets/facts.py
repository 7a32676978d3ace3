"""The facts of a sheet as people read them, each with the table and column that it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ml.copy import wording
from ml.copy.columns import Copy
from ml.copy.request import Channel
from ml.copy.sheets.briefs import Brief
from ml.copy.sheets.products import Choice, Chosen
from ml.copy.sheets.sheet import links_of
from ml.tables import Col
from ml.text.facts import FactSheet, Product

_BRIEFS: Final = "copy_briefs"
_ITEMS: Final = "copy_brief_items"
_CATALOGUE: Final = "items"
_TERMS: Final = "copy_terms"


@dataclass(frozen=True)
class Fact:
    """One line of ``copy_fact``."""

    kind: str
    value: str
    source: str
    item_id: str | None = None


def facts_of(brief: Brief, choice: Choice, sheet: FactSheet) -> Iterator[Fact]:
    """Every fact of a brief's sheet in its language, products first."""
    for chosen, product in zip(choice.products, sheet.products, strict=True):
        yield from _of_product(chosen, product, sheet)
    yield from _of_offer(brief, sheet)
    yield from _of_days(brief, sheet)
    if brief.code:
        yield Fact("code", brief.code, f"{_BRIEFS}.{Copy.code}")
    yield from _of_names(brief, sheet)
    for channel in brief.channels:
        yield from _of_links(brief, channel)


def _of_product(chosen: Chosen, product: Product, sheet: FactSheet) -> Iterator[Fact]:
    language, item = sheet.language, chosen.item_id
    own = [Copy.name_zh, Copy.name] if language == "zh" else [Copy.name]
    column = next((name for name in own if name in chosen.from_brief), None)
    yield Fact("product", product.names[0], f"{_ITEMS}.{column}" if column else f"{_CATALOGUE}.{Col.item_name}", item)
    if product.brand:
        yield Fact("brand", product.brand, f"{_CATALOGUE}.{Col.item_brand}", item)
    price = _ITEMS if Col.price in chosen.from_brief else _CATALOGUE
    if product.price:
        yield Fact("price", wording.price(product.price, language), f"{price}.{Col.price}", item)
    if product.was:
        yield Fact("former_price", wording.price(product.was, language), f"{_ITEMS}.{Copy.was_price}", item)
    if product.percent_off is not None:
        told = wording.percent(product.percent_off, language)
        yield Fact("discount", told, f"{_ITEMS}.{Copy.percent_off}", item)
    if product.multi_buy:
        told = wording.pieces(product.multi_buy, language)
        yield Fact("offer", told, f"{_ITEMS}.{Copy.take}, {_ITEMS}.{Copy.pay}", item)
    for each in product.quantities:
        yield Fact("quantity", wording.quantity(each, language), f"{_ITEMS}.{Copy.pack_size}", item)
    if product.unit_price:
        told = wording.unit_price(product.unit_price, language)
        yield Fact("unit_price", told, f"{price}.{Col.price} / {_ITEMS}.{Copy.pack_size}", item)


def _of_offer(brief: Brief, sheet: FactSheet) -> Iterator[Fact]:
    language = sheet.language
    for percent in sheet.percents_off:
        yield Fact("discount", wording.percent(percent, language), f"{_BRIEFS}.{Copy.percent_off}")
    for amount in sheet.amounts_off:
        yield Fact("discount", wording.off(amount, language), f"{_BRIEFS}.{Copy.amount_off}")
    for multi in sheet.multi_buys:
        yield Fact("offer", wording.pieces(multi, language), f"{_BRIEFS}.{Copy.take}, {_BRIEFS}.{Copy.pay}")
    for spend in sheet.spends:
        columns = [Copy.minimum_spend, *([Copy.amount_off] if brief.amount_off else [])]
        yield Fact("threshold", wording.spend(spend, language), ", ".join(f"{_BRIEFS}.{each}" for each in columns))


def _of_days(brief: Brief, sheet: FactSheet) -> Iterator[Fact]:
    for kind, when, column in (
        ("first_day", brief.start_date, Copy.start_date),
        ("last_day", brief.end_date, Copy.end_date),
        ("send_day", brief.send_date, Copy.send_date),
    ):
        if when is not None:
            yield Fact(kind, wording.day(when, sheet), f"{_BRIEFS}.{column}")


def _of_names(brief: Brief, sheet: FactSheet) -> Iterator[Fact]:
    occasion = Copy.occasion_zh if sheet.language == "zh" else Copy.occasion
    said = brief.occasions[sheet.language].strip()
    for name in sheet.others:
        is_occasion = name == said
        source = f"{_BRIEFS}.{occasion}" if is_occasion else f"{_TERMS}.{Copy.text}"
        yield Fact("occasion" if is_occasion else "other_name", name, source)
    for claim in sheet.claims:
        yield Fact("claim", claim.texts[0], f"{_TERMS}.{Copy.text}, proved by {claim.source}")
    for kind, texts in (("sender", sheet.senders), ("contact", sheet.contacts)):
        for text in texts:
            yield Fact(kind, text, f"{_TERMS}.{Copy.text}")


def _of_links(brief: Brief, channel: Channel) -> Iterator[Fact]:
    for link in links_of(brief, channel):
        yield Fact("link", link, f"{_BRIEFS}.{Copy.link}")
