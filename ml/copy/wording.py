"""How facts are written in each language: amounts, discounts, days, quantities; the forms that the validator reads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from ml.text.facts import FactSheet, Money, MultiBuy, Quantity, Spend, UnitPrice
from ml.words import Language

_SIGNS: Final = {"USD": "$", "CAD": "CA$", "AUD": "AU$", "NZD": "NZ$", "HKD": "HK$", "SGD": "S$"} | {
    "EUR": "€", "GBP": "£", "CNY": "¥", "JPY": "¥",
}  # fmt: skip
_CHINESE: Final = {"CNY": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元", "HKD": "港元"}
_WHOLE: Final = frozenset({"JPY"})
CURRENCIES: Final = frozenset(_SIGNS)
"""Currencies in which the validator reads amounts; amounts in others are not stated."""
UNIT_NAMES: Final = {
    "g": "克", "kg": "公斤", "ml": "毫升", "l": "升", "cl": "cl", "oz": "盎司", "lb": "磅", "bottles": "瓶",
    "capsules": "粒", "pieces": "件", "bags": "袋", "cans": "罐", "slices": "片",
}  # fmt: skip
"""Units of packs in Chinese; a pack in another unit has no size and no unit price in texts."""
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
HUNDRED: Final = Decimal(100)


def is_whole_cents(money: Money) -> bool:
    """Whether an amount can be paid: no part of the smallest coin is left."""
    return money.amount == money.amount.quantize(Decimal(1) if money.currency in _WHOLE else Decimal("0.01"))


def amount(money: Money, language: Language) -> str:
    """$9.60, $5, 9.60元, 5美元."""
    whole = money.amount == money.amount.to_integral_value()
    digits = f"{money.amount:,.0f}" if whole else f"{money.amount:,.2f}"
    if language == "zh" and money.currency in _CHINESE:
        return f"{digits.replace(',', '')}{_CHINESE[money.currency]}"
    return f"{_SIGNS[money.currency]}{digits}"


def price(money: Money, language: Language) -> str:
    """As ``amount``, in English always with cents: $5.00."""
    if language == "en" and money.currency not in _WHOLE:
        return f"{_SIGNS[money.currency]}{money.amount:,.2f}"
    return amount(money, language)


def percent(off: Decimal, language: Language) -> str:
    """20% off, 8折; in Chinese what is no whole or half tenth is told as it is."""
    if language == "en":
        return f"{plain(off)}% off"
    tenths = (HUNDRED - off) / 10
    if tenths > 0 and tenths * 10 == (tenths * 10).to_integral_value():
        return f"{plain(tenths)}折"
    return f"立减{plain(off)}%"


def off(money: Money, language: Language) -> str:
    """$5 off, 立减5元."""
    return f"{amount(money, language)} off" if language == "en" else f"立减{amount(money, language)}"


def pieces(offer: MultiBuy, language: Language) -> str:
    """Buy 2, get 1 free; 买2送1."""
    free = offer.take - offer.pay
    return f"buy {offer.pay}, get {free} free" if language == "en" else f"买{offer.pay}送{free}"


def spend(offer: Spend, language: Language) -> str:
    """$5 off orders of $30 or more, 满30元减5元."""
    if offer.off is None:
        return over(offer.over, language)
    if language == "en":
        return f"{amount(offer.off, language)} off {over(offer.over, language)}"
    return f"{over(offer.over, language)}减{amount(offer.off, language)}"


def over(money: Money, language: Language) -> str:
    """Orders of $30 or more, 满30元."""
    return f"orders of {amount(money, language)} or more" if language == "en" else f"满{amount(money, language)}"


def day(when: date, sheet: FactSheet) -> str:
    """June 9, 9 June, 6月9日; with the year where the text is read in another or nobody knows when."""
    year = sheet.sent_on is not None and sheet.sent_on.year != when.year
    if sheet.language == "zh":
        return f"{when.year}年{when.month}月{when.day}日" if year else f"{when.month}月{when.day}日"
    month = _MONTHS[when.month - 1]
    if sheet.locale == "en_GB":
        return f"{when.day} {month} {when.year}" if year else f"{when.day} {month}"
    return f"{month} {when.day}, {when.year}" if year else f"{month} {when.day}"


def quantity(each: Quantity, language: Language) -> str:
    """500 g, 500克."""
    return f"{plain(each.amount)} {each.unit}" if language == "en" else f"{plain(each.amount)}{UNIT_NAMES[each.unit]}"


def unit_price(each: UnitPrice, language: Language) -> str:
    """$1.92 per 100 g, 每100克1.92元."""
    if language == "en":
        per = each.per.unit.removesuffix("s") if each.per.amount == 1 else quantity(each.per, language)
        return f"{price(each.price, language)} per {per}"
    per = UNIT_NAMES[each.per.unit] if each.per.amount == 1 else quantity(each.per, language)
    return f"每{per}{amount(each.price, language)}"


def plain(number: Decimal) -> str:
    """A number without zeros that say nothing."""
    return f"{number.normalize():f}"
