"""Why a brief cannot be written: what it offers contradicts itself, is over, or names no product; and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from ml.copy import wording
from ml.copy.columns import Copy
from ml.copy.sheets.briefs import Brief
from ml.copy.sheets.links import is_page
from ml.copy.sheets.products import Choice, Chosen
from ml.text.facts import Money, Product

_NEARLY: Final = Decimal(1)
"""Percentage points by which a stated discount may differ from that of the prices: shops round."""
_TOLD: Final = 3
"""Products of which a reason is repeated; ``copy_brief.left_out`` has all."""


def refused_offer(brief: Brief, day: date) -> str:
    """Why what a brief offers on everything cannot be written on ``day``; empty where it can."""
    return next(_of_offer(brief, day), "")


def refused_products(brief: Brief, choice: Choice) -> str:
    """Likewise of its products, as the sheet has them."""
    return next(_of_products(brief, choice), "")


def _of_offer(brief: Brief, day: date) -> Iterator[str]:
    if brief.link is not None and not is_page(brief.link):
        yield "link is no address of a page: write a whole one, such as https://shop.example/spring."
    if brief.end_date is not None and brief.end_date < day:
        yield f"The offer ended on {brief.end_date}: land a later end_date, or switch the brief off."
    if brief.end_date is not None and brief.send_date is not None and brief.end_date < brief.send_date:
        yield f"The texts would be read on {brief.send_date}, after the offer ended on {brief.end_date}."
    if sum(each is not None for each in (brief.percent_off, brief.amount_off, brief.take)) > 1:
        yield "Discounts conflict: state one of percent_off, amount_off and take with pay."
    if brief.minimum_spend is not None and brief.percent_off is not None:
        # a sheet ties amounts to a threshold, percentages not: "20% off" alone would be read as true of every order
        yield "percent_off with minimum_spend is not written: state amount_off with it, or percent_off alone."
    if brief.minimum_spend is not None and brief.amount_off is None:
        yield "minimum_spend without amount_off: say what such an order gets."
    for amount in (brief.amount_off, brief.minimum_spend):
        if amount is not None and amount.currency not in wording.CURRENCIES:
            yield f"Amounts in {amount.currency} are not written: use one of {', '.join(sorted(wording.CURRENCIES))}."
        elif amount is not None and (amount.amount <= 0 or not wording.is_whole_cents(amount)):
            yield "amount_off and minimum_spend must be amounts that can be paid, above 0."
    if brief.amount_off and brief.minimum_spend and brief.amount_off.amount >= brief.minimum_spend.amount:
        yield "Discounts conflict: amount_off is not below minimum_spend."


def _of_products(brief: Brief, choice: Choice) -> Iterator[str]:
    if not choice.products:
        yield _nothing(brief, choice)
    for each in choice.products:
        if reason := _of_product(brief, each):
            yield f"Discounts conflict for item {each.item_id}: {reason}"


def _nothing(brief: Brief, choice: Choice) -> str:
    if choice.is_named:
        told = "; ".join(f"item {item}: {reason}" for item, reason in list(choice.left_out.items())[:_TOLD])
        return f"No product can be named ({told}): correct copy_brief_items."
    return (
        f"No list of the placement {brief.placement} gives a product that two of its readers have: "
        "land copy_brief_items, or correct placement."
    )


def _of_product(brief: Brief, chosen: Chosen) -> str:
    product = chosen.facts["en"]
    if Copy.was_price in chosen.from_brief and product.price is not None and product.was is None:
        return "was_price is not above the price, or in another currency."
    if reason := _of_percent(product):
        return reason
    if brief.has_offer and (product.percent_off is not None or product.multi_buy is not None):
        return "it has an offer of its own beside the brief's: state one of them."
    if product.percent_off is not None and product.multi_buy is not None:
        return "state one of percent_off and take with pay."
    if _exceeds(brief.amount_off, product.price) and brief.minimum_spend is None:
        return "amount_off is not below its price."
    return ""


def _of_percent(product: Product) -> str:
    """Whichever of the prices are the catalogue's: the percentage is told beside them."""
    if product.price is None or product.was is None or product.percent_off is None:
        return ""
    saved = 100 * (product.was.amount - product.price.amount) / product.was.amount
    if abs(product.percent_off - saved) < _NEARLY:
        return ""
    return f"percent_off is {wording.plain(product.percent_off)}, the prices say {saved:.1f}."


def _exceeds(amount: Money | None, price: Money | None) -> bool:
    return bool(amount and price and price.currency == amount.currency and amount.amount >= price.amount)
