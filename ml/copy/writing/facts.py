"""The facts of a sheet as a language model is given them: names that are plain, figures, slots without their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import time
from typing import Any, Final, TypeAlias

from ml.copy.slots import FALL_BACKS
from ml.copy.wording import plain
from ml.text.facts import FactSheet, Money, MultiBuy, Period, Product, Quantity, Slot, Spend, UnitPrice
from ml.text.validation.instructions import instructions
from ml.text.validation.plain_names import is_plain
from ml.text.validation.reading import Reading, read
from ml.words import Language, said

Facts: TypeAlias = dict[str, Any]
"""JSON: texts, lists of texts, and of products."""
_LIMITS: Final = {
    "characters": "characters at most",
    "width": "columns at most, a Chinese character counting two",
    "segments": "paid parts of a short message at most",
}


def facts_of(sheet: FactSheet) -> Facts:
    """All that a text of the sheet may state; what is empty is left out.

    Who is written to stays out: of a slot only its name is told. Words that address a model stay out as well, wherever
    the shop's data has them.
    """
    told: dict[str, Iterable[Any]] = {
        "products": [product for each in sheet.products if (product := _product(each))],
        "percent_off_everything": [f"{plain(each)} %" for each in sheet.percents_off],
        "amount_off_everything": map(_money, sheet.amounts_off),
        "pieces": map(_pieces, sheet.multi_buys),
        "thresholds": map(_spend, sheet.spends),
        "quantities": map(_quantity, sheet.quantities),
        "periods": map(_period, sheet.periods),
        "times": map(_time, sheet.times),
        "codes": _harmless(sheet.codes),
        "links": sheet.links,
        "claims_allowed": _harmless(text for claim in sheet.claims for text in claim.texts),
        "slots": [_slot(slot, sheet.language) for slot in sheet.slots],
        "shop": _harmless(sheet.senders),
        "contacts": _harmless(sheet.contacts),
        "names": filter(is_plain, sheet.others),
        "words_never_used": _harmless(sheet.banned),
        "read_on": [sheet.sent_on.isoformat()] if sheet.sent_on else [],
    }
    return {name: listed for name, each in told.items() if (listed := list(each))}


def limits_of(sheet: FactSheet) -> list[str]:
    """How long a text of the sheet may be, in words."""
    return [f"{most} {_LIMITS[name]}" for name in _LIMITS if (most := getattr(sheet.limit, name)) is not None]


def _product(product: Product) -> Facts:
    """A product with a name that is plain; empty for one without."""
    names = list(filter(is_plain, product.names))
    told = {
        "names": names,
        "brand": product.brand if product.brand and is_plain(product.brand) else "",
        "price": _money(product.price) if product.price else "",
        "former_price": _money(product.was) if product.was else "",
        "discount": f"{plain(product.percent_off)} %" if product.percent_off is not None else "",
        "unit_price": _unit_price(product.unit_price) if product.unit_price else "",
        "quantities": list(map(_quantity, product.quantities)),
        "pieces": _pieces(product.multi_buy) if product.multi_buy else "",
        "bundle": f"{product.bundle.take} for {_money(product.bundle.price)}" if product.bundle else "",
    }
    return {name: value for name, value in told.items() if value} if names else {}


def _slot(slot: Slot, language: Language) -> str:
    """Its name, and what stands in it for readers of whom nothing is known, so that the sentence fits around it."""
    words = FALL_BACKS.get(slot.name)
    return f"{{{slot.name}}}{f', such as: {said(words, language)}' if words else ''}"


def _harmless(texts: Iterable[str]) -> Iterator[str]:
    """Those that address no model, read forwards or backwards; terms of the shop may state offers and claims."""
    return (text for text in texts if not _is_addressed(read(text)))


def _is_addressed(reading: Reading) -> bool:
    found = (each for text in (reading.text, reading.text[::-1]) for each in instructions(text))
    return bool(reading.hidden) or next(found, None) is not None


def _money(money: Money) -> str:
    return f"{money.amount:f} {money.currency}"


def _quantity(quantity: Quantity) -> str:
    return f"{plain(quantity.amount)} {quantity.unit}"


def _unit_price(price: UnitPrice) -> str:
    return f"{_money(price.price)} per {_quantity(price.per)}"


def _pieces(offer: MultiBuy) -> str:
    return f"take {offer.take}, pay for {offer.pay}"


def _spend(spend: Spend) -> str:
    gets = f"{_money(spend.off)} off" if spend.off else "what a claim says"
    return f"orders of {_money(spend.over)} or more: {gets}"


def _period(period: Period) -> str:
    first = f"from {period.start.isoformat()}" if period.start else ""
    last = f"until {period.end.isoformat()} (included)" if period.end else ""
    return f"{first} {last}".strip()


def _time(moment: time) -> str:
    return moment.strftime("%H:%M")
