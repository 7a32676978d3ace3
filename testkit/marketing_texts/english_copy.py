"""Sentences in English, each of which states one kind of fact."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Final

from ml.text.facts import FactSheet, Product
from testkit.marketing_texts import forms
from testkit.marketing_texts.numbers import english, figures

FILLERS: Final = (
    "One of our favourites is back on the shelf.",
    "Treat yourself to something new this season.",
    "A cup of coffee and a good book: what more do you need?",
    "No one should skip breakfast.",
    "Feel free to reply with your questions.",
    "Every second counts? Take your time.",
    "Your latest picks are waiting for you.",
    "Make the most of your weekly shop, the rest is up to us.",
    "We may have just what you are looking for.",
    "Hassle-free and hands-free, that is how we like it.",
    "Half and half? Mix and match as you like.",
    "Everyone at Corner Shop says hello.",
    "NEW in store: have a look.",
    "It is the small things that count 😀.",
    "Best served cold, with friends 🍷.",
)


def sentence(kind: str, sheet: FactSheet, at: int, rng: Random) -> str:
    """A sentence of ``kind`` about the sheet's product number ``at``."""
    return SENTENCES[kind](sheet, sheet.products[at], rng)


def _percent(_: FactSheet, product: Product, rng: Random) -> str:
    assert product.percent_off is not None
    off, name = forms.percent(rng, product.percent_off), product.names[0]
    choices = [f"Save {off} on {name}.", f"{name}: {off} off for you.", f"Enjoy a {off} discount on {name}."]
    choices += [f"{name} is now {off} cheaper.", f"{name} is reduced by {off}.", f"Get up to {off} off {name}!"]
    choices.append(f"Pay just {figures(100 - product.percent_off)}% of the regular price for {name}.")
    by_words = {
        50: (f"{name} at half price.", f"Half off {name}."),
        25: (f"A quarter off {name}.",),
        75: (f"Three quarters off {name}.",),
    }
    return rng.choice([*choices, *by_words.get(int(product.percent_off), ()) * 3])


def _price(_: FactSheet, product: Product, rng: Random) -> str:
    assert product.price
    price, name = forms.money(rng, product.price), product.names[0]
    return rng.choice(
        (f"{name} for {price}.", f"{name} is now only {price}.", f"{price} for {name}.", f"Just {price}: {name}.")
    )


def _was(_: FactSheet, product: Product, rng: Random) -> str:
    assert product.price and product.was
    price, was, name = forms.money(rng, product.price), forms.money(rng, product.was), product.names[0]
    return rng.choice(
        (
            f"{name}: was {was}, now {price}.",
            f"{name} for {price} instead of {was}.",
            f"Now {price} (regular price {was}): {name}.",
        )
    )


def _saving(_: FactSheet, product: Product, rng: Random) -> str:
    assert product.price and product.was
    saved = forms.money(rng, type(product.was)(product.was.amount - product.price.amount, product.was.currency))
    return rng.choice((f"Save {saved} on {product.names[0]}.", f"{product.names[0]}: {saved} off."))


def _unit_price(_: FactSheet, product: Product, rng: Random) -> str:
    assert product.unit_price
    price, per = forms.money(rng, product.unit_price.price), product.unit_price.per
    amount = "" if per.amount == 1 else f"{figures(per.amount)} "
    return rng.choice(
        (f"{product.names[0]} ({price}/{amount}{per.unit}).", f"{product.names[0]}: {price} per {amount}{per.unit}.")
    )


def _quantity(_: FactSheet, product: Product, rng: Random) -> str:
    quantity = product.quantities[0]
    number = rng.choice((figures(quantity.amount), english(int(quantity.amount))))
    space = rng.choice((" ", "-" if number.isdigit() else " "))
    return f"{product.names[0]} comes with {number}{space}{quantity.unit}."


def _share(_: FactSheet, product: Product, rng: Random) -> str:
    share = product.quantities[1]
    return f"{product.names[0]} with {figures(share.amount)}{rng.choice(('%', ' %', ' percent'))} {share.unit[2:]}."


def _multi_buy(_: FactSheet, product: Product, rng: Random) -> str:
    assert product.multi_buy
    take, pay, name = product.multi_buy.take, product.multi_buy.pay, product.names[0]
    forms_of = [f"{take} for {pay} on {name}.", f"{name}: {english(take)} for the price of {english(pay)}."]
    forms_of += [f"Buy {english(pay)} {name}, get {english(take - pay)} free.", f"{take}-for-{pay}: {name}."]
    return rng.choice(forms_of)


def _bundle(_: FactSheet, product: Product, rng: Random) -> str:
    assert product.bundle
    sign = {"USD": "$", "EUR": "€", "CNY": "¥"}[product.bundle.price.currency]
    take = rng.choice((str(product.bundle.take), english(product.bundle.take)))
    return f"{product.names[0]}: {take} for {sign}{figures(product.bundle.price.amount)}."


def _spend(sheet: FactSheet, _: Product, rng: Random) -> str:
    spend = sheet.spends[0]
    assert spend.off
    over, off = forms.money(rng, spend.over), forms.money(rng, spend.off)
    return rng.choice(
        (f"Spend {over}, save {off}.", f"{off} off orders over {over}.", f"Save {off} when you spend {over}.")
    )


def _brief(sheet: FactSheet, _: Product, rng: Random) -> str:
    off, amount = forms.percent(rng, sheet.percents_off[0]), forms.money(rng, sheet.amounts_off[0])
    return rng.choice((f"{off} off with this mail.", f"Save {amount} on your basket.", f"Members get {off} off."))


def _count(sheet: FactSheet, _: Product, rng: Random) -> str:
    points, stores = sheet.quantities
    number = rng.choice((figures(stores.amount), english(int(stores.amount))))
    return rng.choice(
        (f"You have {figures(points.amount)} points.", f"Now in {number} stores.", "Three picks for you.")
    )


def _end(sheet: FactSheet, _: Product, rng: Random) -> str:
    end, sent = sheet.periods[0].end, sheet.sent_on
    assert end and sent
    choices = [
        f"The offer ends on {forms.day(rng, end)}.",
        f"Valid until {forms.day(rng, end)}.",
        f"Order by {forms.day(rng, end)}.",
    ]
    return rng.choice([*choices, *(["It ends tomorrow."] * 3 if sent + timedelta(days=1) == end else [])])


def _start(sheet: FactSheet, _: Product, rng: Random) -> str:
    assert sheet.periods[0].start
    return rng.choice(("It starts on {}.", "From {} in all stores.", "The event begins {}.")).format(
        forms.day(rng, sheet.periods[0].start)
    )


def _period(sheet: FactSheet, _: Product, rng: Random) -> str:
    start, end = sheet.periods[0].start, sheet.periods[0].end
    assert start and end
    return f"{rng.choice(('Our event runs', 'Valid', 'Come by'))} {forms.days(rng, start, end)}."


def _time(sheet: FactSheet, _: Product, rng: Random) -> str:
    return f"Doors open at {forms.clock(rng, sheet.times[0], 'en')}."


def _link(sheet: FactSheet, _: Product, rng: Random) -> str:
    return rng.choice(("Shop here: {} now.", "Have a look ({}).", "[Shop now]({}).")).format(sheet.links[0])


def _code(sheet: FactSheet, _: Product, rng: Random) -> str:
    return rng.choice(("Use code {} at the checkout.", "Your code: {}.")).format(sheet.codes[0])


def _claim(sheet: FactSheet, _: Product, rng: Random) -> str:
    return f"We offer {rng.choice(sheet.claims).texts[0]}."


def _brand(_: FactSheet, product: Product, rng: Random) -> str:
    return rng.choice(
        (f"New from {product.brand}: {product.names[0]}.", f"Have you tried {product.names[0]} by {product.brand} yet?")
    )


def _greeting(_: FactSheet, __: Product, rng: Random) -> str:
    return rng.choice(
        ("Hi {first_name}, good to see you.", "Hello there.", "Dear customer, we have news.", "Hi {first_name}!")
    )


def _filler(_: FactSheet, __: Product, rng: Random) -> str:
    return rng.choice(FILLERS)


SENTENCES: Final[dict[str, Callable[[FactSheet, Product, Random], str]]] = {
    "percent": _percent,
    "price": _price,
    "was": _was,
    "saving": _saving,
    "unit_price": _unit_price,
    "quantity": _quantity,
    "share": _share,
    "multi_buy": _multi_buy,
    "bundle": _bundle,
    "spend": _spend,
    "brief": _brief,
    "count": _count,
    "end": _end,
    "start": _start,
    "period": _period,
    "time": _time,
    "link": _link,
    "code": _code,
    "claim": _claim,
    "brand": _brand,
    "greeting": _greeting,
    "filler": _filler,
}
"""A function per kind of fact; those of ``testkit.marketing_texts.chinese_copy`` have the same kinds."""
