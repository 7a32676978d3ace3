"""Fact sheets that are wrong in one fact: sentences written from them are false of the sheet as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final, TypeAlias

from ml.text.facts import FactSheet, Money, MultiBuy, Period, Product, Quantity
from testkit.marketing_texts.sheets import LABELS, PERCENTS

Change: TypeAlias = Callable[[FactSheet, int, Random], FactSheet]
"""Of (sheet, number of the product, random numbers)."""


def _product(
    change: Callable[[Product, FactSheet, Random], dict[str, Any]],
) -> Change:
    """A change of one product of a sheet."""

    def changed(sheet: FactSheet, at: int, rng: Random) -> FactSheet:
        products = list(sheet.products)
        products[at] = replace(products[at], **change(products[at], sheet, rng))
        return replace(sheet, products=tuple(products))

    return changed


def _other_percent(sheet: FactSheet, rng: Random) -> Decimal:
    true = {*sheet.percents_off, *(product.percent_off for product in sheet.products)}
    return rng.choice([percent for percent in PERCENTS if percent not in true])


def _off_by(money: Money | None, rng: Random) -> Money:
    """Wrong by cents, by tenths or by a lot; never what another fact of a random sheet is."""
    assert money
    return replace(
        money, amount=money.amount + rng.choice((Decimal("0.10"), Decimal("0.90"), Decimal(5000), Decimal("0.01")))
    )


def _other_currency(money: Money | None, rng: Random) -> Money:
    assert money
    return replace(money, currency=rng.choice([each for each in ("USD", "CNY", "EUR") if each != money.currency]))


def _first(product: Product, **changes: Any) -> dict[str, Any]:
    return {"quantities": (replace(product.quantities[0], **changes), *product.quantities[1:])}


def _share(product: Product, **changes: Any) -> dict[str, Any]:
    return {"quantities": (product.quantities[0], *(replace(share, **changes) for share in product.quantities[1:]))}


def _other_unit(unit: str) -> str:
    return {"g": "kg", "ml": "g", "capsules": "bottles", "kg": "ml", "bottles": "hours", "hours": "capsules"}[unit]


def _period(start: int, end: int) -> Change:
    def changed(sheet: FactSheet, _: int, rng: Random) -> FactSheet:
        period = sheet.periods[0]
        assert period.start and period.end
        by = timedelta(days=rng.randrange(400, 430))
        moved = Period(period.start - start * by, period.end + end * by)
        return replace(sheet, periods=(moved,), sent_on=period.start)

    return changed


def _swapped(sheet: FactSheet, _: int, __: Random) -> FactSheet:
    """The first day told as the last, and the other way round."""
    period = sheet.periods[0]
    assert period.start
    return replace(sheet, periods=(Period(period.end, period.start),), sent_on=period.start)


def _of_the_next(field: str) -> Change:
    """A fact of one product told of another."""

    def changed(sheet: FactSheet, at: int, rng: Random) -> FactSheet:
        return _product(lambda *_: {field: getattr(sheet.products[at - 1], field)})(sheet, at, rng)

    return changed


def _spend(**changes: Callable[[Money | None, Random], Money]) -> Change:
    def changed(sheet: FactSheet, _: int, rng: Random) -> FactSheet:
        spend = sheet.spends[0]
        new = {name: change(getattr(spend, name), rng) for name, change in changes.items()}
        return replace(sheet, spends=(replace(spend, **new),))

    return changed


def _whole(money: Money | None, rng: Random) -> Money:
    assert money
    return replace(money, amount=money.amount + rng.randrange(500, 900))


CHANGED: Final[dict[str, tuple[str, Change]]] = {
    "a wrong discount": ("percent", _product(lambda _, sheet, rng: {"percent_off": _other_percent(sheet, rng)})),
    "a wrong discount on everything": (
        "brief",
        lambda sheet, _, rng: replace(
            sheet, percents_off=(_other_percent(sheet, rng),), amounts_off=(_whole(sheet.amounts_off[0], rng),)
        ),
    ),
    "another product's discount": ("percent", _of_the_next("percent_off")),
    "a wrong price": ("price", _product(lambda product, _, rng: {"price": _off_by(product.price, rng), "was": None})),
    "another product's price": (
        "price",
        lambda sheet, at, rng: _of_the_next("price")(_product(lambda *_: {"was": None})(sheet, at, rng), at, rng),
    ),
    "another currency": (
        "price",
        _product(lambda product, _, rng: {"price": _other_currency(product.price, rng), "was": None}),
    ),
    "a wrong former price": ("was", _product(lambda product, _, rng: {"was": _off_by(product.was, rng)})),
    "a former price as the price": ("price", _product(lambda product, *_: {"price": product.was, "was": None})),
    "a wrong saving": ("saving", _product(lambda product, _, rng: {"was": _off_by(product.was, rng)})),
    "a wrong unit price": (
        "unit_price",
        _product(
            lambda product, _, rng: {
                "unit_price": product.unit_price
                and replace(product.unit_price, price=_off_by(product.unit_price.price, rng))
            }
        ),
    ),
    "a price per another unit": (
        "unit_price",
        _product(
            lambda product, *_: {
                "unit_price": product.unit_price
                and replace(
                    product.unit_price,
                    per=Quantity(product.unit_price.per.amount, _other_unit(product.unit_price.per.unit)),
                )
            }
        ),
    ),
    "a wrong quantity": (
        "quantity",
        _product(
            lambda product, _, rng: _first(product, amount=product.quantities[0].amount + rng.choice((1, 10, 2000)))
        ),
    ),
    "a quantity in another unit": (
        "quantity",
        _product(lambda product, *_: _first(product, unit=_other_unit(product.quantities[0].unit))),
    ),
    "a wrong share": (
        "share",
        _product(lambda product, _, rng: _share(product, amount=Decimal(rng.randrange(81, 99)))),
    ),
    "a share of something else": (
        "share",
        _product(
            lambda product, sheet, _: _share(
                product,
                unit=next(
                    label for label in LABELS[sheet.language] if label not in {each.unit for each in product.quantities}
                ),
            )
        ),
    ),
    "another offer by the piece": ("multi_buy", _product(lambda *_: {"multi_buy": MultiBuy(6, 5)})),
    "another product's offer": ("multi_buy", _of_the_next("multi_buy")),
    "a wrong number for a price": (
        "bundle",
        _product(
            lambda product, *_: {"bundle": product.bundle and replace(product.bundle, take=product.bundle.take + 4)}
        ),
    ),
    "a wrong price for a number": (
        "bundle",
        _product(
            lambda product, _, rng: {
                "bundle": product.bundle and replace(product.bundle, price=_whole(product.bundle.price, rng))
            }
        ),
    ),
    "a wrong threshold": ("spend", _spend(over=_whole)),
    "a wrong reward": ("spend", _spend(off=_whole)),
    "a wrong count": (
        "count",
        lambda sheet, *_: replace(
            sheet, quantities=tuple(replace(each, amount=each.amount + 1000) for each in sheet.quantities)
        ),
    ),
    "a wrong last day": ("end", _period(0, 1)),
    "a wrong first day": ("start", _period(1, 0)),
    "a period that ends otherwise": ("period", _period(0, 1)),
    "a period that starts otherwise": ("period", _period(1, 0)),
    "the first day as the last": ("end", _swapped),
    "a wrong time": (
        "time",
        lambda sheet, *_: replace(sheet, times=(sheet.times[0].replace(hour=(sheet.times[0].hour + 1) % 24),)),
    ),
    "a wrong link": (
        "link",
        lambda sheet, _, rng: replace(
            sheet,
            links=(
                rng.choice(
                    (
                        sheet.links[0].replace("utm_campaign", "utm_campain"),
                        sheet.links[0].replace("shop.example", "shop-example.com"),
                        sheet.links[0].replace("https", "http"),
                        sheet.links[0].split("?")[0],
                        sheet.links[0] + "&ref=x",
                    )
                ),
            ),
        ),
    ),
    "a wrong code": (
        "code",
        lambda sheet, _, rng: replace(sheet, codes=(rng.choice(("SPRING50", "FREE4ALL", "TEA2027", "MONEY")),)),
    ),
}
"""Kinds of falsehood: the kind of sentence, and the change of the sheet from which it is written."""
