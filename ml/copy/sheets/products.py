"""Products of briefs: which ones, how they are called, and what may be stated of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import polars as pl

from ml.copy import wording
from ml.copy.columns import Copy
from ml.copy.sheets.audience import Readers
from ml.copy.sheets.briefs import Brief, exact, money
from ml.copy.sheets.naming import NOT_PLAIN, name_of
from ml.tables import Col
from ml.text.facts import Money, MultiBuy, Product, Quantity, UnitPrice
from ml.text.validation.plain_names import is_plain
from ml.words import LANGUAGES, Language

_UNIT_PRICE_PER: Final = {"g": Decimal(100), "ml": Decimal(100), "cl": Decimal(10)}
_UNIT_PRICED: Final = frozenset({"g", "kg", "ml", "l", "cl", "oz", "lb"})
_CENT: Final = Decimal("0.01")
_NOT_SOLD: Final = "the catalogue does not have it, or it may not be recommended"
_SAME_NAME: Final = "another product of the brief is called the same"

Row = dict[str, Any]


@dataclass(frozen=True)
class Chosen:
    """A product of a brief.

    Attributes:
        facts: by language all that may be stated of it.
        from_brief: columns of ``copy_brief_items`` that decide instead of the catalogue's.
    """

    item_id: str
    facts: Mapping[Language, Product]
    from_brief: frozenset[str]


@dataclass(frozen=True)
class Choice:
    """The products of a brief in their order, and by id why others that were asked for are none of them."""

    products: tuple[Chosen, ...]
    left_out: Mapping[str, str]
    is_named: bool


class Shop:
    """The catalogue and the landed products of briefs."""

    def __init__(self, catalogue: pl.DataFrame, items: pl.DataFrame, readers: Readers) -> None:
        self._readers = readers
        self._named: dict[str, list[Row]] = {}
        wanted = items.filter(pl.col(Copy.is_enabled)).sort(Copy.brief_id, Col.position, Col.item_id, nulls_last=True)
        for row in wanted.iter_rows(named=True):
            self._named.setdefault(row[Copy.brief_id], []).append(row)
        columns = [Col.item_id, Col.item_name, Col.item_brand, Col.price, Copy.currency, Col.is_recommendable]
        self._rows = catalogue.select(columns).rows_by_key(Col.item_id, named=True, unique=True)

    def chosen(self, brief: Brief) -> Choice:
        """Those that the brief names; where it names none, those that stand on most lists of its readers."""
        named = self._named.get(brief.brief_id)
        rows = named or [{Col.item_id: item} for item in self._readers.products(brief)]
        most = len(rows) if named else brief.products
        found: dict[str, Chosen] = {}
        left_out: dict[str, str] = {}
        for row in rows:
            if len(found) == most:
                break
            product = self._product(row)
            reason = product if isinstance(product, str) else _twin(product, found)
            if reason:
                left_out[row[Col.item_id]] = reason
            elif not isinstance(product, str):
                found[product.item_id] = product
        return Choice(tuple(found.values()), left_out if named else {}, bool(named))

    def _product(self, row: Row) -> Chosen | str:
        known = self._rows.get(row[Col.item_id])
        if known is None or not (known[Col.is_recommendable] or Copy.name in row):
            return _NOT_SOLD
        landed = {"en": row.get(Copy.name) or known[Col.item_name]}
        landed["zh"] = row.get(Copy.name_zh) or landed["en"]
        names = {language: name_of(landed[language]) for language in LANGUAGES}
        if None in names.values():
            return NOT_PLAIN
        both = tuple(dict.fromkeys(name for name in names.values() if name))
        facts: dict[Language, Product] = {}
        for language in LANGUAGES:
            own = names[language] or ""
            facts[language] = _facts((own, *(name for name in both if name != own)), row, known)
        return Chosen(row[Col.item_id], facts, frozenset(name for name, value in row.items() if value is not None))


def _twin(product: Chosen, others: Mapping[str, Chosen]) -> str:
    taken = {name.lower() for other in others.values() for name in other.facts["en"].names}
    return _SAME_NAME if any(name.lower() in taken for name in product.facts["en"].names) else ""


def _facts(names: Sequence[str], row: Row, known: Row) -> Product:
    """What may be stated of a product; a former price below the price is kept for ``conflicts`` to find, not here."""
    price = _stated(money(row.get(Col.price), row.get(Copy.currency)))
    if row.get(Col.price) is None:
        price = _stated(money(known[Col.price], known[Copy.currency]))
    was = _stated(money(row.get(Copy.was_price), row.get(Copy.currency)))
    size = _size(row)
    brand = known[Col.item_brand] or ""
    take, pay = row.get(Copy.take), row.get(Copy.pay)
    return Product(
        names=tuple(names),
        brand=brand if is_plain(brand) else "",
        price=price,
        was=was if price is not None and was is not None and _is_above(was, price) else None,
        percent_off=exact(row.get(Copy.percent_off)),
        unit_price=unit_price(price, size),
        quantities=(size,) if size else (),
        multi_buy=MultiBuy(take, pay) if take and pay else None,
    )


def _is_above(was: Money, price: Money) -> bool:
    return was.currency == price.currency and was.amount > price.amount


def _stated(amount: Money | None) -> Money | None:
    """An amount that texts can state: above nothing, in whole cents of a currency that readers know by its sign."""
    if amount is None or amount.currency not in wording.CURRENCIES or amount.amount <= 0:
        return None
    return amount if wording.is_whole_cents(amount) else None


def _size(row: Row) -> Quantity | None:
    amount, unit = exact(row.get(Copy.pack_size)), row.get(Copy.pack_unit)
    return Quantity(amount, unit) if amount and amount > 0 and unit in wording.UNIT_NAMES else None


def unit_price(price: Money | None, size: Quantity | None) -> UnitPrice | None:
    """The price per 100 g, 100 ml, kg, l, ounce or pound, to the cent; None where it would be no cent or no more.

    A pack of 1 unit, or of exactly the amount that the price is told for, has none: it would say the price twice.
    """
    if price is None or size is None or size.unit not in _UNIT_PRICED:
        return None
    per = _UNIT_PRICE_PER.get(size.unit, Decimal(1))
    amount = (price.amount * per / size.amount).quantize(_CENT, ROUND_HALF_UP)
    if amount <= 0 or size.amount == per:
        return None
    rounded = Money(amount, price.currency)
    return UnitPrice(rounded, Quantity(per, size.unit)) if wording.is_whole_cents(rounded) else None
